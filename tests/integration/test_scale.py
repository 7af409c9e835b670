"Workers and drivers that die, listings that kill, models that change: nothing is lost, and nothing counts twice."
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

ray = pytest.importorskip('ray')

from shopvision.evaluation.scale import PoolConfig, predict_at_scale, read_parts, start_ray
from shopvision.listing import Listing
from shopvision.records import BadListing
from shopvision.understanding.bulk import ResumeError
from shopvision.understanding.prediction import CategoryChoice, Prediction


@dataclass
class Frail:
    "A predictor that writes down whom it saw, and whose process dies of some listings: always, or the first time"
    log: str
    kills: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    model: str = 'frail'
    busy: tuple[str, ...] = ()
    concurrency: int = 4

    @property
    def produced_by(self): return dict(engine='test', model=self.model, prompt='', taxonomy='t', decoding='')

    async def apredict(self, listing):
        id = listing.where if isinstance(listing, BadListing) else listing.id
        before = Path(self.log).read_text().splitlines() if Path(self.log).exists() else []
        with open(self.log, 'a') as f: f.write(id + '\n')
        if id in self.kills or (id in self.once and id not in before): os._exit(1)
        if id in self.busy and id not in before: return Prediction('p', id, status='failed', reason='busy', retryable=True, produced_by=self.produced_by)
        return Prediction('p', id, category=CategoryChoice('c', 'C', .9), produced_by=self.produced_by, prompt_tokens=1)


@pytest.fixture(scope='module', autouse=True)
def cluster():
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import the tests
    start_ray(num_cpus=2, object_store_memory=100_000_000)
    yield
    ray.shutdown()


LISTINGS = [Listing(f'l-{k:03}', f'thing {k}') for k in range(60)] + [BadListing('f.jsonl', 'line 61', 'not JSON', '{')]
TWO = PoolConfig(actors=2, in_flight=2, cpus=.5)


def ids(folder): return [p.listing_id for p in read_parts(folder)]


EVERY = [*(l.id for l in LISTINGS[:-1]), 'line 61']


def test_a_worker_that_dies_is_replaced(tmp_path):
    log = str(tmp_path / 'log')
    done = predict_at_scale(LISTINGS, partial(Frail, log, once=('l-017', 'l-044')), tmp_path / 'out', TWO, batch=8)
    assert ids(tmp_path / 'out') == EVERY and done.restarts == 2 and not done.poison
    assert all(p.status == 'ok' for p in read_parts(tmp_path / 'out'))
    assert len(Path(log).read_text().splitlines()) - len(EVERY) <= done.repeated <= 4 * 2 * 8


def test_a_listing_that_kills_is_found_and_named_and_nobody_else_is_blamed(tmp_path):
    done = predict_at_scale(LISTINGS, partial(Frail, str(tmp_path / 'log'), kills=('l-020', 'l-021', 'l-050')), tmp_path / 'out', TWO, batch=8)
    assert sorted(done.poison) == ['l-020', 'l-021', 'l-050'] and ids(tmp_path / 'out') == EVERY
    failed = [p for p in read_parts(tmp_path / 'out') if p.status == 'failed']
    assert [p.listing_id for p in failed] == ['l-020', 'l-021', 'l-050'] and 'workers died' in failed[0].reason


def test_too_many_deaths_end_the_run_and_keep_what_is_done(tmp_path):
    everywhere = tuple(l.id for l in LISTINGS[20:-1])
    with pytest.raises(RuntimeError, match='workers died'):
        one = PoolConfig(actors=1, in_flight=1, restarts=3)
        predict_at_scale(LISTINGS, partial(Frail, str(tmp_path / 'log'), kills=everywhere), tmp_path / 'out', one, batch=8)
    assert ids(tmp_path / 'out')[:8] == EVERY[:8]


def test_going_on_repeats_only_what_may_fare_better(tmp_path):
    log, out = tmp_path / 'log', tmp_path / 'out'
    predict_at_scale(LISTINGS, partial(Frail, str(log), busy=('l-003', 'l-033')), out, TWO, batch=8)
    log.write_text('l-003\nl-033\n')
    again = predict_at_scale(LISTINGS, partial(Frail, str(log), busy=('l-003', 'l-033')), out, TWO, batch=8)
    assert again.predicted == 2 and again.skipped == 59 and ids(out) == EVERY and all(p.status == 'ok' for p in read_parts(out))
    with pytest.raises(ResumeError, match='other'): predict_at_scale(LISTINGS, partial(Frail, str(log), model='other'), out, TWO, batch=8)


def test_a_killed_driver_is_gone_on_from(tmp_path):
    program = textwrap.dedent(f'''
        import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
        import asyncio, ray, test_scale as t
        class Slow(t.Frail):
            async def apredict(self, listing):
                await asyncio.sleep(.05)
                return await super().apredict(listing)
        from functools import partial
        ray.cloudpickle.register_pickle_by_value(t)
        t.start_ray(num_cpus=2, object_store_memory=100_000_000)
        t.predict_at_scale(t.LISTINGS, partial(Slow, {str(tmp_path / 'log')!r}), {str(tmp_path / 'out')!r}, t.TWO, batch=4)
    ''')
    driver = subprocess.Popen([sys.executable, '-c', program], env={k: v for k, v in os.environ.items() if k != 'RAY_ADDRESS'}, start_new_session=True)
    until = time.time() + 200  # a busy machine starts Ray slowly
    while len(list((tmp_path / 'out').glob('part-*.jsonl'))) < 3 and driver.poll() is None and time.time() < until: time.sleep(.02)
    driver.send_signal(signal.SIGKILL); driver.wait()
    before = ids(tmp_path / 'out')
    assert 12 <= len(before) < len(EVERY), 'killed in the middle'
    done = predict_at_scale(LISTINGS, partial(Frail, str(tmp_path / 'log')), tmp_path / 'out', TWO, batch=4)
    assert ids(tmp_path / 'out') == EVERY and done.skipped >= len(before) - 4
    seen = Counter((tmp_path / 'log').read_text().splitlines())
    assert set(seen) == set(EVERY) and sum(seen.values()) - len(EVERY) <= 2 * 2 * 4, 'no more is repeated than was in flight'
