"""One adapter a file for everything that can answer a request"""
import os

# Has to be said before torch is imported anywhere: its waiting threads spin by default, which on a busy machine makes a small model twenty times slower.
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')
