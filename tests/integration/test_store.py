"The store on SQLite and on a real PostgreSQL: the same behaviour, and nothing that was acknowledged is lost"
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from services import running_postgres
from ulid import ULID

pytest.importorskip('sqlalchemy')
from shopvision.listing import Listing  # noqa: E402
from shopvision.serving.store import Event, Store, predictions  # noqa: E402
from shopvision.understanding.prediction import CategoryChoice, Prediction  # noqa: E402


@pytest.fixture(scope='module')
def postgres():
    pytest.importorskip('psycopg')
    with running_postgres() as url: yield url


@pytest.fixture(params=['sqlite', 'postgres'])
def store(request, tmp_path):
    store = Store(f'sqlite:///{tmp_path}/store.db' if request.param == 'sqlite' else request.getfixturevalue('postgres'))
    yield store
    store.close()


def made(listing='mug', merchant='north', **more):
    return Prediction(str(ULID()), listing, merchant, category=CategoryChoice('sv-1', 'Home > Mug “é” 😀', 0.9), **more)


def test_the_newest_that_is_not_failed_is_current(store):
    merchant = str(ULID())
    first, second, failed = made(merchant=merchant), made(merchant=merchant, brand='North'), made(merchant=merchant, status='failed')
    assert store.put_many([first, failed, second]) == 3 and store.put_many([first, second]) == 0
    assert store.get_many([(merchant, 'mug'), (merchant, 'none'), ('other', 'mug')]) == {(merchant, 'mug'): second}
    assert store.get(first.prediction_id) == first and store.get('nothing') is None
    assert store.history(merchant, 'mug') == sorted([first, second, failed], key=lambda p: p.prediction_id)
    only = made('lamp', merchant, status='failed')
    store.put_many([only])
    assert store.get_many([(merchant, 'lamp')])[merchant, 'lamp'] == only


def test_thousands_of_keys_at_a_call(store):
    merchant = str(ULID())
    many = [made(f'"l\'{i}%\\', merchant) for i in range(2500)]
    assert store.put_many(many) == 2500
    assert store.get_many([(merchant, p.listing_id) for p in many]) == {(merchant, p.listing_id): p for p in many}


def test_what_people_say_is_flushed_and_an_answer_alone_need_not_be(store):
    def flushed(c):
        if c.engine.dialect.name == 'sqlite': return c.exec_driver_sql('PRAGMA synchronous').scalar() == 2
        return c.exec_driver_sql('SHOW synchronous_commit').scalar() == 'on'
    modes = []
    for flush in (True, False, True):
        with store.writing(flush) as c: modes.append(flushed(c))
    assert modes == [True, False, True]
    p = made(merchant=str(ULID()))
    assert store.put([p], flush=False) == 1 and store.get(p.prediction_id) == p


def test_listings_page_by_page_and_what_predictions_took(store):
    merchant, before = str(ULID()), str(ULID())
    store.put([made(f'l-{i}', merchant, prompt_tokens=100, completion_tokens=i) for i in range(5)] + [made('l-9', merchant, status='failed')],
              [Listing(f'l-{i}', 'Mug', merchant_id=merchant) for i in range(5)])
    assert [l.id for l in store.listings_after((merchant, ''), 3)] == ['l-0', 'l-1', 'l-2']
    assert [l.id for l in store.listings_after((merchant, 'l-2'), 2)] == ['l-3', 'l-4'] and store.listings_after((merchant + 'x', '')) == []
    told = {t['status']: t for t in store.tally(before)}
    assert told['ok'] == dict(status='ok', predictions=5, prompt_tokens=500, completion_tokens=10) and told['failed']['predictions'] == 1
    assert store.tally('~') == []


def test_events_are_there_once_and_in_order(store):
    merchant = str(ULID())
    events = [Event('feedback', 'mug', dict(n=i), merchant, sent=f'{i}') for i in range(20)]
    again = [replace(e, id=str(ULID())) for e in events]
    assert store.append(events) == 20 and store.append([*events, *again]) == 0
    assert [e.id for e in store.read('feedback', merchant_id=merchant)] == [e.id for e in events]
    assert [e.body['n'] for e in store.read('feedback', merchant_id=merchant, limit=3, newest=True)] == [17, 18, 19]
    assert [e.body['n'] for e in store.read('feedback', merchant_id=merchant, after=events[16].id)] == [17, 18, 19]
    assert store.read('feedback', merchant_id='other ' + merchant) == []


def test_two_that_race_to_send_one_event_are_one(store):
    merchant, new = str(ULID()), []
    def send(): new.append(store.append([Event('feedback', 'mug', {}, merchant, sent='click')]))
    threads = [threading.Thread(target=send) for _ in range(8)]
    for t in threads: t.start()
    for t in threads: t.join()
    assert sum(new) == 1 and len(store.read('feedback', merchant_id=merchant)) == 1


def test_listings_come_back_with_their_pictures(store):
    merchant = str(ULID())
    mug = Listing('mug', 'Mug\u2028', '<p>ü</p>', (b'\xff\xd8\xff photo', 'https://shop.example/a.jpg'), merchant, tags=('a', 'b'), extra=dict(price=3))
    store.put_listings([mug, mug, replace(mug, id='cup', images=())])
    found = store.get_listings([(merchant, 'mug'), (merchant, 'cup'), (merchant, 'none')])
    assert found == {(merchant, 'mug'): mug, (merchant, 'cup'): replace(mug, id='cup', images=())}
    store.put_listings([replace(mug, title='New', images=())])
    assert store.get_listings([(merchant, 'mug')])[merchant, 'mug'].title == 'New'


def test_the_current_view_agrees(store):
    from sqlalchemy import text
    merchant = str(ULID())
    good, bad = made(merchant=merchant), made(merchant=merchant, status='failed')
    store.put_many([good, bad])
    with store.engine.connect() as c:
        rows = c.execute(text('SELECT prediction_id FROM current_predictions WHERE merchant_id = :m'), dict(m=merchant)).scalars().all()
    assert rows == [good.prediction_id] and predictions.name == 'predictions'


def test_migrations_go_down_and_up_again(tmp_path):
    from alembic import command
    from alembic.autogenerate import compare_metadata
    from alembic.config import Config
    from alembic.migration import MigrationContext

    import shopvision.serving.store as module
    url = f'sqlite:///{tmp_path}/store.db'
    store = Store(url)
    with store.engine.connect() as c: assert compare_metadata(MigrationContext.configure(c), module.tables) == [], 'the tables are what the migrations make'
    config = Config()
    config.set_main_option('script_location', str(Path(module.__file__).parent/'migrations'))
    with store.engine.begin() as c:
        config.attributes['connection'] = c
        command.downgrade(config, 'base')
        command.upgrade(config, 'head')
    store.put_many([made()])


WRITER = '''
import sys
from shopvision.serving.store import Event, Store
store = Store(sys.argv[1])
for i in range(100_000):
    store.append([Event('feedback', 'mug', dict(n=i), sys.argv[2], sent=str(i))])
    print(i, flush=True)
'''


def test_a_killed_writer_loses_nothing_that_it_acknowledged(store, tmp_path):
    merchant, acknowledged = str(ULID()), -1
    for _ in range(3):
        process = subprocess.Popen([sys.executable, '-c', WRITER, store.url, merchant], stdout=subprocess.PIPE, text=True)
        for line in process.stdout:
            acknowledged = max(acknowledged, int(line))
            if int(line) > acknowledged - 1 and int(line) % 37 == 36: os.kill(process.pid, signal.SIGKILL)
        process.wait()
        there = [e.body['n'] for e in store.read('feedback', merchant_id=merchant, limit=100_000)]
        assert len(there) == len(set(there)) and set(range(acknowledged + 1)) <= set(there)
