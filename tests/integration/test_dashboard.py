"What the dashboard asks for is there"
import json
import re
from pathlib import Path

import prometheus_client
import pytest

pytest.importorskip('fastapi')
from prometheus_client.parser import text_string_to_metric_families  # noqa: E402

from shopvision.cli_stream import stream_metrics  # noqa: E402
from shopvision.serving.gateway import Metrics  # noqa: E402


def test_every_metric_of_the_dashboard_is_given(monkeypatch):
    kept = []
    class Kept(prometheus_client.CollectorRegistry):
        def __init__(self, *args, **options): super().__init__(*args, **options); kept.append(self)
    monkeypatch.setattr(prometheus_client, 'CollectorRegistry', Kept)
    metrics = Metrics()
    metrics.requests.labels('/v1/predictions', 200).inc()
    metrics.seconds.labels('/v1/predictions').observe(0.1)
    metrics.predictions.labels('embedded', 'ok').inc()
    metrics.refreshed.labels('skip', 'business').inc()
    metrics.feedback.labels('accept').inc()
    metrics.breakers.labels('embedded').set(1)
    class Decided: act = 'skipped'
    stream_metrics(0)([Decided()], 16)
    told = [text_string_to_metric_families(prometheus_client.generate_latest(registry).decode()) for registry in kept]
    given = {s.name: set(s.labels) for families in told for f in families for s in f.samples}
    board = json.loads((Path(__file__).parents[2]/'deploy/grafana/shopvision.json').read_text())
    asked = [t['expr'] for p in board['panels'] for t in p['targets']]
    names = {n for e in asked for n in re.findall(r'shopvision_\w+', e)}
    assert len(board['panels']) >= 10 and names <= set(given), names - set(given)
    for e in asked:
        labels = {l.strip() for group in re.findall(r'by \(([^)]*)\)', e) for l in group.split(',')} - {'le', 'instance'}
        assert labels <= set().union(*(given[n] for n in re.findall(r'shopvision_\w+', e))), e
