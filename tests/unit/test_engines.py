"What crosses the border to an engine, and the replay of what crossed it"
import asyncio
import dataclasses
import json
import pickle
import time

import pytest

from shopvision.understanding.engines import base, sglang
from shopvision.understanding.engines.base import (Engine, EngineError, Reply, Request, TokenLogprob, fingerprint_request, load_engine, split_spec,
                                                   usable_engines)
from shopvision.understanding.engines.openai import OpenAIConfig, backoff_seconds, build_payload, open_openai, parse_retry_after, read_reply, refused_field
from shopvision.understanding.engines.replay import RecordingEngine, ReplayEngine
from shopvision.understanding.engines.sglang import SGLangConfig, SGLangEngine, sampling_params, split_images


def picture(data: str) -> dict: return {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}}


def ask(data="AAAA", text="What is it?", **kw) -> Request:
    return Request(({"role": "user", "content": [picture(data), {"type": "text", "text": text}]},), **{"id": "lamp-12"} | kw)


class Canned:
    "Answers with the text of the question"
    name, model, concurrency = "canned", "canned-1", 2
    async def complete(self, request):
        return Reply(request.messages[0]["content"][1]["text"], "canned-1", 5, 3, logprobs=(TokenLogprob("What", -0.25),), seconds=0.5)
    async def close(self): pass


def test_fingerprint_ignores_whose_listing_it_is_and_nothing_else():
    same = fingerprint_request(ask())
    assert fingerprint_request(ask(id="other")) == same
    for other in (ask("BBBB"), ask(text="?"), ask(schema={}), ask(max_tokens=9), ask(temperature=1), ask(top_p=0.5), ask(seed=1), ask(logprobs=True)):
        assert fingerprint_request(other) != same


def test_fingerprint_without_images_tells_requests_apart_by_listing():
    loose = lambda r: fingerprint_request(r, images=False)
    assert loose(ask("AAAA")) == loose(ask("BBBB"))
    assert loose(ask(id="a")) != loose(ask(id="b"))
    assert loose(ask()) != loose(dataclasses.replace(ask(), messages=({"role": "user", "content": "What is it?"},)))


def test_fingerprint_is_the_same_in_every_process():
    assert fingerprint_request(ask()) == "dffceeef081979acc3cb6adb5801b784"


def test_error_says_listing_server_and_what_next():
    e = EngineError("HTTP 500", status=500, raw="<b>oops</b>" * 100, listing="lamp-12", advice="see the server log")
    assert str(e).startswith("listing lamp-12: HTTP 500; the server said: ") and str(e).endswith("; see the server log")
    assert len(str(e)) < 450


@pytest.mark.parametrize("kind, retryable", [("unreachable", True), ("timeout", True), ("rate_limit", True), ("http", False), ("bad_answer", False),
                                             ("unsupported", False), ("empty", False)])
def test_error_kind_decides_whether_to_try_again(kind, retryable):
    assert EngineError("x", kind).retryable is retryable
    assert EngineError("x", kind, retryable=not retryable).retryable is not retryable


def test_error_survives_a_process_border():
    e = EngineError("HTTP 429", "rate_limit", None, 429, "slow down", "lamp-12", "wait", 3.0)
    assert pickle.loads(pickle.dumps(e)).__dict__ == e.__dict__


@pytest.mark.parametrize("spec, parts", [
    ("embedded", ("embedded", "", {})), ("replay:a/b.jsonl", ("replay", "a/b.jsonl", {})), ("sglang:Qwen/Qwen2.5-VL-7B", ("sglang", "Qwen/Qwen2.5-VL-7B", {})),
    ("openai:https://h:1/v1?model=a/b:c&concurrency=4", ("openai", "https://h:1/v1", {"model": "a/b:c", "concurrency": "4"}))])
def test_spec_is_taken_apart(spec, parts): assert split_spec(spec) == parts


@pytest.mark.parametrize("spec", ["", "gpt", "http://localhost:8000/v1"])
def test_unknown_engine_is_refused_with_the_choices(spec):
    with pytest.raises(ValueError, match="embedded, openai, sglang, replay"): load_engine(spec)


def test_spec_and_options_make_a_configuration():
    engine = load_engine("openai:http://h:1/v1?model=m&concurrency=4&timeout=9", concurrency=8)
    assert engine.config == OpenAIConfig("http://h:1/v1", model="m", concurrency=8, timeout=9.0) and isinstance(engine, Engine)


def test_server_may_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://h:2/v1")
    assert load_engine("openai").config.base_url == "http://h:2/v1"
    monkeypatch.delenv("OPENAI_BASE_URL")
    with pytest.raises(ValueError, match="no server given"): load_engine("openai")


@pytest.mark.parametrize("url", ["localhost:8000/v1", "ftp://h/v1", "http://h:port/v1"])
def test_base_url_must_be_a_url(url):
    with pytest.raises(ValueError, match="base_url"): OpenAIConfig(url)


def test_unknown_option_is_named():
    with pytest.raises(ValueError, match="unknown option tempo"): open_openai("http://h/v1", tempo=1)


def test_every_engine_says_whether_it_is_usable_and_why(monkeypatch):
    monkeypatch.setattr(base, "find_spec", lambda name: None)
    found = {s.name: s for s in usable_engines()}
    assert not found["embedded"].usable and "pip install" in found["embedded"].why
    assert not found["sglang"].usable and "pip install" in found["sglang"].why
    assert found["openai"].usable and found["replay"].usable


def test_sglang_without_sglang_says_what_to_install(monkeypatch):
    import importlib.util
    if importlib.util.find_spec("sglang"): pytest.skip("sglang is installed here")
    with pytest.raises(EngineError, match=r"pip install .*sglang") as caught: load_engine("sglang:some/model")
    assert caught.value.kind == "unsupported"


# the openai payload and its answers

def test_payload_holds_only_what_was_asked_for():
    plain = build_payload(ask(), "m", OpenAIConfig("http://h/v1"))
    assert set(plain) == {"model", "messages", "max_tokens", "temperature"}
    full = build_payload(ask(schema={"type": "object"}, logprobs=True, seed=3, top_p=0.9), "m", OpenAIConfig("http://h/v1", extra={"top_k": 5}))
    assert set(full) == set(plain) | {"response_format", "logprobs", "seed", "top_p", "top_k"}


def test_llguidance_servers_are_told_the_spaces_of_json_dumps():
    schema = {"type": "object"}
    payload = build_payload(ask(schema=schema), "m", load_engine("openai:http://h/v1?llguidance=true").config)
    assert payload["response_format"]["json_schema"]["schema"]["x-guidance"]["item_separator"] == ", " and schema == {"type": "object"}
    assert not load_engine("openai:http://h/v1?llguidance=0").config.llguidance


def test_payload_uses_the_configured_length_field():
    assert build_payload(ask(max_tokens=7), "m", OpenAIConfig("http://h/v1", max_tokens_field="max_completion_tokens"))["max_completion_tokens"] == 7


@pytest.mark.parametrize("header, seconds", [("0", 0), ("2.5", 2.5), ("-1", None), ("", None), (None, None), ("soon", None),
                                             ("Thu, 01 Jan 1970 00:01:40 GMT", 40), ("Thu, 01 Jan 1970 00:00:01 GMT", 0)])
def test_retry_after_is_read_as_seconds_or_date(header, seconds): assert parse_retry_after(header, now=60.0) == seconds


def test_backoff_doubles_up_to_its_bound_and_believes_the_server():
    c = OpenAIConfig("http://h/v1", backoff=1, backoff_max=5)
    assert [backoff_seconds(n, c, 1.0) for n in (1, 2, 3, 4)] == [1, 2, 4, 5]
    assert backoff_seconds(1, c, 0.0) == 0 and backoff_seconds(1, c, 0.5, retry_after=30) == 30.5


@pytest.mark.parametrize("status, raw, field", [
    (400, '{"error": {"message": "Unrecognized request argument supplied: seed", "param": null}}', "seed"),
    (400, '{"error": {"message": "This model does not support logprobs."}}', "logprobs"),
    (400, '{"error": {"message": "Unsupported value: temperature does not support 0 with this model"}}', "temperature"),
    (422, '{"detail": [{"loc": ["body", "response_format"], "msg": "Extra inputs are not permitted"}]}', "response_format"),
    (400, '{"error": {"message": "Invalid schema for response_format: uniqueItems is not permitted"}}', ""),
    (400, '{"error": {"message": "the prompt has 9000 tokens, the maximum is 8192"}}', ""),
    (400, '{"error": {"message": "unsupported image type in a photo of seeds"}}', ""),
    (500, '{"error": {"message": "logprobs are not supported"}}', "")])
def test_refused_field_is_the_one_the_server_names(status, raw, field):
    payload = {"seed": 1, "logprobs": True, "temperature": 0.0, "response_format": {}}
    assert refused_field(EngineError("x", status=status, raw=raw), payload) == field


def test_content_in_parts_is_joined():
    body = {"choices": [{"message": {"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "finish_reason": None}]}
    assert read_reply(body, ask()).text == "ab"


@pytest.mark.parametrize("body", [None, [], {}, {"choices": None}, {"choices": [None]}, {"choices": [{}]}, {"choices": [{"message": None}]},
                                  {"choices": [{"message": {"content": 3}}], "usage": {"prompt_tokens": "many"}}])
def test_malformed_bodies_are_bad_answers(body):
    with pytest.raises(EngineError) as caught: read_reply(body, ask())
    assert caught.value.kind == "bad_answer" and caught.value.listing == "lamp-12"


# recordings

def test_recording_plays_back_the_same_reply(tmp_path):
    path = tmp_path / "deep" / "r.jsonl"
    recorder = RecordingEngine(Canned(), path)
    given = asyncio.run(recorder.complete(ask(text="naïve\n“lamp” \u2028 \ud83d")))
    replay = ReplayEngine(path)
    assert asyncio.run(replay.complete(ask(text="naïve\n“lamp” \u2028 \ud83d", id="another"))) == given
    assert replay.model == "canned-1" and len(replay) == 1 and isinstance(replay, Engine) and isinstance(recorder, Engine)


def test_recording_holds_no_image_and_no_prompt(tmp_path):
    path = tmp_path / "r.jsonl"
    asyncio.run(RecordingEngine(Canned(), path).complete(ask("SECRETPIXELS")))
    assert "SECRETPIXELS" not in path.read_text() and set(json.loads(path.read_text())) == {"key", "key_without_images", "listing", "engine", "reply"}


def test_errors_are_passed_on_and_not_recorded(tmp_path):
    class Down(Canned):
        async def complete(self, request): raise EngineError("down", "unreachable")
    with pytest.raises(EngineError): asyncio.run(RecordingEngine(Down(), tmp_path / "r.jsonl").complete(ask()))
    assert not (tmp_path / "r.jsonl").exists()


def test_miss_names_the_listing_the_file_and_the_reason(tmp_path):
    path = tmp_path / "r.jsonl"
    asyncio.run(RecordingEngine(Canned(), path).complete(ask()))
    for request, reason in ((ask("BBBB"), "has changed since"), (ask(id="vase-3", text="?"), "nothing about it")):
        with pytest.raises(EngineError, match=reason) as caught: asyncio.run(ReplayEngine(path).complete(request))
        assert caught.value.kind == "unsupported" and request.id in str(caught.value) and str(path) in str(caught.value)


def test_replay_without_images_finds_a_picture_saved_again(tmp_path):
    path = tmp_path / "r.jsonl"
    asyncio.run(RecordingEngine(Canned(), path).complete(ask("AAAA")))
    assert asyncio.run(load_engine(f"replay:{path}", images=False).complete(ask("BBBB"))).text == "What is it?"


def test_broken_line_is_named(tmp_path):
    path = tmp_path / "r.jsonl"
    path.write_text('\n{"key": 1}\n')
    with pytest.raises(ValueError, match=r"r\.jsonl, line 2"): ReplayEngine(path)


# the sglang engine, without sglang

class Processor:
    "Applies a template as a Hugging Face processor would"
    @property
    def tokenizer(self): return self
    def apply_chat_template(self, messages, tokenize, add_generation_prompt):
        return "".join("<image>" if p["type"] == "image" else p["text"] for m in messages for p in m["content"])
    def decode(self, ids): return "".join(map(chr, ids))


class SGLang:
    "The part of sglang.Engine that is used"
    def __init__(self, text="{}", delay=0.0, finish="stop", fail=None):
        self.text, self.delay, self.finish, self.fail, self.calls, self.down = text, delay, finish, fail, [], False
    async def async_generate(self, prompt=None, sampling_params=None, input_ids=None, image_data=None, return_logprob=False):
        self.calls.append((prompt, sampling_params, image_data, return_logprob, asyncio.get_running_loop()))
        await asyncio.sleep(self.delay)
        if self.fail: raise self.fail
        meta = {"prompt_tokens": 9, "completion_tokens": 2, "cached_tokens": 4, "finish_reason": {"type": self.finish, "message": "no room"},
                "output_token_logprobs": [(-0.1, 123, None), (-0.2, 125, None)] if return_logprob else []}
        return {"text": self.text, "meta_info": meta}
    def shutdown(self): self.down = True


def ask_sglang(toy, *requests, **config):
    async def run():
        engine = SGLangEngine(SGLangConfig("toy", **config), start=lambda c: (toy, Processor()))
        try: return await asyncio.gather(*(engine.complete(r) for r in requests))
        finally: await engine.close()
    return asyncio.run(run())


def test_sampling_params_map_every_option():
    schema = {"type": "object", "properties": {"b": {}, "a": {}}}
    assert sampling_params(ask(schema=schema, max_tokens=9, temperature=0.5, top_p=0.9, seed=3)) == {
        "max_new_tokens": 9, "temperature": 0.5, "top_p": 0.9, "sampling_seed": 3, "json_schema": json.dumps(schema)}
    assert set(sampling_params(ask())) == {"max_new_tokens", "temperature", "top_p"}


def test_images_leave_marks_in_their_order():
    messages = ({"role": "system", "content": "s"}, {"role": "user", "content": [picture("A"), {"type": "text", "text": "t"}, picture("B")]})
    marked, images = split_images(messages)
    assert [u[-1] for u in images] == ["A", "B"]
    assert [[p["type"] for p in m["content"]] for m in marked] == [["text"], ["image", "text", "image"]]
    assert messages[1]["content"][0]["type"] == "image_url"  # the request is not touched


def test_sglang_engine_passes_prompt_images_and_options():
    toy = SGLang()
    reply = ask_sglang(toy, ask(logprobs=True))[0]
    prompt, params, images, logprobs, _ = toy.calls[0]
    assert prompt == "<image>What is it?" and images == ["data:image/jpeg;base64,AAAA"] and logprobs and params["max_new_tokens"] == 512
    assert [t.token for t in reply.logprobs] == ["{", "}"] and (reply.cached_tokens, reply.finish_reason) == (4, "stop") and toy.down


def test_sglang_engine_keeps_to_one_loop_and_runs_requests_together():
    toy = SGLang(delay=0.2)
    start = time.monotonic()
    assert len(ask_sglang(toy, *[ask()] * 10)) == 10
    assert time.monotonic() - start < 1 and len({id(c[4]) for c in toy.calls}) == 1


@pytest.mark.parametrize("toy, kind, words", [(SGLang(fail=ValueError("prompt too long")), "http", "prompt too long"),
                                              (SGLang(finish="abort"), "overloaded", "no room"), (SGLang(delay=5), "timeout", "within 0.2 s")])
def test_sglang_trouble_is_a_typed_error(toy, kind, words):
    with pytest.raises(EngineError, match=words) as caught: ask_sglang(toy, ask(), timeout=0.2)
    assert caught.value.kind == kind and caught.value.listing == "lamp-12"


def test_sglang_options_that_are_not_ours_go_to_sglang(monkeypatch):
    seen = []
    monkeypatch.setattr(sglang, "SGLangEngine", seen.append)
    load_engine("sglang:some/model", concurrency=8, mem_fraction_static=0.7)
    assert seen == [SGLangConfig("some/model", concurrency=8, server_args={"mem_fraction_static": 0.7})]
