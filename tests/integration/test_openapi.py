"What the OpenAPI document promises is what the gateway does, whatever is sent"
import pytest

schemathesis = pytest.importorskip('schemathesis')
pytest.importorskip('fastapi')
from hypothesis import HealthCheck, given, settings  # noqa: E402
from steady import keys_for, steady_app  # noqa: E402

from shopvision.serving.edge import EdgeLimits  # noqa: E402


@schemathesis.serializer('application/jsonl')
def lines(_, value): return value if isinstance(value, bytes) else str(value).encode()


def test_every_operation_does_what_it_says(tmp_path):
    app, service = steady_app(jobs=tmp_path/'jobs', limits=EdgeLimits(rate=1e6, burst=1e6))
    key, called = keys_for(service, 'north')[0], []
    for found in schemathesis.openapi.from_asgi('/openapi.json', app).get_all_operations():
        operation = found.ok()

        @settings(max_examples=15, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def check(case):
            case.call_and_validate(headers=key)
            called.append(case)
        check()
    assert len(called) > 100
