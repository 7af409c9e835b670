"The openai engine against a server that follows the protocol, and one that does not"
import asyncio
import json
import logging
import sys
import threading
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from fake_server import FakeServer

from shopvision.listing import Listing
from shopvision.understanding.engines.base import EngineError, Request, load_engine
from shopvision.understanding.engines.openai import OpenAIConfig, OpenAIEngine
from shopvision.understanding.engines.probe import plain_image, probe

SCHEMA = {"type": "object", "properties": {"color": {"enum": ["Navy", "Teal"]}}, "required": ["color"], "additionalProperties": False}


def ask(schema=SCHEMA, content="Which colour has a navy linen shirt?", **kw) -> Request:
    return Request(({"role": "user", "content": content},), schema=schema, id="shirt-8841", **kw)


@pytest.fixture
def server():
    with FakeServer() as s: yield s


def engine_for(server, **options) -> OpenAIEngine:
    return OpenAIEngine(OpenAIConfig(server.url, **{"model": "fake-vl", "backoff": 0.01} | options))


def complete(server, request=None, **options):
    "One question in an event loop of its own"
    async def run():
        engine = engine_for(server, **options)
        try: return await engine.complete(request or ask())
        finally: await engine.close()
    return asyncio.run(run())


def failure(server, request=None, **options) -> EngineError:
    with pytest.raises(EngineError) as caught: complete(server, request, **options)
    assert caught.value.listing == "shirt-8841"
    assert str(caught.value).startswith("listing shirt-8841: ")
    return caught.value


def test_reply_carries_text_counts_and_logprobs(server):
    reply = complete(server, ask(logprobs=True, seed=7))
    assert reply.text == '{"color": "Navy"}' and reply.model == "fake-vl" and reply.finish_reason == "stop"
    assert "".join(t.token for t in reply.logprobs) == reply.text
    assert reply.prompt_tokens > 0 and reply.completion_tokens == len(reply.logprobs) and reply.seconds > 0
    assert server.requests[0]["seed"] == 7


def test_images_reach_the_server(server):
    bare = complete(server, ask(content=[{"type": "text", "text": "What?"}]))
    pictured = complete(server, ask(content=[plain_image("red"), {"type": "text", "text": "What?"}]))
    assert pictured.prompt_tokens == bare.prompt_tokens + 64


def test_second_step_reports_the_cached_prefix(server):
    complete(server, ask(content=[plain_image("red"), {"type": "text", "text": "Category?"}]))
    assert complete(server, ask(content=[plain_image("red"), {"type": "text", "text": "Attributes?"}])).cached_tokens >= 64


def test_cut_answer_is_a_reply_that_says_so(server):
    reply = complete(server, ask(max_tokens=3))
    assert reply.finish_reason == "length" and reply.completion_tokens == 3


@pytest.mark.parametrize("hiccup", ["close", "cut", "408", "409", "425", "429", "429-date", "500", "502", "503", "504"])
def test_passing_trouble_is_retried(server, hiccup):
    server.script, server.retry_after = [hiccup, "ok"], 0
    assert complete(server).text == '{"color": "Navy"}'
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_wrong_request_is_not_repeated(server, status):
    server.script = [str(status)]
    e = failure(server)
    assert (e.kind, e.status, e.retryable) == ("http", status, False)
    assert len(server.requests) == 1


@pytest.mark.parametrize("mode, kind, words", [
    ("html", "bad_answer", "web page"), ("bad_json", "bad_answer", "not JSON"), ("not_an_object", "bad_answer", "choices"),
    ("error_200", "bad_answer", "upstream is gone"), ("empty", "empty", "no choices"), ("reasoning", "empty", "thinking")])
def test_nonsense_with_status_200_is_named(server, mode, kind, words):
    server.mode = mode
    e = failure(server)
    assert e.kind == kind and not e.retryable and words in str(e)
    assert len(server.requests) == 1


def test_wrong_content_type_is_forgiven(server):
    server.mode = "wrong_type"
    assert complete(server).text == '{"color": "Navy"}'


def test_missing_usage_counts_as_zero(server):
    server.mode = "no_usage"
    assert complete(server).prompt_tokens == 0


def test_gives_up_after_bounded_attempts_and_says_so(server):
    server.mode = "503"
    e = failure(server, attempts=3)
    assert len(server.requests) == 3 and e.kind == "overloaded" and "attempt 3 of 3" in str(e) and "told to answer 503" in str(e)


def test_retry_after_is_honoured(server):
    server.script, server.retry_after = ["429", "ok"], 1
    start = time.monotonic()
    complete(server)
    assert time.monotonic() - start >= 1.0


def test_retry_after_beyond_the_deadline_fails_at_once(server):
    server.mode, server.retry_after = "429", 60
    start = time.monotonic()
    e = failure(server, deadline=5)
    assert time.monotonic() - start < 2 and e.kind == "rate_limit" and e.retry_after == 60 and "past the deadline" in str(e)


def test_slow_answer_times_out_per_attempt(server):
    server.script, server.delay = ["slow", "ok"], 1.0
    assert complete(server, timeout=0.3).text == '{"color": "Navy"}'


def test_deadline_bounds_all_attempts_together(server):
    server.mode, server.delay = "slow", 3.0
    start = time.monotonic()
    e = failure(server, timeout=0.5, deadline=1.2, attempts=50)
    assert e.kind == "timeout" and time.monotonic() - start < 2


def test_nobody_listening_is_unreachable():
    with FakeServer() as gone: pass
    e = failure(gone, attempts=2)
    assert e.kind == "unreachable" and e.retryable and "is the server up?" in str(e)


@pytest.mark.parametrize("field", ["logprobs", "response_format", "seed", "temperature"])
def test_a_refused_field_is_left_out_and_said_once(server, caplog, field):
    server.mode = f"refuses:{field}"
    async def run():
        engine = engine_for(server)
        for _ in range(3): await engine.complete(ask(logprobs=True, seed=1))
        await engine.close()
        return engine
    with caplog.at_level(logging.WARNING): engine = asyncio.run(run())
    assert engine.refused == {field}
    assert [field in r for r in server.requests] == [True, False, False, False]
    assert sum("refuses" in r.message for r in caplog.records) == 1


def test_refused_max_tokens_is_renamed_not_dropped(server):
    server.mode = "refuses:max_tokens"
    complete(server, ask(max_tokens=33))
    assert server.requests[-1]["max_completion_tokens"] == 33 and "max_tokens" not in server.requests[-1]


def test_a_bad_schema_is_not_taken_for_a_refused_field(server):
    e = failure(server, ask(schema="not a schema"))
    assert e.status == 400 and len(server.requests) == 1


def test_a_field_is_not_remembered_if_dropping_it_did_not_help(server):
    server.script = ["refuses:seed", "400"]
    async def run():
        engine = engine_for(server)
        with pytest.raises(EngineError): await engine.complete(ask(seed=1))
        await engine.close()
        return engine
    assert asyncio.run(run()).refused == set()


def test_the_only_model_is_found(server):
    assert complete(server, model="").model == "fake-vl"


def test_key_is_sent_but_never_shown(server, monkeypatch):
    server.api_key = "sk-right"
    monkeypatch.setenv("SHOP_KEY", "sk-wrong-secret")
    e = failure(server, api_key_env="SHOP_KEY")
    assert e.status == 401 and "$SHOP_KEY" in str(e) and "sk-wrong-secret" not in str(e) + repr(e.__cause__)
    monkeypatch.setenv("SHOP_KEY", "sk-right")
    assert complete(server, api_key_env="SHOP_KEY").text


def test_a_key_with_a_line_end_works_and_a_broken_one_is_not_shown(server, monkeypatch):
    server.api_key = "sk-right"
    monkeypatch.setenv("OPENAI_API_KEY", "sk-right\n")
    assert complete(server).text
    monkeypatch.setenv("OPENAI_API_KEY", "sk-se\ncret")
    with pytest.raises(ValueError, match="OPENAI_API_KEY") as caught: complete(server)
    assert "cret" not in str(caught.value)


def test_broken_and_exotic_text_is_sent_as_it_is(server):
    text = "half an emoji \ud83d, línea, \u2028 and \x00"
    complete(server, ask(content=text))
    assert server.requests[0]["messages"][0]["content"] == text


def test_concurrency_is_never_exceeded_and_waiting_costs_no_deadline(server):
    server.mode, server.delay = "slow", 0.2
    async def run():
        engine = engine_for(server, concurrency=3, deadline=1.0)
        replies = await asyncio.gather(*(engine.complete(ask()) for _ in range(24)))
        await engine.close()
        return replies
    assert len(asyncio.run(run())) == 24  # 8 rounds of 0.2 s: longer than one request's deadline
    assert server.most_in_flight <= 3


def test_one_engine_serves_several_event_loops(server):
    engine = engine_for(server)
    texts = [asyncio.run(engine.complete(ask())).text for _ in range(3)]
    threads = [threading.Thread(target=lambda: texts.append(asyncio.run(engine.complete(ask())).text)) for _ in range(4)]
    for t in threads: t.start()
    for t in threads: t.join()
    assert texts == ['{"color": "Navy"}'] * 7


def test_cancelling_gives_the_place_back(server):
    server.script, server.delay = ["slow"], 5.0
    async def run():
        engine = engine_for(server, concurrency=1)
        task = asyncio.create_task(engine.complete(ask()))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        reply = await asyncio.wait_for(engine.complete(ask()), 2)
        await engine.close()
        return reply
    assert asyncio.run(run()).text


def probed(server):
    async def run():
        engine = load_engine(f"openai:{server.url}")
        try: return await probe(engine)
        finally: await engine.close()
    return asyncio.run(run())


def test_probe_believes_a_good_server(server):
    able = probed(server)
    assert able.models == ("fake-vl",) and able.json_schema and able.logprobs and able.images and able.prefix_cache


@pytest.mark.parametrize("mode, lacks", [("ignores_schema", "json_schema"), ("blind", "images"), ("refuses:logprobs", "logprobs"),
                                         ("refuses:response_format", "json_schema"), ("no_usage", "images")])
def test_probe_sees_through_a_server_that_pretends(server, mode, lacks):
    server.mode = mode
    able = probed(server)
    assert not getattr(able, lacks)


def test_probe_of_a_dead_server_raises():
    with FakeServer() as gone: pass
    async def run(): await probe(OpenAIEngine(OpenAIConfig(gone.url, attempts=1)))
    with pytest.raises(EngineError): asyncio.run(run())


def test_a_server_that_tells_scores_rescues_a_made_up_path_and_another_says_that_it_cannot():
    from shopvision.taxonomy.releases import load_taxonomy
    from shopvision.understanding.predict import PredictConfig, Predictor
    made_up = json.dumps({'category': 'Apparel & Accessories > Clothing > Dresses > Floor Dresses', 'simplified_description': 'A dress.',
                          'image_description': None, 'brand': None, 'is_secondhand': False})
    config = PredictConfig(decoding='rescore', attributes=())
    for mode, kind in (('scores', 'rescored'), ('ok', 'backed_off')):
        with FakeServer(mode, answer=made_up) as server:
            p = Predictor(load_engine(f'openai:{server.url}'), load_taxonomy('starter'), config).predict(Listing('d', 'Long dress'))
        assert p.status == 'ok' and [n.kind for n in p.corrections] == [kind]
        assert any('tells no log-probabilities of a prompt' in w for w in p.warnings) == (mode == 'ok')
        assert any('prompt_logprobs' in r for r in server.requests) and all('response_format' not in r for r in server.requests)


def test_scores_are_those_of_the_answer_alone():
    with FakeServer('scores') as server:
        one, two = asyncio.run(engine_for(server).score(ask(), ['{"category": "Toys"}', 'Täglich {"x"}']))
    assert ''.join(t.token for t in one) == '{"category": "Toys"}' and all(t.logprob < 0 for t in one + two)
    assert server.requests[0]['messages'][-1]['role'] == 'assistant' and server.requests[0]['max_tokens'] == 1
