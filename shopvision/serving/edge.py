"""Where HTTP comes in: who asks, how much may be sent, what errors and answers look like. Used by `gateway` and `pages`; nbs/56_gateway.ipynb shows it."""
from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException

from ..images import ImageError, ImageLimits, data_uri_bytes
from ..understanding.prediction import sound
from .keys import SCOPES, Key, Keyring, Limiter

T = TypeVar('T')


@dataclass(frozen=True)
class EdgeLimits:
    "What one client may send, and how many may ask at once"
    body: int = 12_000_000         # bytes of a request
    upload: int = 200_000_000      # bytes of a job's file
    images: int = 10               # of one listing
    batch: int = 64                # listings of a batch request
    in_flight: int = 256           # listings at once, of all merchants; more are turned away
    per_merchant: int = 64         # listings at once, of one merchant
    rate: float = 300.0            # listings a second of one merchant, in the long run
    burst: float = 600.0           # at once


class Problem(Exception):
    "An error as RFC 9457 has it"
    def __init__(self, status: int, title: str, detail: str = '', headers: Mapping[str, str] | None = None, **more: Any):
        super().__init__(detail or title)
        self.status, self.title, self.detail, self.headers, self.more = status, title, detail, dict(headers or {}), more

    def response(self) -> Response:
        body = dict(type='about:blank', title=self.title, status=self.status, detail=self.detail, **self.more)
        return Response(orjson.dumps(sound(body)), self.status, self.headers, 'application/problem+json')


def as_json(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(sound(data)), status, headers, 'application/json')


def add_problems(app: FastAPI) -> None:
    "All errors become problem documents; what merchants wrote is in none of them"
    @app.exception_handler(Problem)
    async def problem(_: Request, e: Problem) -> Response: return e.response()

    @app.exception_handler(HTTPException)
    async def http(_: Request, e: HTTPException) -> Response:
        return Problem(e.status_code, {404: 'Not found', 405: 'Method not allowed'}.get(e.status_code, 'Request refused'), str(e.detail), e.headers).response()

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, e: RequestValidationError) -> Response:
        errors = [dict(at='/'.join(map(str, x['loc'])), message=x['msg']) for x in e.errors()[:20]]
        return Problem(422, 'The request is not what is described in /openapi.json', '; '.join(f'{x["at"]}: {x["message"]}' for x in errors[:3]),
                       errors=errors).response()


class Gate:
    "Who may pass, and when: keys, rates, how many at once"
    def __init__(self, ring: Keyring, limits: EdgeLimits):
        self.ring, self.limits, self.limiter = ring, limits, Limiter(limits.rate, limits.burst)
        self.all, self.of = 0, dict[str, int]()

    async def known(self, authorization: str) -> Key:
        "The key that a header presents"
        kind, _, presented = authorization.partition(' ')
        key = await asyncio.to_thread(self.ring.find, presented.strip()) if self.ring.stale else self.ring.find(presented.strip())
        if kind.lower() != 'bearer' or key is None:
            raise Problem(401, 'Who are you?', 'send a key that holds as `Authorization: Bearer sv_…`', {'WWW-Authenticate': 'Bearer'})
        return key

    async def key(self, request: Request, scope: str) -> Key:
        "The key of a request, if it has the scope"
        key = await self.known(request.headers.get('authorization', ''))
        if scope not in key.scopes: raise Problem(403, 'Not with this key', f'this key may not {SCOPES[scope]}; it needs the scope {scope!r}')
        return key

    def enter(self, who: str, n: int = 1) -> None:
        "Count `n` listings in, or turn them away; `leave` counts them out"
        if wait := self.limiter.take(who, n):
            raise Problem(429, 'Too often', f'up to {self.limits.rate:g} listings a second are answered', {'Retry-After': str(max(1, round(wait)))})
        if self.of.get(who, 0) + n > max(n, self.limits.per_merchant):
            raise Problem(429, 'Too many at once', f'up to {self.limits.per_merchant} listings are answered at once', {'Retry-After': '1'})
        if self.all + n > max(n, self.limits.in_flight): raise Problem(503, 'Busy', 'too many listings are in flight; try again', {'Retry-After': '1'})
        self.all += n
        self.of[who] = self.of.get(who, 0) + n

    def leave(self, who: str, n: int = 1) -> None:
        self.all -= n
        self.of[who] -= n
        if not self.of[who]: del self.of[who]


CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; "
       "base-uri 'none'; frame-ancestors 'none'")


class Edge:
    "ASGI middleware: asks for a key before anything is read, bounds the body as it comes in, sets the headers that keep a browser safe, measures"
    def __init__(self, app: Any, gate: Gate, answered: Callable[[str, int, float], None]): # route, status, seconds
        self.app, self.gate, self.limits, self.answered = app, gate, gate.limits, answered

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope['type'] != 'http': return await self.app(scope, receive, send)
        began, status = time.perf_counter(), 500
        most = self.limits.upload if scope['path'] == '/v1/jobs' else self.limits.body
        length = Headers(scope=scope).get('content-length', '')
        too_much = Problem(413, 'Too much', f'the request has more than {most:,} bytes; send smaller pictures, or a file of listings to /v1/jobs')
        got, started = 0, False

        async def bounded() -> Any:
            nonlocal got
            message = await receive()
            if message['type'] == 'http.request':
                got += len(message.get('body', b''))
                if got > most: raise too_much
            return message

        async def safe(message: Any) -> None:
            nonlocal started, status
            if message['type'] == 'http.response.start':
                started, status = True, message['status']
                headers = MutableHeaders(scope=message)
                headers['X-Content-Type-Options'] = 'nosniff'
                headers['Referrer-Policy'] = 'no-referrer'
                if not scope['path'].startswith('/docs'): headers['Content-Security-Policy'] = CSP
                headers.setdefault('Cache-Control', 'no-store')
            await send(message)

        try:
            if scope['path'].startswith('/v1/'): await self.gate.known(Headers(scope=scope).get('authorization', ''))
            if length.isdecimal() and int(length) > most: raise too_much
            await self.app(scope, bounded, safe)
        except Problem as e:
            if started: raise
            await e.response()(scope, receive, safe)
        finally: self.answered(getattr(scope.get('route'), 'path', 'other'), status, time.perf_counter() - began)


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    "What `work` gives; it is cancelled when the client leaves, since nobody would read the answer"
    task = asyncio.create_task(work)

    async def watch() -> None:
        while (await request.receive())['type'] != 'http.disconnect': pass
        task.cancel()
    watching = asyncio.create_task(watch())
    try: return await task
    except asyncio.CancelledError:
        if watching.done(): raise Problem(499, 'The client left') from None
        raise
    finally:
        watching.cancel()
        if not task.done(): task.cancel()


PICTURE = '^(data:|https?://)'
CONTROL = re.compile(r'[\x00-\x1f\x7f]')


def read_images(images: list[str], where: str, limits: EdgeLimits) -> tuple[str | bytes, ...]:
    """Pictures as bytes or URLs; never a path, for a stranger must not make the server open its own files.
    What cannot be opened is told in the record's warnings, as everywhere."""
    if len(images) > limits.images: raise Problem(422, 'Too many pictures', f'{where}: {len(images)} pictures; up to {limits.images} are looked at')
    if strange := [i for i, image in enumerate(images, 1) if not re.match(PICTURE, image)]:
        raise Problem(422, 'This is no picture', f'{where}: picture {strange[0]} is neither a data URI nor a URL')
    out: list[str | bytes] = []
    for image in images:
        try: out.append(data_uri_bytes(image, ImageLimits()) if image.startswith('data:') else image)
        except ImageError: out.append(image)
    return tuple(out)


def checked_id(id: str, what: str = 'listing_id') -> str:
    "An id that every database can hold"
    if not id or len(id) > 200 or CONTROL.search(id): raise Problem(422, 'This is no id', f'{what}: 1 to 200 characters without control characters')
    return id
