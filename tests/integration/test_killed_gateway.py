"The gateway as a process: killed in the middle of feedback, ended while it answers"
import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip('fastapi')
from services import free_port  # noqa: E402

from shopvision.serving.keys import make_key  # noqa: E402
from shopvision.serving.store import Store  # noqa: E402

SERVER = '''
import sys; sys.path.insert(0, sys.argv[1])
import uvicorn
from steady import SteadyEngine, steady_app
app, service = steady_app(SteadyEngine(0.0), sys.argv[2], sys.argv[3])
uvicorn.run(app, port=int(sys.argv[4]), log_level='error', access_log=False)
'''


def start(folder, port):
    "A gateway that answers"
    command = [sys.executable, '-c', SERVER, str(Path(__file__).parents[1]), f'sqlite:///{folder}/store.db', f'{folder}/jobs', str(port)]
    server = subprocess.Popen(command)
    for _ in range(600):
        try:
            ask(port, 'GET', '/healthz')
            return server
        except OSError: time.sleep(0.05)
    raise AssertionError('the gateway did not start')


def ask(port, method, path, body=None, headers=()):
    client = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
    try:
        client.request(method, path, json.dumps(body) if body is not None else None, {'Content-Type': 'application/json', **dict(headers)})
        answer = client.getresponse()
        return answer.status, json.loads(answer.read())
    finally: client.close()


@pytest.mark.timeout(1800)
def test_killed_in_the_middle_of_feedback(tmp_path):
    "SHOPVISION_KILLS=50 is the long form"
    kills, rng, port = int(os.environ.get('SHOPVISION_KILLS', '4')), random.Random(0), free_port()
    store = Store(f'sqlite:///{tmp_path}/store.db')
    auth = {'Authorization': f'Bearer {make_key(store, "north")}'}
    server, acknowledged, sent, again = start(tmp_path, port), {}, 0, []
    try:
        p = ask(port, 'POST', '/v1/predictions', dict(id='mug-1', title='Mug'), auth)[1]
        path = f'/v1/predictions/{p["prediction_id"]}/feedback'
        for _ in range(kills):
            timer = threading.Timer(rng.uniform(0.02, 0.4), server.kill)
            timer.start()
            while True:
                key = again.pop() if again else f'k-{(sent := sent + 1)}'
                body = dict(action='correct', field='simplified_description', value=f'word of {key}')
                try: status, event = ask(port, 'POST', path, body, {**auth, 'Idempotency-Key': key})
                except (OSError, http.client.HTTPException):
                    again.append(key)  # nobody knows whether it was taken: it is sent again
                    break
                assert status == 201
                assert acknowledged.setdefault(key, event['event_id']) == event['event_id']
                if rng.random() < 0.2: again.append(key)  # an impatient client
            timer.join()
            server.wait()
            server = start(tmp_path, port)
        for key in again:
            _, event = ask(port, 'POST', path, dict(action='correct', field='simplified_description', value=f'word of {key}'), {**auth, 'Idempotency-Key': key})
            assert acknowledged.setdefault(key, event['event_id']) == event['event_id']
    finally: server.kill(); server.wait()
    there = store.read('feedback', 'north', limit=10**6)
    assert len(acknowledged) > kills
    assert {e.id for e in there} == set(acknowledged.values())                       # none lost, none that nobody sent
    assert len({e.body['value'] for e in there}) == len(there) == len(acknowledged)  # none twice


def test_what_is_in_flight_is_answered_before_it_ends(tmp_path):
    command = [sys.executable, '-c', 'from shopvision.cli import main; main()', 'serve', '--port', '0', '--try-it',
               '--store', f'sqlite:///{tmp_path}/s.db', '--jobs', str(tmp_path/'jobs')]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        said = ''
        while 'Store' not in said:
            line = server.stdout.readline()
            assert line, said
            said += line
        port, key = int(re.search(r'127\.0\.0\.1:(\d+)/v1', said)[1]), re.search(r'/admin/login#(\S+)', said)[1]
        for _ in range(200):
            try: ask(port, 'GET', '/healthz'); break
            except OSError: time.sleep(0.05)
        statuses = []
        def one(i): statuses.append(ask(port, 'POST', '/v1/predictions', dict(id=f'm-{i}', title=f'Mug number {i}'), {'Authorization': f'Bearer {key}'})[0])
        threads = [threading.Thread(target=one, args=(i,)) for i in range(4)]
        for t in threads: t.start()
        time.sleep(0.15)
        server.send_signal(signal.SIGTERM)
        for t in threads: t.join(30)
        assert statuses == [200]*4 and server.wait(30) in (0, -signal.SIGTERM)
        with pytest.raises(OSError): ask(port, 'GET', '/healthz')
    finally: server.kill()
