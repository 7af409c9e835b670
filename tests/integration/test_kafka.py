"""Events through a real broker: every one ends once, whatever is killed: workers, the engine, the broker.

The long form is SHOPVISION_EVENTS=50000 SHOPVISION_KILLS=20.
"""
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

confluent = pytest.importorskip('confluent_kafka')
from services import free_port, running_kafka, wait_for  # noqa: E402

from shopvision.listing import Listing  # noqa: E402
from shopvision.serving.kafka import read_lag  # noqa: E402
from shopvision.serving.messages import DEAD, DECISIONS, LISTINGS, PREDICTIONS, event_message, message_key  # noqa: E402
from shopvision.serving.store import Store  # noqa: E402

TESTS = Path(__file__).parents[1]
WORKER = '''
import signal, sys
from shopvision.serving.kafka import KafkaConfig, KafkaLoop
from shopvision.serving.store import Store
from shopvision.serving.stream import Running, Stream
from shopvision.taxonomy.releases import load_taxonomy
from shopvision.understanding.engines.base import load_engine
from shopvision.understanding.predict import PredictConfig, Predictor
engine = load_engine(f'openai:{sys.argv[1]}/v1?model=steady-1&concurrency=64')
def make(): return Stream(Predictor(engine, load_taxonomy('starter'), PredictConfig(candidates=0, logprobs=False)), Store(sys.argv[3]))
running = Running(make)
loop = KafkaLoop(KafkaConfig(sys.argv[2], group=sys.argv[4], batch=100, linger=0.1), running)
signal.signal(signal.SIGTERM, lambda *_: loop.stop())
loop.run(idle=float(sys.argv[5]))
'''

BEAM = '''
import sys
import apache_beam as beam
from shopvision.serving.beam import from_kafka
from shopvision.serving.kafka import KafkaConfig
from shopvision.serving.store import Store
from shopvision.serving.stream import Stream
from shopvision.taxonomy.releases import load_taxonomy
from shopvision.understanding.engines.base import load_engine
from shopvision.understanding.predict import PredictConfig, Predictor
def make():
    engine = load_engine(f'openai:{sys.argv[1]}/v1?model=steady-1&concurrency=64')
    return Stream(Predictor(engine, load_taxonomy('starter'), PredictConfig(candidates=0, logprobs=False)), Store(sys.argv[3]))
with beam.Pipeline('DirectRunner') as p: from_kafka(p, KafkaConfig(sys.argv[2], group=sys.argv[4], batch=100, linger=0.1), make, float(sys.argv[5]), 1)
'''


def make_topics(brokers, names, partitions=3):
    from confluent_kafka.admin import AdminClient, NewTopic
    admin = AdminClient({'bootstrap.servers': brokers})
    for f in admin.create_topics([NewTopic(n, partitions, 1) for n in names]).values():
        try: f.result(30)
        except confluent.KafkaException as e:
            if e.args[0].code() != confluent.KafkaError.TOPIC_ALREADY_EXISTS: raise


def send_day(brokers, n, seed=0):
    "A day in small: new ones, prices, titles, deletions, the same again, out of order, and broken ones; the ids of all events"
    rng, producer, ids, now, sequence = random.Random(seed), confluent.Producer({'bootstrap.servers': brokers, 'linger.ms': 20}), [], {}, 0
    for i in range(n):
        sequence += 1
        kind = rng.choices(('new', 'price', 'title', 'delete', 'again', 'late', 'broken', 'future'), (30, 40, 12, 4, 4, 4, 4, 2))[0]
        id = f'e-{i}'
        if kind == 'broken': producer.produce(LISTINGS, b'{"cut', b'x'); ids.append(None); continue
        if kind == 'future': producer.produce(LISTINGS, json.dumps(dict(schema='listings.v9', event_id=id)).encode(), b'x'); ids.append(id); continue
        if kind == 'new' or not now: listing = Listing(f'l-{i}', f'Mug number {i}', merchant_id=f'shop-{i % 7}', extra=dict(price=1))
        else: listing = now[rng.choice(list(now)[-200:])]
        if kind == 'price': listing = replace(listing, extra=dict(price=rng.randrange(1000)))
        if kind == 'title': listing = replace(listing, title=f'Garden hose number {i}')
        now[listing.merchant_id, listing.id] = listing
        at = sequence - 50 if kind == 'late' else sequence
        value = event_message(listing, at, id, deleted=kind == 'delete')
        for _ in range(2 if kind == 'again' else 1):  # the very same message twice
            producer.produce(LISTINGS, value, message_key(listing.merchant_id, listing.id))
            ids.append(id)
        if i % 500 == 0: producer.poll(0)
    assert producer.flush(60) == 0
    return ids


def read_all(brokers, topic, idle=3.0):
    "All committed messages of a topic"
    consumer = confluent.Consumer({'bootstrap.servers': brokers, 'group.id': f'reader-{time.time()}', 'auto.offset.reset': 'earliest',
                                   'isolation.level': 'read_committed', 'enable.auto.commit': False})
    consumer.subscribe([topic])
    out, last = [], time.monotonic()
    while time.monotonic() - last < idle:
        for m in consumer.consume(500, 0.5):
            if m.error() is None: out.append(json.loads(m.value())); last = time.monotonic()
    consumer.close()
    return out


class Around:
    "What a worker lives among, and what happens to it; the engine answers over HTTP"
    def __init__(self, program, broker, store):
        self.program, self.broker, self.store, self.port, self.worker, self.rng = program, broker, store, free_port(), None, random.Random(1)
        self.start_engine()

    def start_engine(self):
        self.engine = subprocess.Popen([sys.executable, str(TESTS/'load'/'stub.py'), str(self.port), '0.002'])
        wait_for(self.port, self.engine, 60)

    def start(self, idle=60.0):
        arguments = [f'http://127.0.0.1:{self.port}', self.broker.address, self.store, 'test', str(idle)]
        self.worker = subprocess.Popen([sys.executable, '-c', self.program, *arguments])

    def done(self): return sum(r['done'] for r in read_lag(self.broker.address, 'test'))

    def await_progress(self):
        "Until the worker has told of something more"
        before, ends = self.done(), time.monotonic() + 60
        while self.done() <= before and time.monotonic() < ends and self.worker.poll() is None: time.sleep(0.2)

    def end(self, process, how=signal.SIGKILL): process.send_signal(how); process.wait()

    def happen(self, what):
        if self.worker is None: self.start()
        self.await_progress()
        time.sleep(self.rng.uniform(0, 1.5))
        if what == 'engine':
            self.end(self.engine)
            time.sleep(1)
            return self.start_engine()
        self.end(self.worker, signal.SIGTERM if what == 'stop' else signal.SIGKILL)
        if what == 'broker' and self.broker.process: self.broker.stop(); self.broker.start()
        self.worker = None

# The broker is restarted while no worker is there: noida-db forgets groups and open transactions, which Kafka does not.
HAPPENINGS = ('worker', 'engine', 'worker', 'broker', 'worker', 'stop')

@pytest.mark.timeout(3600)
@pytest.mark.parametrize('program', [WORKER, BEAM], ids=['loop', 'beam'])
def test_every_event_ends_once(tmp_path, program):
    if program is BEAM: pytest.importorskip('apache_beam')
    events, kills = int(os.environ.get('SHOPVISION_EVENTS', '600')), int(os.environ.get('SHOPVISION_KILLS', '2'))
    with running_kafka() as broker:
        brokers = broker.address
        make_topics(brokers, [LISTINGS, PREDICTIONS, DECISIONS, DEAD])
        ids = send_day(brokers, events)
        store = f'sqlite:///{tmp_path}/store.db'
        Store(store).close()
        around = Around(program, broker, store)
        try:
            for k in range(kills):  # all of them in the long form; a short day may be over before
                if around.done() < 0.9*len(ids): around.happen(HAPPENINGS[k % len(HAPPENINGS)])
            if around.worker: around.end(around.worker)
            around.start(8)
            assert around.worker.wait(1800) == 0
            assert {r['waiting'] for r in read_lag(brokers, 'test')} == {0}
        finally:
            for process in (around.worker, around.engine):
                if process and process.poll() is None: around.end(process)

        decisions, dead, predictions = (read_all(brokers, t) for t in (DECISIONS, DEAD, PREDICTIONS))
    told = Counter(d['event_id'] for d in decisions)
    sent = Counter(id for id in ids if id)
    assert {id: n for id, n in told.items() if id in sent} == dict(sent)       # none lost, none twice; one sent twice is told of twice
    assert len(decisions) == len(ids)                                           # the broken ones too
    acts = Counter(d['act'] for d in decisions)
    assert set(acts) == {'predicted', 'skipped', 'dead'} and acts['dead'] == len(dead) and acts['predicted'] == len(predictions)
    assert {m['kind'] for m in dead} == {'not JSON', 'future'}

    held = Store(store)
    made = defaultdict(list)
    for d in decisions:
        if d['prediction_id']: made[d['merchant_id'], d['listing_id']].append(d['prediction_id'])
    stored = {p: [q.prediction_id for q in held.history(*p)] for p in made}
    assert {p: sorted(set(v)) for p, v in made.items()} == {p: sorted(v) for p, v in stored.items()}  # the store has what the topic has, each once


def test_the_commands_send_run_and_say_how_far_they_are(tmp_path):
    with running_kafka() as broker:
        brokers = broker.address
        make_topics(brokers, [LISTINGS, PREDICTIONS, DECISIONS, DEAD], 1)
        (tmp_path/'products.jsonl').write_text('\n'.join(json.dumps(dict(id=f'p-{i}', title=f'Blue mug {i}')) for i in range(3)) + '\nnot json\n')
        def command(*arguments):
            line = [sys.executable, '-c', 'from shopvision.cli import main; main()', 'stream', *arguments, '--brokers', brokers]
            return subprocess.run(line, capture_output=True, text=True, timeout=300, check=False)
        sent = command('send', str(tmp_path/'products.jsonl'), '--merchant', 'north')
        assert sent.returncode == 0 and '3 listings sent' in sent.stdout and 'not sent: ' in sent.stderr
        assert json.loads(command('status', '--watch', '0', '--json').stdout)['waiting'] == 3
        run = command('run', '--store', f'sqlite:///{tmp_path}/s.db', '--idle', '3')
        assert run.returncode == 0 and 'predicted 3' in run.stderr, run.stderr
        store = f'sqlite:///{tmp_path}/s.db'
        status = json.loads(command('status', '--store', store, '--dollars-in', '1', '--watch', '0.5', '--json').stdout)
        assert status['waiting'] == status['rate'] == status['dead_letters'] == 0
        assert sum(t['predictions'] for t in status['predictions']) == 3 and status['dollars'] > 0
        assert {p['prediction']['listing_id'] for p in read_all(brokers, PREDICTIONS)} == {'p-0', 'p-1', 'p-2'}
