"Traces go on where the client's began, reach a collector, and hold nothing that a merchant wrote"
import asyncio
import gzip
import http.server
import threading

import httpx
import pytest

pytest.importorskip('fastapi')
sdk = pytest.importorskip('opentelemetry.sdk.trace')
pytest.importorskip('opentelemetry.exporter.otlp.proto.http')
from opentelemetry import trace  # noqa: E402
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest  # noqa: E402
from steady import keys_for, steady_app  # noqa: E402

from shopvision.serving import telemetry  # noqa: E402


def test_spans_reach_a_collector(monkeypatch):
    got = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers['Content-Length']))
            got.append(gzip.decompress(body) if self.headers.get('Content-Encoding') == 'gzip' else body)
            self.send_response(200)
            self.end_headers()
        def log_message(self, *args): pass
    server = http.server.HTTPServer(('127.0.0.1', 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv('OTEL_EXPORTER_OTLP_ENDPOINT', f'http://127.0.0.1:{server.server_port}')
    provider = telemetry.start_traces()
    monkeypatch.setattr(telemetry, 'tracer', provider.get_tracer('shopvision'))

    async def work():
        app, service = steady_app()
        north, = keys_for(service, 'north')
        parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url='http://test') as client:
            made = await client.post('/v1/predictions', json=dict(id='m', title='SECRET-WORD mug'), headers=north | dict(traceparent=parent))
            assert made.status_code == 200
    asyncio.run(work())
    assert provider.force_flush()
    provider.shutdown()
    server.shutdown()
    spans = [s for body in got for r in ExportTraceServiceRequest.FromString(body).resource_spans for scope in r.scope_spans for s in scope.spans]
    names = {s.name: s for s in spans}
    assert {'POST /v1/predictions', 'ask engine'} <= set(names)
    assert {s.trace_id.hex() for s in spans} == {'0af7651916cd43dd8448eb211c80319c'}
    assert names['ask engine'].parent_span_id == names['POST /v1/predictions'].span_id
    assert b'SECRET-WORD' not in b''.join(got)
    assert isinstance(trace.get_tracer_provider(), sdk.TracerProvider)


def test_without_a_collector_nothing_is_sent(monkeypatch):
    for name in ('OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'): monkeypatch.delenv(name, raising=False)
    assert telemetry.start_traces() is None
