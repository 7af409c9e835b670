"The cache that servers share, on a real Redis; and what happens when it dies"
import asyncio
import time

import pytest

pytest.importorskip('redis')
from services import running_redis  # noqa: E402
from steady import SteadyEngine  # noqa: E402

from shopvision.listing import Listing  # noqa: E402
from shopvision.serving.cache import NearAnswers, SharedAnswers  # noqa: E402
from shopvision.serving.cascade import Cascade  # noqa: E402
from shopvision.serving.service import Service  # noqa: E402
from shopvision.serving.store import Store  # noqa: E402
from shopvision.taxonomy.releases import load_taxonomy  # noqa: E402
from shopvision.understanding.predict import PredictConfig, Predictor  # noqa: E402

MUG = Listing('mug-1', 'Hand-thrown mug', '<p>Blue</p>', merchant_id='north')


def server(engine, url=None, **options):
    predictor = Predictor(engine, load_taxonomy('starter'), PredictConfig(candidates=0, logprobs=False))
    return Service(Cascade([predictor]), Store(), 5.0, SharedAnswers(url) if url else None, **options)


def test_servers_share_answers_and_ask_once():
    async def work(url):
        engine = SteadyEngine(0.05)
        servers = [server(engine, url) for _ in range(4)]
        made = await asyncio.gather(*(s.predict(MUG) for s in servers))
        assert engine.asked == 2  # one listing, two steps
        assert len({p.prediction_id for p in made}) == 4 and {p.listing_id for p in made} == {'mug-1'}
        other = await server(engine, url).predict(Listing('theirs', 'Hand-thrown mug', '<p>Blue</p>', merchant_id='south'))
        assert engine.asked == 2 and (other.merchant_id, other.listing_id) == ('south', 'theirs')
        assert server(engine, url).store.get(other.prediction_id) is None  # stores are their own, answers are shared
    with running_redis() as (url, _): asyncio.run(work(url))


def test_a_server_whose_redis_dies_goes_on():
    async def work(url, redis):
        engine = SteadyEngine(0.01)
        service = server(engine, url)
        await service.predict(MUG)
        redis.kill(); redis.wait()
        began = time.perf_counter()
        made = [await service.predict(Listing(f'mug-{i}', f'Mug number {i}', merchant_id='north')) for i in range(20)]
        assert {p.status for p in made} == {'ok'} and time.perf_counter() - began < 15
        assert service.shared.breaker.state == 'open'
    with running_redis() as (url, redis): asyncio.run(work(url, redis))


def test_one_that_died_while_it_asked_holds_nobody_up():
    async def work(url):
        engine = SteadyEngine(0.01)
        dead, alive = server(engine, url), server(engine, url)
        lock = dead.shared.client.lock('shopvision:lock:x', timeout=30)
        assert await lock.acquire(blocking=False)
        began = time.perf_counter()
        p, there = await alive.shared.once('x', lambda: alive.cascade.apredict(MUG), 2.0, alive.worth)
        assert (p.status, there) == ('ok', False) and time.perf_counter() - began < 15
    with running_redis() as (url, _): asyncio.run(work(url))


def test_nearly_the_same_is_said_to_be_so_and_is_not_passed_on():
    async def work():
        engine = SteadyEngine()
        service = server(engine, near=NearAnswers(frozenset({'blue', 'red'})))
        text = 'Thrown by hand in our studio, fired twice, glazed in blue and packed with care. Holds a third of a litre, goes into the dishwasher '\
               'and into the microwave, and was made to last.'
        await service.predict(Listing('a', 'Mug', text, merchant_id='north'))
        near = await service.predict(Listing('b', 'Mug', text.replace('packed', 'boxed'), merchant_id='north'))
        assert engine.asked == 2 and 'nearly the same' in near.warnings[-1] and near.listing_id == 'b'
        await service.predict(Listing('c', 'Mug', text.replace('blue', 'red'), merchant_id='north'))
        assert engine.asked == 4
        stored = service.store.get(near.prediction_id)
        assert stored == near
    asyncio.run(work())
