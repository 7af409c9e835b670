"""Files of listings that clients submit: predicted in the background, followed, cancelled, resumed; a restart of the server goes on with them."""
from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from ulid import ULID

from ..images import ImageLimits
from ..listing import Listing, is_address
from ..readers import BadListing, read_listings
from ..understanding.bulk import listing_key, write_line
from ..understanding.predict import stream_predictions, unreadable
from ..understanding.prediction import prediction_to_dict
from .service import Service
from .store import Event


class Jobs:
    "Jobs as folders, their states as events"
    def __init__(self, service: Service, folder: str | Path, at_once: int = 2): # jobs
        self.service, self.folder, self.limit = service, Path(folder), asyncio.Semaphore(at_once)
        self.running: dict[str, asyncio.Task] = {}

    async def note(self, merchant_id: str, id: str, state: str, **more: Any) -> None:
        await self.service.writer.write(events=[Event('job', id, dict(state=state, **more), merchant_id)])

    async def start(self) -> None:
        "Go on with what was running when the server ended"
        states = {e.key: e for e in await asyncio.to_thread(self.service.store.read_all, 'job')}
        for id, e in states.items():
            if e.body['state'] in ('waiting', 'running') and (self.folder/id).exists(): self.launch(e.merchant_id, id)

    async def stop(self) -> None:
        for task in self.running.values(): task.cancel()
        await asyncio.gather(*self.running.values(), return_exceptions=True)

    async def submit(self, merchant_id: str, lines: bytes) -> dict[str, Any]:
        "Keep the file, and begin"
        id = str(ULID())
        (self.folder/id).mkdir(parents=True)
        part, total = self.folder/id/'listings.part', sum(bool(l.strip()) for l in lines.splitlines())
        with part.open('wb') as f: f.write(lines); f.flush(); os.fsync(f.fileno())
        part.rename(self.folder/id/'listings.jsonl')
        await self.note(merchant_id, id, 'waiting', total=total)
        self.launch(merchant_id, id)
        found = await self.find(merchant_id, id)
        assert found
        return found

    def launch(self, merchant_id: str, id: str) -> None:
        if id in self.running: return
        task = self.running[id] = asyncio.create_task(self.work(merchant_id, id))
        task.add_done_callback(lambda _: self.running.pop(id, None))

    async def find(self, merchant_id: str, id: str) -> dict[str, Any] | None:
        "A job of this merchant, as it stands"
        events = await asyncio.to_thread(self.service.store.read, 'job', merchant_id, id)
        if not events: return None
        statuses = await asyncio.to_thread(lambda: Counter(r['status'] for r in self.done(id)))
        return dict(job_id=id, merchant_id=merchant_id, state=events[-1].body['state'], total=events[0].body['total'], done=sum(statuses.values()),
                    statuses=dict(statuses), reason=events[-1].body.get('reason', ''), submitted=events[0].time)

    def done(self, id: str) -> list[dict[str, Any]]:
        "Results so far; a line that was cut off is not there"
        path = self.folder/id/'predictions.jsonl'
        return [orjson.loads(l) for l in path.read_bytes().split(b'\n')[:-1]] if path.exists() else []

    async def results(self, id: str, errors: bool) -> AsyncIterator[bytes]:
        for record in await asyncio.to_thread(self.done, id):
            if not errors or record['status'] == 'failed': yield orjson.dumps(record) + b'\n'

    async def cancel(self, merchant_id: str, id: str) -> dict[str, Any]:
        if task := self.running.get(id):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        job = await self.find(merchant_id, id)
        assert job
        if job['state'] in ('waiting', 'running'): await self.note(merchant_id, id, 'cancelled')
        return {**job, 'state': 'cancelled' if job['state'] in ('waiting', 'running') else job['state']}

    async def resume(self, merchant_id: str, id: str) -> dict[str, Any]:
        job = await self.find(merchant_id, id)
        assert job
        if job['state'] in ('cancelled', 'broken'):
            await self.note(merchant_id, id, 'waiting')
            self.launch(merchant_id, id)
            job['state'] = 'waiting'
        return job

    async def work(self, merchant_id: str, id: str) -> None:
        "Predict what is not done yet, a listing a line"
        folder = self.folder/id
        out = folder/'predictions.jsonl'
        if out.exists() and not (whole := out.read_bytes()).endswith(b'\n') and whole:
            with out.open('r+b') as cut: cut.truncate(whole.rfind(b'\n') + 1)
        done = {r['listing_id'] for r in await asyncio.to_thread(self.done, id)}

        def mine(l: Listing | BadListing) -> Listing | BadListing:
            "In the name of the merchant, without a path of the server's own"
            if isinstance(l, BadListing): return replace(l, source='your file')
            strange = [i for i in l.images if isinstance(i, str) and not is_address(i)]
            kept = tuple(i for i in l.images[:ImageLimits().count] if i not in strange)
            said = (*l.extra.get('warnings', ()), *(f'{Path(i).name[:60]!r} is neither a data URI nor a URL, and was not opened' for i in strange))
            return replace(l, merchant_id=merchant_id, images=kept, extra={**l.extra, 'warnings': said} if strange else l.extra)
        try:
            async with self.limit:
                await self.note(merchant_id, id, 'running')
                todo = (m for m in map(mine, read_listings(folder/'listings.jsonl', 'jsonl')) if listing_key(m) not in done)
                with out.open('ab', buffering=0) as f:
                    async for p in stream_predictions(Asking(self.service, merchant_id), todo):
                        await asyncio.to_thread(write_line, f, orjson.dumps(prediction_to_dict(p)))
            await self.note(merchant_id, id, 'done')
        except Exception as e:
            await self.note(merchant_id, id, 'broken', reason=f'{type(e).__name__}: {e}'[:300])


class Asking:
    "The service as a predictor of one merchant"
    def __init__(self, service: Service, merchant_id: str): self.service, self.merchant_id, self.concurrency = service, merchant_id, service.cascade.concurrency

    async def apredict(self, listing: Listing | BadListing) -> Any:
        if isinstance(listing, BadListing): return replace(unreadable(listing, self.service.cascade.produced_by), merchant_id=self.merchant_id)
        return await self.service.predict(listing)
