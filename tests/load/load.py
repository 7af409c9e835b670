"""How much the gateway adds, and how much it carries: `python tests/load/load.py` (or `make load-test`), about two minutes.

The gateway runs in a process of its own over an engine that takes a fixed time a step, on one core; the requests come from this process on another.
Prints one JSON object: latencies are from sending a request to having its whole answer, in milliseconds. What the gateway *adds* is over the median
of the same requests to the same server at `/bare`, which waits for the engine twice and does nothing else; they take turns.
`--soak MINUTES` goes on at 50 requests a second and watches the gateway's memory instead.
"""
import argparse
import asyncio
import base64
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

HERE = Path(__file__).parent
STEP = 0.1  # seconds that the engine takes for a step

SERVER = '''
import asyncio, sys; sys.path.insert(0, sys.argv[1])
import uvicorn
from steady import SteadyEngine, keys_for, steady_app
from shopvision.serving.edge import EdgeLimits
from shopvision.serving.cascade import warm
most = 10**6
limits = EdgeLimits(rate=most, burst=most, in_flight=most, per_merchant=most)
app, service = steady_app(SteadyEngine(float(sys.argv[3])), sys.argv[2], sys.argv[4], image_side=int(sys.argv[6]), limits=limits)
warm(service.cascade)
async def with_bare(scope, receive, send):
    if scope.get('path') != '/bare': return await app(scope, receive, send)
    while (await receive()).get('more_body'): pass
    for _ in range(2): await asyncio.sleep(float(sys.argv[3]))
    body = b'{"status": "bare"}'
    await send(dict(type='http.response.start', status=200, headers=[(b'content-length', str(len(body)).encode())]))
    await send(dict(type='http.response.body', body=body))
print(keys_for(service, 'load')[0]['Authorization'], flush=True)
uvicorn.run(with_bare, port=int(sys.argv[5]), log_level='warning', access_log=False, timeout_keep_alive=75)
'''


def photo(kilobytes: int = 50, seed: int = 0) -> bytes:
    "A JPEG of 800 x 600 pixels and about that size"
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 255, (60, 80, 3), dtype=np.uint8)).resize((800, 600), Image.Resampling.BICUBIC)
    best = b''
    for quality in range(20, 96, 3):
        small.save(out := io.BytesIO(), 'JPEG', quality=quality)
        best = out.getvalue()
        if len(best) >= kilobytes*1000: break
    return best


def request(i: int, image: str, key: str, same: bool, path: str = '/v1/predictions') -> bytes:
    "One listing of 1 KB of text and a picture; all different unless `same`"
    n = 0 if same else i
    listing = dict(id=f'mug-{n}', title=f'Hand-thrown mug, number {n}', description='<p>' + 'Stoneware, dishwasher safe. '*36 + '</p>', images=[image])
    body = json.dumps(listing).encode()
    head = f'POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n'
    return head.encode() + body


class Client:
    "Connections that are kept open, each with one request at a time"
    def __init__(self, port: int): self.port, self.free, self.statuses = port, [], {}

    async def ask(self, data: bytes) -> float:
        while self.free and self.free[-1][0].at_eof(): self.free.pop()  # the server closes what is idle for long
        reader, writer = self.free.pop() if self.free else await asyncio.open_connection('127.0.0.1', self.port, limit=2**20)
        started = time.perf_counter()
        writer.write(data)
        head = await reader.readuntil(b'\r\n\r\n')
        length = int(next(l for l in head.split(b'\r\n') if l.lower().startswith(b'content-length')).split(b':')[1])
        body = await reader.readexactly(length)
        seconds = time.perf_counter() - started
        self.free.append((reader, writer))
        status = head.split()[1].decode() + ' ' + str(json.loads(body).get('status'))
        self.statuses[status] = self.statuses.get(status, 0) + 1
        return seconds


async def at_rate(client: Client, make, rate: float, seconds: float) -> np.ndarray:
    "Latencies of requests sent at a steady rate, whether earlier ones were answered or not"
    tasks, began = [], time.perf_counter()
    for i in range(int(rate*seconds)):
        if (wait := began + i/rate - time.perf_counter()) > 0: await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(client.ask(make(i))))
    return np.array(await asyncio.gather(*tasks))


async def at_once(client: Client, make, together: int, seconds: float) -> float:
    "Answers a second with so many requests in flight"
    ends, counter, done = time.perf_counter() + seconds, iter(range(10**9)), [0]
    async def work():
        while time.perf_counter() < ends:
            await client.ask(make(next(counter)))
            done[0] += 1
    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(together)))
    return done[0]/(time.perf_counter() - began)


def spread(latencies: np.ndarray, off: float = 0.0) -> dict:
    return {f'p{q}': round(float(np.percentile(latencies - off, q))*1000, 2) for q in (50, 95, 99)}


async def measure(port: int, key: str, short: bool) -> dict:
    image = 'data:image/jpeg;base64,' + base64.b64encode(photo()).decode()
    client, n = Client(port), iter(range(0, 10**9, 10**6))
    def fresh(path='/v1/predictions'):
        base = next(n)
        return lambda i: request(base + i, image, key, False, path)
    await at_rate(client, fresh(), 20, 2)
    turns = [(await at_rate(client, fresh('/bare'), 50, seconds), await at_rate(client, fresh(), 50, seconds)) for seconds in ([2] if short else [10]*4)]
    bare, whole = (np.concatenate(t) for t in zip(*turns, strict=True))
    alone = float(np.median(bare))
    out = dict(step_ms=STEP*1000, bare_ms=spread(bare), adds_at_50_a_second_ms=spread(whole, alone), bare_adds_ms=spread(bare, alone))
    out['two_step_requests_a_second'] = round(await at_once(client, fresh(), 64, 4 if short else 20), 1)
    await client.ask(request(0, image, key, True))
    out['cache_hit_ms'] = spread(await at_rate(client, lambda i: request(0, image, key, True), 100, 2 if short else 10))
    out['cache_hits_a_second'] = round(await at_once(client, lambda i: request(0, image, key, True), 8, 3 if short else 10), 1)
    return out | dict(statuses=client.statuses)


async def soak(port: int, key: str, server: psutil.Process, minutes: float) -> dict:
    image = 'data:image/jpeg;base64,' + base64.b64encode(photo()).decode()
    client, memory = Client(port), []
    for part in range(max(4, int(minutes*6))):
        await at_rate(client, lambda i, part=part: request(part*10**6 + i, image, key, False), 50, 10)
        memory.append(round(server.memory_info().rss/1e6, 1))
        print(f'{part*10 + 10} s: {memory[-1]} MB', file=sys.stderr, flush=True)
    return dict(memory_mb=memory, statuses=client.statuses)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument('--short', action='store_true')
    arguments.add_argument('--soak', type=float, default=0.0)
    arguments.add_argument('--image-side', type=int, default=448, help='0: photos go to the engine as they are')
    given = arguments.parse_args()
    from services import free_port
    port, folder = free_port(), tempfile.mkdtemp()
    command = [sys.executable, '-c', SERVER, str(HERE.parent), f'sqlite:///{folder}/store.db', str(STEP), folder + '/jobs', str(port), str(given.image_side)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, {0}))
    try:
        key = server.stdout.readline().strip()
        while True:
            try: asyncio.run(asyncio.wait_for(asyncio.open_connection('127.0.0.1', port), 1)); break
            except OSError: time.sleep(0.1)
        if (os.cpu_count() or 1) > 1: os.sched_setaffinity(0, {1})
        done = asyncio.run(soak(port, key, psutil.Process(server.pid), given.soak) if given.soak else measure(port, key, given.short))
        print(json.dumps(done, indent=1))
    finally:
        server.terminate()
        server.wait()


if __name__ == '__main__':
    sys.path.insert(0, str(HERE.parent))
    main()
