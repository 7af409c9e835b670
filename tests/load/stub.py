"""An engine of fixed latency behind the OpenAI protocol: `python tests/load/stub.py PORT SECONDS [PLACES]`; with `embedded` for SECONDS, the shipped model.

Answers as `SteadyEngine` does. `/seen` tells how many questions since it was asked last, and when the first one came and the last one was answered.
With PLACES it works on so many requests at a time and lets others wait, as a full engine does.
"""
import asyncio
import json
import sys
import time
from pathlib import Path

import uvicorn

sys.path.insert(0, str(Path(__file__).parents[1]))
from steady import SteadyEngine

from shopvision.understanding.engines.base import Engine, Request, load_engine


def stub(engine: Engine, places: int = 100_000):
    "An ASGI app"
    free, seen = asyncio.Semaphore(places), dict(answers=0, first=0.0, last=0.0)

    async def answer(body: bytes) -> bytes:
        seen['first'] = seen['first'] or time.perf_counter()
        asked = json.loads(body)
        schema = asked['response_format']['json_schema']['schema']
        request = Request(tuple(asked['messages']), schema, asked['max_tokens'], logprobs=asked.get('logprobs', False))
        async with free: reply = await engine.complete(request)
        seen['answers'], seen['last'] = seen['answers'] + 1, time.perf_counter()
        return json.dumps(dict(
            id='x', object='chat.completion', created=0, model=reply.model,
            choices=[dict(index=0, finish_reason=reply.finish_reason, message=dict(role='assistant', content=reply.text),
                          logprobs=dict(content=[dict(token=t.token, logprob=t.logprob) for t in reply.logprobs]) if reply.logprobs else None)],
            usage=dict(prompt_tokens=reply.prompt_tokens, completion_tokens=reply.completion_tokens))).encode()

    async def app(scope, receive, send):
        if scope['type'] != 'http': return
        body = b''
        while True:
            part = await receive()
            body += part.get('body', b'')
            if not part.get('more_body'): break
        if scope['path'] == '/seen':
            out = json.dumps(seen).encode()
            seen.update(answers=0, first=0.0, last=0.0)
        else: out = await answer(body) if scope['path'].endswith('/chat/completions') else b'{"object": "list", "data": [{"id": "steady-1"}]}'
        await send(dict(type='http.response.start', status=200, headers=[(b'content-type', b'application/json'), (b'content-length', str(len(out)).encode())]))
        await send(dict(type='http.response.body', body=out))
    return app


if __name__ == '__main__':
    port, seconds, *places = sys.argv[1:]
    engine = load_engine(seconds) if seconds == 'embedded' else SteadyEngine(float(seconds))
    uvicorn.run(stub(engine, *map(int, places)), port=int(port), log_level='warning', access_log=False, timeout_keep_alive=75)
