"""A real vLLM server: `make vllm-server`, then SHOPVISION_VLLM_URL=http://127.0.0.1:8000/v1 pytest -m slow tests/integration/test_vllm.py"""
import asyncio
import dataclasses
import json
import os

import pytest

from shopvision.understanding.engines.base import EngineError, Request, load_engine
from shopvision.understanding.engines.probe import plain_image, probe
from shopvision.understanding.engines.replay import RecordingEngine, ReplayEngine

URL = os.environ.get("SHOPVISION_VLLM_URL", "")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not URL, reason="set SHOPVISION_VLLM_URL to a running server")]

SCHEMA = {"type": "object", "properties": {"color": {"enum": ["Navy", "Teal"]}, "neckline": {"type": ["string", "null"], "enum": ["V-neck", None]}},
          "required": ["color", "neckline"], "additionalProperties": False}


def ask(colour="red", **kw) -> Request:
    content = [plain_image(colour, 112), {"type": "text", "text": "Which attributes has this shirt?"}]
    return Request(({"role": "system", "content": "Answer in JSON."}, {"role": "user", "content": content}), **{"max_tokens": 48, "id": "shirt-1"} | kw)


def with_engine(use, **options):
    async def run():
        engine = load_engine(f"openai:{URL}", llguidance=True, **options)
        try: return await use(engine)
        finally: await engine.close()
    return asyncio.run(run())


def test_answer_follows_the_schema_with_the_spaces_of_json_dumps():
    text = with_engine(lambda e: e.complete(ask(schema=SCHEMA))).text
    assert text == json.dumps(json.loads(text), ensure_ascii=False)
    assert json.loads(text)["color"] in ("Navy", "Teal")


def test_logprobs_spell_the_answer():
    reply = with_engine(lambda e: e.complete(ask(schema=SCHEMA, logprobs=True)))
    assert "".join(t.token for t in reply.logprobs).startswith(reply.text) and all(t.logprob <= 0 for t in reply.logprobs)
    assert len(reply.logprobs) in (reply.completion_tokens - 1, reply.completion_tokens)


def test_greedy_answers_repeat():
    first, second = with_engine(lambda e: asyncio.gather(e.complete(ask()), e.complete(ask())))
    assert first.text == second.text


def test_a_crowd_is_served_together():
    crowd = [ask(c, schema=SCHEMA, id=c) for c in ("red", "green", "blue", "navy", "teal", "white", "black", "gold") * 3]
    replies = with_engine(lambda e: asyncio.gather(*(e.complete(r) for r in crowd)))
    assert len(replies) == 24 and all(json.loads(r.text) for r in replies)


def test_too_long_a_prompt_is_final_and_names_the_listing():
    with pytest.raises(EngineError) as caught: with_engine(lambda e: e.complete(Request(({"role": "user", "content": "shirt " * 50_000},), id="novel-9")))
    assert caught.value.status == 400 and not caught.value.retryable and "listing novel-9" in str(caught.value)


def test_probe_finds_vllms_abilities():
    able = with_engine(probe)
    assert able.json_schema and able.logprobs and able.prompt_logprobs and able.images and able.prefix_cache


def test_what_is_recorded_from_a_real_server_replays(tmp_path):
    given = with_engine(lambda e: RecordingEngine(e, tmp_path / "r.jsonl").complete(ask(schema=SCHEMA, logprobs=True)))
    again = asyncio.run(ReplayEngine(tmp_path / "r.jsonl").complete(ask(schema=SCHEMA, logprobs=True)))
    same = {"seconds": 0.0, "logprobs": ()}  # rounded in the file
    assert dataclasses.replace(again, **same) == dataclasses.replace(given, **same)
