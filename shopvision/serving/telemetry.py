"""Traces: FastAPI makes a span of each request, and here is one of each question to an engine. They hold nothing that a merchant wrote."""
from __future__ import annotations

import os
from contextlib import AbstractContextManager
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind

tracer = trace.get_tracer('shopvision')


def engine_span(engine: str, model: str) -> AbstractContextManager[Span]:
    "The span of a question to an engine"
    about = {'shopvision.engine': engine, 'shopvision.model': model}
    return tracer.start_as_current_span('ask engine', kind=SpanKind.CLIENT, attributes=about, record_exception=False)


def start_traces() -> Any: # the provider; None where no collector is named
    "Send spans to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names"
    if not (os.environ.get('OTEL_EXPORTER_OTLP_ENDPOINT') or os.environ.get('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')): return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as e: raise ValueError(f"traces need more packages ({e.name}): pip install 'shopvision[telemetry]'") from e
    import shopvision
    provider = TracerProvider(resource=Resource.create({'service.name': 'shopvision', 'service.version': shopvision.__version__}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider
