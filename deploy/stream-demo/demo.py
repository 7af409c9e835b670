"""A day of a catalogue in small, through a real broker: `make stream-demo`.

Starts a broker for tests (noida-db; SHOPVISION_KAFKA=host:port takes another), sends what merchants do (new products, prices, titles,
a deletion, a broken message), works on it with the embedded model and SQLite, and shows what became of each event. Nothing is left behind.
"""
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace

from broker import running_broker
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient, NewTopic
from rich.console import Console
from rich.table import Table

from shopvision.corpus.written import illustrated
from shopvision.evaluation.changes import change_log
from shopvision.serving.kafka import KafkaConfig, KafkaLoop, read_lag
from shopvision.serving.messages import DEAD, DECISIONS, LISTINGS, PREDICTIONS, event_message, message_key
from shopvision.serving.store import Store
from shopvision.serving.stream import Running, Stream
from shopvision.taxonomy.releases import load_taxonomy
from shopvision.understanding.engines.base import load_engine
from shopvision.understanding.predict import PredictConfig, Predictor

PRODUCTS, CHANGES = 24, 120
console = Console()


def send(brokers: str) -> int: # messages
    "A morning of new products and a day of changes"
    rng, producer, sequence = random.Random(0), Producer({'bootstrap.servers': brokers}), 0
    listings = [replace(x.listing, merchant_id=f'shop-{i % 5}') for i, x in enumerate(illustrated('heldout'))][:PRODUCTS]
    for l in (*listings, *(c.after for c in change_log(listings, CHANGES))):
        sequence += 1
        producer.produce(LISTINGS, event_message(l, sequence), message_key(l.merchant_id, l.id))
    gone = rng.choice(listings)
    producer.produce(LISTINGS, event_message(gone, sequence + 1, deleted=True), message_key(gone.merchant_id, gone.id))
    producer.produce(LISTINGS, b'{"cut off', b'')
    producer.flush(30)
    return sequence + 2


def read(brokers: str, topic: str, n: int) -> list[dict]:
    consumer = Consumer({'bootstrap.servers': brokers, 'group.id': 'demo-reader', 'auto.offset.reset': 'earliest', 'isolation.level': 'read_committed'})
    consumer.subscribe([topic])
    out, last = [], time.monotonic()
    while len(out) < n and time.monotonic() - last < 10:
        for m in consumer.consume(200, 0.5):
            if m.error() is None: out.append(json.loads(m.value())); last = time.monotonic()
    consumer.close()
    return out


def in_short(d: dict) -> str:
    "Why, without what is only of this event"
    if 'of the same batch' in d['why']: return 'a newer event of the same batch'
    return d['why'].split(': ', 1)[-1][:60] if d['act'] == 'dead' else d['why'].split(' (')[0] or 'the first event of a listing, or a change that matters'


def main() -> None:
    with running_broker() as broker, tempfile.TemporaryDirectory() as folder:
        brokers = broker.address
        admin = AdminClient({'bootstrap.servers': brokers})
        for made in admin.create_topics([NewTopic(t, 3, 1) for t in (LISTINGS, PREDICTIONS, DECISIONS, DEAD)]).values(): made.result(30)
        sent = send(brokers)
        waiting = sum(r['waiting'] for r in read_lag(brokers, 'demo'))
        console.print(f'{sent} events of {PRODUCTS} products are on [bold]{LISTINGS}[/] at {brokers}; {waiting} wait')
        store = Store(f'sqlite:///{folder}/store.db')
        predictor = Predictor(load_engine('embedded'), load_taxonomy('starter'), PredictConfig())
        began = time.perf_counter()
        def tell(decided: list) -> None: console.print('  batch: ' + ', '.join(f'{n} {a}' for a, n in Counter(d.act for d in decided).items()))
        KafkaLoop(KafkaConfig(brokers, 'demo', batch=40), Running(lambda: Stream(predictor, store)), tell).run(idle=3)
        seconds = time.perf_counter() - began - 3
        decisions = read(brokers, DECISIONS, sent)
        table = Table('what became of it', 'events', 'for example')
        kinds: dict[str, list[dict]] = {}
        for d in decisions: kinds.setdefault(d['act'], []).append(d)
        for act, rows in kinds.items():
            for why, n in Counter(map(in_short, rows)).most_common(5): table.add_row(act, str(n), why)
        console.print(table)
        newest = store.predictions_since(limit=3)
        for p in newest: console.print(f'  {p.merchant_id} {p.listing_id}: [bold]{p.category.path if p.category else p.reason}[/]')
        command = ('stream', 'status', '--brokers', brokers, '--group', 'demo', '--store', f'sqlite:///{folder}/store.db', '--watch', '0')
        console.print(f'[dim]$ shopvision {" ".join(command)}[/]')
        sys.stdout.flush()
        subprocess.run([sys.executable, '-m', 'shopvision', *command], check=True)
        left = sum(r['waiting'] for r in read_lag(brokers, 'demo'))
        needed = sum(d['act'] == 'predicted' for d in decisions)
        console.print(f'{len(decisions)} of {sent} events decided in {seconds:.0f} s, {left} wait; {needed} needed the model')
        if len(decisions) != sent or left: raise SystemExit('not every event came out: this is a bug')


if __name__ == '__main__': main()
