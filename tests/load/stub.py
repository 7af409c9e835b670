"""An engine of fixed latency behind the OpenAI protocol: `python tests/load/stub.py PORT SECONDS [PLACES]`.

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

from shopvision.understanding.engines.base import Request


def stub(seconds: float, places: int = 100_000):
    "An ASGI app"
    engine, free, seen = SteadyEngine(seconds), asyncio.Semaphore(places), dict(answers=0, first=0.0, last=0.0)

    async def answer(body: bytes) -> bytes:
        seen['first'] = seen['first'] or time.perf_counter()
        schema = json.loads(body)['response_format']['json_schema']['schema']
        async with free: reply = await engine.complete(Request((), schema=schema))
        seen['answers'], seen['last'] = seen['answers'] + 1, time.perf_counter()
        return json.dumps(dict(
            id='x', object='chat.completion', created=0, model=reply.model,
            choices=[dict(index=0, finish_reason='stop', message=dict(role='assistant', content=reply.text))],
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
    uvicorn.run(stub(float(seconds), *map(int, places)), port=int(port), log_level='warning', access_log=False, timeout_keep_alive=75)
