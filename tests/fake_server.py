"""A small OpenAI-compatible server that follows the protocol, and misbehaves on demand.

    with FakeServer() as server:                       # a thread of this process, on a free port of the loopback
        server.url                                     # 'http://127.0.0.1:43210/v1'
        server.script = ['500', 'ok']                  # what the next calls of /chat/completions do; then `server.mode`
        server.requests                                # payloads received, oldest first

By hand: `python tests/fake_server.py 8000 html` serves on port 8000 in mode `html`.

Modes of one call:
    ok               follows the schema, counts tokens and images, gives log-probabilities, finds cached prefixes
    ignores_schema   200, and `response_format` silently forgotten (as `transformers serve` does)
    blind            200, and images silently dropped
    no_usage         200 without `usage`
    reasoning        200 with `content` null, the text in `reasoning_content`
    slow             answers after `server.delay` seconds
    html             a login page with status 200
    wrong_type       a proper answer that calls itself text/plain
    bad_json         200, application/json, not JSON
    not_an_object    200, JSON, but a list
    error_200        an `error` object with status 200
    empty            200 with `choices: []`
    cut              promises more bytes than it sends, then closes
    close            closes the connection without a word
    429, 429-date    too many requests, Retry-After in seconds or as an HTTP date (`server.retry_after`)
    refuses:FIELD    400 that names FIELD when the payload has it, else ok   e.g. refuses:logprobs
    400 401 403 404 408 409 422 500 502 503 504   that status with an OpenAI error object
"""
import base64
import io
import json
import math
import re
import sys
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOGIN_PAGE = "<!doctype html><html><head><title>Sign in</title></head><body>Please sign in to the proxy.</body></html>"


def fill(schema: dict, free: str = "x"):
    "The smallest value that follows `schema`: first of an enum, first of anyOf, required properties only"
    if "const" in schema: return schema["const"]
    if "enum" in schema: return schema["enum"][0]
    for many in ("anyOf", "oneOf"):
        if many in schema: return fill(schema[many][0], free)
    kind = schema.get("type", "object")
    if isinstance(kind, list): kind = kind[0]
    if kind == "object": return {k: fill(schema.get("properties", {}).get(k, {"type": "string"}), free) for k in schema.get("required", ())}
    if kind == "array": return [fill(schema.get("items", {"type": "string"}), free)] * schema.get("minItems", 0)
    return {"string": free, "integer": 0, "number": 0.0, "boolean": False, "null": None}[kind]


def tokens_of(text: str) -> list[str]:
    "Words, spaces and signs: enough of a tokenizer to count with"
    return re.findall(r"\w+|\s+|[^\w\s]", text)


def image_tokens(url: str) -> int:
    "As Qwen2.5-VL counts: one token for each 28x28 pixels"
    from PIL import Image
    width, height = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).size
    return max(1, round(width / 28)) * max(1, round(height / 28))


def prompt_tokens_of(messages: list[dict], sees_images: bool = True) -> list[str]:
    "The prompt as a list of tokens; equal prefixes of two prompts are equal prefixes of these lists"
    out: list[str] = []
    for m in messages:
        out.append(f"<{m['role']}>")
        parts = m["content"] if isinstance(m["content"], list) else [{"type": "text", "text": m["content"]}]
        for p in parts:
            if p["type"] == "text": out += tokens_of(p["text"])
            elif sees_images: out += [f"<image {hash(p['image_url']['url'])}>"] * image_tokens(p["image_url"]["url"])
    return out


def check_payload(payload: dict, model: str) -> tuple[int, str, str] | None:
    "Status, message and parameter of what is wrong with a payload, or None"
    if payload.get("model") not in (model, None): return 404, f"The model `{payload['model']}` does not exist.", "model"
    if not isinstance(payload.get("messages"), list) or not payload["messages"]: return 400, "messages: field required", "messages"
    if payload.get("stream"): return 400, "stream is not supported here", "stream"
    form = payload.get("response_format")
    if form and form.get("type") == "json_schema" and not isinstance(form.get("json_schema", {}).get("schema"), dict):
        return 400, "Invalid schema for response_format: json_schema.schema is missing", "response_format"
    return None


class FakeServer:
    "The server and what it remembers; a context manager"
    def __init__(self,
        mode: str = "ok",                                 # what calls do once `script` is used up
        script: tuple[str, ...] | list[str] = (),         # modes of the next calls, in order
        answer: Callable[[dict], str] | str | None = None,  # text of the answer; default: follows the schema, or a short sentence
        model: str = "fake-vl",
        api_key: str = "",                                # if set, calls without it get 401
        delay: float = 2.0,                               # seconds, in mode `slow`
        retry_after: float = 1.0,                         # seconds, in modes `429` and `429-date`
        port: int = 0,                                    # 0: any free port
    ):
        self.mode, self.script, self.answer, self.model, self.api_key = mode, list(script), answer, model, api_key
        self.delay, self.retry_after = delay, retry_after
        self.requests: list[dict] = []
        self.headers: list[dict] = []
        self.in_flight = self.most_in_flight = 0
        self.seen_prompts: list[list[str]] = []
        self.lock = threading.Lock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, format, *args): pass
            def do_GET(self): fake.get(self)
            def do_POST(self): fake.post(self)

        self.http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.http.daemon_threads = True

    @property
    def url(self) -> str: return f"http://127.0.0.1:{self.http.server_address[1]}/v1"

    def __enter__(self):
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()

    def get(self, h) -> None:
        if h.path.rstrip("/") != "/v1/models": return error(h, 404, f"no such path: {h.path}")
        send(h, 200, {"object": "list", "data": [{"id": self.model, "object": "model", "created": 0, "owned_by": "tests"}]})

    def post(self, h) -> None:
        body = h.rfile.read(int(h.headers.get("Content-Length", 0)))
        if h.path != "/v1/chat/completions": return error(h, 404, f"no such path: {h.path}")
        if self.api_key and h.headers.get("Authorization") != f"Bearer {self.api_key}": return error(h, 401, "Incorrect API key provided")
        try: payload = json.loads(body)
        except ValueError: return error(h, 400, "We could not parse the JSON body of your request.")
        with self.lock:
            mode = self.script.pop(0) if self.script else self.mode
            self.requests.append(payload)
            self.headers.append(dict(h.headers))
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try: self.misbehave(h, mode, payload)
        finally:
            with self.lock: self.in_flight -= 1

    def misbehave(self, h, mode: str, payload: dict) -> None:
        if mode.isdigit() and mode != "429": return error(h, int(mode), f"told to answer {mode}")
        if mode in ("429", "429-date"):
            wait = str(math.ceil(self.retry_after)) if mode == "429" else formatdate(time.time() + self.retry_after, usegmt=True)
            return error(h, 429, "Rate limit reached", headers={"Retry-After": wait})
        if mode == "html": return send(h, 200, LOGIN_PAGE, "text/html; charset=utf-8")
        if mode == "bad_json": return send(h, 200, '{"choices": [{"message"')
        if mode == "not_an_object": return send(h, 200, [1, 2])
        if mode == "error_200": return send(h, 200, {"error": {"message": "upstream is gone", "type": "upstream", "code": 502}})
        if mode == "close": return hang_up(h)
        if mode.startswith("refuses:") and (field := mode.partition(":")[2]) in payload:
            return error(h, 400, f"Unsupported parameter: '{field}' is not supported with this model.", param=field, code="unsupported_parameter")
        if wrong := check_payload(payload, self.model): return error(h, wrong[0], wrong[1], param=wrong[2])
        if mode == "slow": time.sleep(self.delay)
        text = json.dumps(self.complete(payload, mode))
        if mode == "cut":
            h.send_response(200)
            h.send_header("Content-Type", "application/json")
            h.send_header("Content-Length", str(len(text) + 100))
            h.end_headers()
            h.wfile.write(text[:40].encode())
            return hang_up(h)
        send(h, 200, text, "text/plain" if mode == "wrong_type" else "application/json")

    def text_for(self, payload: dict, mode: str) -> str:
        if self.answer is not None: return self.answer(payload) if callable(self.answer) else self.answer
        form = payload.get("response_format") or {}
        if form.get("type") == "json_schema" and mode != "ignores_schema":
            return json.dumps(fill(form["json_schema"]["schema"], free=f"seed {payload.get('seed')}"))
        return f"A plain answer, seed {payload.get('seed')}."

    def cached(self, prompt: list[str]) -> int:
        "Length of the longest prefix shared with an earlier prompt"
        def shared(a, b): return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
        with self.lock:
            best = max((shared(prompt, p) for p in self.seen_prompts), default=0)
            self.seen_prompts.append(prompt)
        return best

    def complete(self, payload: dict, mode: str) -> dict:
        "The body of a proper answer"
        prompt = prompt_tokens_of(payload["messages"], sees_images=mode != "blind")
        limit = payload.get("max_completion_tokens") or payload.get("max_tokens") or 10_000
        tokens = tokens_of(self.text_for(payload, mode))
        finish, tokens = ("length" if len(tokens) > limit else "stop"), tokens[:limit]
        content = "".join(tokens)
        message: dict = {"role": "assistant", "content": content, "refusal": None}
        if mode == "reasoning": message |= {"content": None, "reasoning_content": content}
        logprobs = [{"token": t, "logprob": -0.01 * (1 + i % 7), "bytes": list(t.encode()), "top_logprobs": []} for i, t in enumerate(tokens)]
        choice = {"index": 0, "message": message, "logprobs": {"content": logprobs} if payload.get("logprobs") else None, "finish_reason": finish}
        usage = {"prompt_tokens": len(prompt), "completion_tokens": len(tokens), "total_tokens": len(prompt) + len(tokens),
                 "prompt_tokens_details": {"cached_tokens": self.cached(prompt)}}
        return {"id": f"chatcmpl-{len(self.requests)}", "object": "chat.completion", "created": int(time.time()), "model": self.model,
                "choices": [] if mode == "empty" else [choice]} | ({} if mode == "no_usage" else {"usage": usage}) | self.scores(payload, prompt, mode)

    def scores(self, payload: dict, prompt: list[str], mode: str) -> dict:
        "What vLLM tells of a prompt's own tokens, in mode `scores`"
        if mode != "scores" or "prompt_logprobs" not in payload: return {}
        if payload.get("add_generation_prompt", True) or not payload.get("continue_final_message"): prompt = [*prompt, "<assistant>"]
        return {"prompt_logprobs": [None, *({str(hash(t)): {"logprob": -len(t) / 10, "rank": 1, "decoded_token": t}} for t in prompt[1:])]}


def send(h, status: int, body, kind: str = "application/json", headers: dict | None = None) -> None:
    data = (body if isinstance(body, str) else json.dumps(body)).encode()
    h.send_response(status)
    for k, v in ({"Content-Type": kind, "Content-Length": str(len(data))} | (headers or {})).items(): h.send_header(k, v)
    h.end_headers()
    h.wfile.write(data)


def error(h, status: int, message: str, param: str | None = None, code: str | None = None, headers: dict | None = None) -> None:
    "An error in OpenAI's form"
    send(h, status, {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}, headers=headers)


def hang_up(h) -> None:
    h.wfile.flush()
    h.close_connection = True
    h.connection.shutdown(2)


if __name__ == "__main__":
    with FakeServer(mode=(sys.argv[2:] or ["ok"])[0], port=int((sys.argv[1:] or ["8000"])[0])) as server:
        print(server.url, flush=True)
        threading.Event().wait()
