"""Says in a structured way what product a merchant's listing shows."""
__version__ = "0.1.0"
