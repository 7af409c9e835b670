"""What carries bulk work, and where the model is: `python tests/load/ways.py`, about ten minutes.

A catalogue that was predicted by letters is predicted again by another model: by the one-machine loop, by Beam, by Ray Data; with the model in the worker
and with the model behind HTTP ("in the cluster", here on the same cores). Each way begins with the same store, in processes of its own. Prints one JSON object.
"""
import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import psutil

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from bulk import listings as plain_listings
from services import free_port, wait_for

from shopvision.corpus.written import illustrated
from shopvision.serving import backfill
from shopvision.serving.adaptive import Limit
from shopvision.serving.messages import ListingEvent
from shopvision.serving.store import Store
from shopvision.serving.stream import Stream
from shopvision.taxonomy.releases import load_taxonomy
from shopvision.understanding.baselines import LetterPredictor
from shopvision.understanding.engines.base import load_engine
from shopvision.understanding.predict import PredictConfig, Predictor
from shopvision.understanding.prediction import Prediction

PAGE = 32


def predictor(engine: str, threads: int = 0) -> Predictor:
    "The shipped model asks its retriever for candidates wherever it is; the stub wants none"
    config = PredictConfig(candidates=0, logprobs=False) if 'steady-1' in engine else PredictConfig(candidates=8, rescore=0.1)
    return Predictor(load_engine(engine, **dict(threads=threads) if engine == 'embedded' else {}), load_taxonomy('starter'), config)


def opened(engine: str, store: str, threads: int = 0) -> Stream:
    p = predictor(engine, threads)
    return Stream(p, Store(store), limit=Limit(start=p.concurrency, most=p.concurrency))


def loop(engine: str, store: str, file: str, page: int, workers: int) -> None:
    async def go() -> None:
        backfill.PAGE = page
        async for _ in backfill.backfill(opened(engine, store)): pass
    asyncio.run(go())


def beam_options(workers: int):
    from apache_beam.options.pipeline_options import PipelineOptions
    return PipelineOptions(direct_num_workers=workers, direct_running_mode='multi_processing' if workers > 1 else 'in_memory')


def beam(engine: str, store: str, file: str, page: int, workers: int) -> None:
    import apache_beam as beam
    from shopvision.serving.beam import from_store
    with beam.Pipeline('DirectRunner', options=beam_options(workers)) as p: from_store(p, store, partial(opened, engine, store, 0 if workers == 1 else 1), page)


def note(file: str, p: Prediction) -> None:
    with open(file, 'a') as f: f.write(f'{p.time} {p.seconds}\n')


def inference(engine: str, store: str, file: str, page: int, workers: int) -> None:
    "`RunInference`, as a platform would do it: one model in each worker, a batch at a time; what it predicts is not stored"
    import apache_beam as beam
    from apache_beam.ml.inference.base import RunInference
    from shopvision.serving.beam import InWorker
    every = [e.listing for events in backfill.stored_events(Store(store)) for e in events]
    with beam.Pipeline('DirectRunner', options=beam_options(workers)) as p:
        made = p | beam.Create(every) | beam.Reshuffle() | RunInference(InWorker(partial(predictor, engine, 0 if workers == 1 else 1), page))
        made | beam.Map(partial(note, file))


def ray(engine: str, store: str, file: str, page: int, workers: int) -> None:
    from shopvision.evaluation.scale import start_ray
    ray = start_ray(num_cpus=workers + 1)
    rows = [dict(merchant_id=m, listing_id=l) for found in backfill.stored_pairs(Store(store)) for m, l in found]
    told = ray.data.from_items(rows).map_batches(
        backfill.BackfillPage, fn_constructor_args=[partial(opened, engine, store, 0 if workers == 1 else 1)], batch_size=page,
        compute=ray.data.ActorPoolStrategy(size=workers), num_cpus=1)
    for _ in told.iter_batches(batch_size=None): pass


@contextmanager
def served(what: str):
    "An engine behind HTTP; its address and process"
    port = free_port()
    server = psutil.Popen([sys.executable, str(HERE/'stub.py'), str(port), what])
    try:
        wait_for(port, server, seconds=120)
        yield f'openai:http://127.0.0.1:{port}/v1?' + ('model=embedded&concurrency=64' if what == 'embedded' else 'model=steady-1&concurrency=256'), server
    finally:
        server.terminate()
        server.wait()


def whole(process: psutil.Process) -> float:
    "Megabytes of a process and its children, what they share counted once"
    total = 0
    for p in (process, *process.children(recursive=True)):
        try: total += p.memory_full_info().pss
        except psutil.Error: pass
    return total/1e6


def measure(way: str, engine: str, start: Path, page: int, workers: int, server: psutil.Process | None) -> dict:
    "Seconds from the command to its end and to its first question, listings a second from there to the last answer, and the most memory"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(start, f'{folder}/s.db')
        file, store = f'{folder}/times', f'sqlite:///{folder}/s.db'
        code = f'import ways; ways.{way}({engine!r}, {store!r}, {file!r}, {page}, {workers})'
        here = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, [str(HERE), os.environ.get('PYTHONPATH')])))  # Beam's workers and Ray's need it too
        began, most, ended = time.time(), 0.0, threading.Event()
        work = psutil.Popen([sys.executable, '-c', code], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=here)
        def look() -> None:
            nonlocal most
            while not ended.wait(1.0): most = max(most, whole(work) + (whole(server) if server else 0))
        looking = threading.Thread(target=look)
        looking.start()
        errors = work.communicate()[1]
        seconds = time.time() - began
        ended.set()
        looking.join()
        if work.returncode: raise RuntimeError(f'{way}: {errors[-2000:]}')
        if way == 'inference': spans = [(t, float(took)) for t, took in (line.split() for line in Path(file).read_text().splitlines())]
        else: spans = [(p.time, p.seconds) for p in Store(store).predictions_since(limit=1_000_000) if p.produced_by['engine'] != 'letters']
        ends = [(datetime.fromisoformat(t).timestamp(), took) for t, took in spans]
        first, last = min(t - took for t, took in ends), max(t for t, _ in ends)
        return dict(way=way, workers=workers, listings=len(ends), seconds=seconds, start=first - began, rate=len(ends)/(last - first), memory_mb=most)


def prepare(file: Path, every: list) -> None:
    async def go() -> None:
        stream = Stream(LetterPredictor(load_taxonomy('starter')), Store(f'sqlite:///{file}'))
        for i in range(0, len(every), 256): await stream.in_turn([ListingEvent(f'first/{l.id}', 1, l) for l in every[i:i + 256]])
        stream.store.close()  # else the newest rows are in a file beside it
    asyncio.run(go())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--listings', type=int, default=320, help='with pictures, for the shipped model')
    parser.add_argument('--many', type=int, default=6000, help='without, for the engine of fixed latency')
    parser.add_argument('--seconds', type=float, default=0.5, help='that the latter takes for a question')
    parser.add_argument('--only', default='', help='ways, with commas')
    given, out = parser.parse_args(), dict(model=[], stub=[])
    listed = enumerate(islice(cycle(illustrated('heldout')), given.listings))
    shown = [replace(x.listing, id=f'{x.listing.id}-{i}', merchant_id=f'shop-{i % 5}') for i, x in listed]
    def add(kind: str, place: str, way: str, *about) -> None:
        if given.only and way not in given.only.split(','): return
        row = dict(place=place) | measure(way, *about)
        out[kind].append(row)
        print(kind, {k: round(v, 2) if isinstance(v, float) else v for k, v in row.items()}, file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, 'small.db'), Path(folder, 'large.db')
        prepare(small, shown)
        prepare(large, plain_listings(given.many, 'ways'))
        for way, workers in (('loop', 1), ('beam', 1), ('inference', 1), ('inference', 2), ('ray', 1), ('ray', 2)):
            add('model', 'worker', way, 'embedded', small, PAGE, workers, None)
        with served('embedded') as (engine, server):
            for way in ('loop', 'beam', 'inference', 'ray'): add('model', 'cluster', way, engine, small, PAGE, 1, server)
        with served(str(given.seconds)) as (engine, server):
            for way in ('loop', 'beam', 'ray'): add('stub', 'cluster', way, engine, large, 256, 1, None)
    print(json.dumps(out))


if __name__ == '__main__': main()
