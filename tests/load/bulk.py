"""How near bulk work comes to what a plain client gets out of the same engine: `python tests/load/bulk.py`, about four minutes.

The engine is a stub of fixed latency behind HTTP; it and the broker run on one core, the client or worker that is measured on the other one. Rates are
the engine's: listings (two questions each) between its first question and its last answer. Prints one JSON object.
"""
import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import aiohttp
import psutil

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from services import free_port, running_kafka, wait_for
from steady import SteadyEngine

from shopvision.listing import Listing
from shopvision.serving.adaptive import Limit
from shopvision.serving.kafka import KafkaConfig, KafkaLoop
from shopvision.serving.messages import DEAD, DECISIONS, LISTINGS, PREDICTIONS, RawMessage, event_message, message_key
from shopvision.serving.store import Store
from shopvision.serving.stream import Running, Stream
from shopvision.taxonomy.releases import load_taxonomy
from shopvision.understanding.engines.base import load_engine
from shopvision.understanding.engines.openai import build_payload
from shopvision.understanding.predict import PredictConfig, Predictor


def cores() -> tuple[set[int], set[int]]:
    "Of what is measured, and of what is around it"
    here = sorted(os.sched_getaffinity(0))
    return {here[0]}, set(here[1:2]) or {here[0]}


@contextmanager
def running_stub(seconds: float):
    "Its address"
    port = free_port()
    server = subprocess.Popen([sys.executable, str(HERE/'stub.py'), str(port), str(seconds)], preexec_fn=lambda: os.sched_setaffinity(0, cores()[1]))
    try:
        wait_for(port, server, seconds=120)
        yield f'http://127.0.0.1:{port}'
    finally:
        server.terminate()
        server.wait()


def seen(url: str) -> dict:
    "What the stub has seen since it was asked last"
    with urllib.request.urlopen(f'{url}/seen') as r: return json.load(r)


def rate(url: str) -> float:
    "Listings a second"
    s = seen(url)
    return s['answers']/2/(s['last'] - s['first'])


def listings(n: int, name: str) -> list[Listing]:
    text = '<p>' + 'Stoneware, dishwasher safe. '*36 + '</p>'
    return [Listing(f'{name}-{i}', f'Hand-thrown mug, number {i}', text, merchant_id=f'shop-{i % 50}') for i in range(n)]


def opened(url: str, store: str, together: int) -> Stream:
    engine = load_engine(f'openai:{url}/v1?model=steady-1&concurrency={together}')
    predictor = Predictor(engine, load_taxonomy('starter'), PredictConfig(candidates=0, logprobs=False))
    return Stream(predictor, Store(store), limit=Limit(start=together, most=together))


async def raw(url: str, n: int, together: int) -> None:
    "The two questions of a listing, n times, and nothing else"
    bodies = []
    engine = load_engine(f'openai:{url}/v1?model=steady-1')
    complete = engine.complete
    async def spy(request):
        bodies.append(json.dumps(build_payload(request, 'steady-1', engine.config, set())).encode())
        return await complete(request)
    engine.complete = spy
    await Predictor(engine, load_taxonomy('starter'), PredictConfig(candidates=0, logprobs=False)).apredict(listings(1, 'raw')[0])
    await engine.close()
    seen(url)
    places = asyncio.Semaphore(together)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=together)) as client:
        async def one():
            async with places:
                for body in bodies:
                    async with client.post(f'{url}/v1/chat/completions', data=body, headers={'Content-Type': 'application/json'}) as r: await r.json()
        await asyncio.gather(*(one() for _ in range(n)))


def send(brokers: str, topic: str, n: int, name: str, sequence: int = 1, **extra) -> None:
    from confluent_kafka import Producer
    producer = Producer({'bootstrap.servers': brokers, 'linger.ms': 20})
    for i, l in enumerate(listings(n, name)):
        l.extra.update(extra)
        producer.produce(topic, event_message(l, sequence, f'{name}-{sequence}-{i}'), message_key(l.merchant_id, l.id))
        if i % 200 == 0: producer.poll(0)
    assert producer.flush(60) == 0


def loop(brokers: str, topic: str, url: str, store: str, together: int, idle: float = 2.0) -> dict:
    "What the loop says of itself: events a second between the first and the last batch"
    times = []
    running = Running(lambda: opened(url, store, together))
    work = KafkaLoop(KafkaConfig(brokers, topic, topic=topic), running, lambda decided: times.append((time.perf_counter(), len(decided))))
    work.run(idle)
    (began, _), (ended, _) = times[0], times[-1]
    return dict(events=sum(n for _, n in times), rate=sum(n for _, n in times[1:])/max(ended - began, 1e-9), acts=running.stream.counts)


def alone(url: str, store: str, n: int) -> dict:
    "Decisions of the same kind from bytes to the store, without a broker"
    running = Running(lambda: opened(url, store, 1))
    messages = [RawMessage(event_message(replace(l, extra=dict(price=10)), 3, f'alone-{l.id}'), message_key(l.merchant_id, l.id)) for l in listings(n, 'loop')]
    began, begun = time.perf_counter(), []
    for i in range(0, n, 256):
        begun.append(running.begin(messages[i:i + 256]))
        if len(begun) >= 4: begun.pop(0).result()
    for work in begun: work.result()
    return dict(rate=n/(time.perf_counter() - began))


def beamed(brokers: str, topic: str, url: str, store: str, together: int) -> dict:
    import apache_beam as beam
    from shopvision.serving.beam import from_kafka
    with beam.Pipeline('DirectRunner') as p: from_kafka(p, KafkaConfig(brokers, topic, topic=topic), partial(opened, url, store, together), idle=2.0, most=1)
    return {}


def apart(what, *arguments) -> dict:
    "What a function says, in a process of its own on the measured core"
    code = f'import sys, json; sys.path[:0] = {[str(HERE)]}; import bulk; print("\\n" + json.dumps(bulk.{what.__name__}(*{arguments!r})))'
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, cores()[0]), check=False)
    if done.returncode: raise RuntimeError(f'{what.__name__}: {done.stderr[-2000:]}')
    return json.loads(done.stdout.splitlines()[-1])


def slow(minutes: float, seconds: float, together: int) -> dict:
    "Megabytes of the loop, every ten seconds, over an engine that takes ten times as long while thousands of events wait"
    from confluent_kafka.admin import AdminClient, NewTopic
    with running_kafka() as broker, running_stub(10*seconds) as url, tempfile.TemporaryDirectory() as folder:
        brokers = broker.address
        admin = AdminClient({'bootstrap.servers': brokers})
        for made in admin.create_topics([NewTopic(t, 3, 1) for t in ('slow', PREDICTIONS, DECISIONS, DEAD)]).values(): made.result(30)
        send(brokers, 'slow', 20_000, 'slow')
        code = f'import sys; sys.path[:0] = {[str(HERE)]}; import bulk; bulk.loop({brokers!r}, "slow", {url!r}, "sqlite:///{folder}/slow.db", {together})'
        worker, memory = psutil.Popen([sys.executable, '-c', code]), []
        try:
            for _ in range(int(minutes*6)):
                time.sleep(10)
                memory.append(round(worker.memory_info().rss/1e6, 1))
                print(f'{len(memory)*10} s: {memory[-1]} MB', file=sys.stderr, flush=True)
        finally: worker.kill(); worker.wait()
        return dict(slow_seconds=10*seconds, memory_mb=memory, answers=seen(url)['answers'])


def raw_apart(url: str, n: int, together: int) -> dict:
    asyncio.run(raw(url, n, together))
    return {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--seconds', type=float, default=0.5, help='that the engine takes for a question')
    parser.add_argument('--together', type=int, default=256, help='questions in flight')
    parser.add_argument('--listings', type=int, default=6000)
    parser.add_argument('--cheap', type=int, default=20_000, help='events that need no model')
    parser.add_argument('--slow', type=float, default=0.0, help='instead: so many minutes over an engine ten times as slow, watching memory')
    given = parser.parse_args()
    if given.slow: print(json.dumps(slow(given.slow, given.seconds, given.together))); return
    n, together, out = given.listings, given.together, dict(seconds=given.seconds, together=given.together, listings=given.listings)
    from confluent_kafka.admin import AdminClient, NewTopic
    with running_kafka() as broker, running_stub(given.seconds) as url, tempfile.TemporaryDirectory() as folder:
        brokers = broker.address
        admin = AdminClient({'bootstrap.servers': brokers})
        topics = ('loop', 'beam', 'cheap', LISTINGS, PREDICTIONS, DECISIONS, DEAD)
        for made in admin.create_topics([NewTopic(t, 3, 1) for t in topics]).values(): made.result(30)
        apart(raw_apart, url, n, together)
        out['raw'] = rate(url)
        for name, how in (('loop', loop), ('beam', beamed)):
            send(brokers, name, n, name)
            seen(url)
            apart(how, brokers, name, url, f'sqlite:///{folder}/{name}.db', together)
            out[name] = rate(url)
            out[f'{name}_share'] = out[name]/out['raw']
        send(brokers, 'cheap', given.cheap, 'loop', 2, price=9)
        asyncio.run(fill(Store(f'sqlite:///{folder}/cheap.db'), given.cheap))
        told = apart(loop, brokers, 'cheap', url, f'sqlite:///{folder}/cheap.db', together)
        out['decisions'], out['decisions_acts'] = told['rate'], told['acts']
        out['decisions_alone'] = apart(alone, url, f'sqlite:///{folder}/cheap.db', given.cheap)['rate']
    print(json.dumps(out))


async def fill(store: Store, n: int) -> None:
    "Listings with their predictions, as they are after an earlier event"
    predictor = Predictor(SteadyEngine(0, model='steady-1'), load_taxonomy('starter'), PredictConfig(candidates=0, logprobs=False))
    predictor.engine.name = 'openai'  # the same one, as far as records tell
    stream = Stream(predictor, store)
    messages = [RawMessage(event_message(l, 1, f'first-{l.id}'), message_key(l.merchant_id, l.id)) for l in listings(n, 'loop')]
    for i in range(0, n, 1000): await stream.work(messages[i:i + 1000])


if __name__ == '__main__': main()
