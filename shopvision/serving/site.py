"""What the pages share: sessions, words, templates, who is signed in. Used by `pages` and `review_pages`."""
from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import yaml
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from ulid import ULID

from .edge import Gate, Problem
from .keys import Key, Limiter
from .people import People, Person
from .service import Service
from .store import Event

HERE = Path(str(files('shopvision')))/'serving'
WORDS: dict[str, dict[str, str]] = yaml.safe_load((HERE/'words.yml').read_text(encoding='utf-8'))
RIGHT_TO_LEFT = ('ar', 'he', 'fa', 'ur')
COOKIE, HOURS = 'shopvision', 12


class Sessions:
    "Signed cookies: who is signed in, and the token that a form must carry"
    def __init__(self, secret: str): self.secret = (secret or secrets.token_hex(32)).encode()

    def sign(self, what: str) -> str: return hmac.new(self.secret, what.encode(), hashlib.sha256).hexdigest()

    def seal(self, what: Any, seconds: float) -> str:
        "Something that nobody can change, for a while"
        body = base64.urlsafe_b64encode(orjson.dumps([what, int(time.time() + seconds), secrets.token_hex(8)])).decode()
        return f'{body}.{self.sign(body)}'

    def open(self, sealed: str) -> Any: # None: not ours, or too old
        body, _, signed = sealed.partition('.')
        if not signed or not hmac.compare_digest(signed.encode(), self.sign(body).encode()): return None
        what, until, _ = orjson.loads(base64.urlsafe_b64decode(body))
        return what if until > time.time() else None

    def csrf(self, cookie: str) -> str: return self.sign('form ' + cookie)


def language(request: Request) -> str:
    "Of the page: `?lang=`, or the first that the browser asks for and we have"
    asked = [request.query_params.get('lang', ''), *(part.split(';')[0].strip() for part in request.headers.get('accept-language', '').split(','))]
    return next((short for a in asked if (short := a.split('-')[0].lower()) in WORDS), 'en')


def how_sure(confidence: float | None) -> str:
    "A confidence as a word that a merchant reads: `sure`, `likely`, `guess`, or '' where none is known"
    return '' if confidence is None else 'sure' if confidence >= 0.8 else 'likely' if confidence >= 0.5 else 'guess'


class Site:
    "Pages of one app"
    def __init__(self, app: FastAPI, service: Service, gate: Gate, secret: str, people: People):
        self.service, self.gate, self.people, self.sessions = service, gate, people, Sessions(secret)
        self.logins = Limiter(rate=0.5, burst=60)  # of one address
        self.templates = Environment(loader=FileSystemLoader(HERE/'templates'), autoescape=True, undefined=StrictUndefined,
                                     trim_blocks=True, lstrip_blocks=True)
        app.mount('/static', StaticFiles(directory=HERE/'static'), name='static')

    def render(self, request: Request, name: str, **values: Any) -> str:
        lang = language(request)
        return self.templates.get_template(name).render(
            w=WORDS['en'] | WORDS[lang], lang=lang, dir='rtl' if lang in RIGHT_TO_LEFT else 'ltr', how_sure=how_sure,
            csrf=self.sessions.csrf(request.cookies.get(COOKIE, '')), quote=lambda s: quote(s, safe=''), sent=str(ULID()), **values)

    def page(self, request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        return HTMLResponse(self.render(request, name, **values), status)

    def begin(self, request: Request, to: str, who: Sequence[Any]) -> Response:
        "Sign somebody in: ('key', id), ('file', name), ('oidc', name, roles)"
        response = RedirectResponse(to, 303)
        response.set_cookie(COOKIE, self.sessions.seal(list(who), HOURS*3600), max_age=HOURS*3600, httponly=True, samesite='strict',
                            secure=request.url.scheme == 'https')
        return response

    def end(self, to: str) -> Response:
        response = RedirectResponse(to, 303)
        response.delete_cookie(COOKIE)
        return response

    def slow_down(self, request: Request) -> None:
        "Nobody tries out secrets by the thousand"
        who = request.client.host if request.client else ''
        if self.logins.take(who): raise Problem(429, 'Too often', 'wait a little', {'Retry-After': '5'})

    async def session(self, request: Request) -> list[Any]:
        "Who the cookie says; a form must carry the session's token"
        if self.gate.ring.stale: await asyncio.to_thread(self.gate.ring.refresh)
        cookie = request.cookies.get(COOKIE, '')
        who = self.sessions.open(cookie)
        if who and request.method == 'POST':
            given = request.headers.get('x-csrf') or str((await request.form()).get('csrf', ''))
            if not hmac.compare_digest(given.encode(), self.sessions.csrf(cookie).encode()):
                raise Problem(403, 'Form out of date', 'load the page again and repeat')
        return who or ['']

    async def merchant(self, request: Request, scope: str = 'predict') -> Key:
        "The key of the merchant who is signed in"
        kind, *who = await self.session(request)
        key = self.gate.ring.keys.get(str(who[0])) if kind == 'key' else None
        if not key or scope not in key.scopes or not key.merchant_id: raise Problem(303, 'Log in', headers={'Location': '/admin/login'})
        return key

    async def person(self, request: Request, role: str = 'review') -> Person:
        "Who of our own people is signed in; what the file or a key no longer grants ends at once"
        kind, *who = await self.session(request)
        person = None
        if kind == 'key' and (key := self.gate.ring.keys.get(str(who[0]))) and not key.merchant_id: person = Person(key.name or key.id, key.scopes, 'key')
        if kind == 'file' and who[0] in self.people.roles: person = Person(who[0], self.people.roles[who[0]], 'file')
        if kind == 'oidc': person = Person(who[0], tuple(who[1]), 'oidc')
        if not person: raise Problem(303, 'Log in', headers={'Location': '/review/login'})
        if role not in person.roles: raise Problem(403, 'Not your role', f'{person.name} has the roles {", ".join(person.roles)}; this takes {role!r}')
        return person

    async def audit(self, actor: str, what: str, about: str = '', merchant_id: str = '', **more: Any) -> None:
        "Note who did what; it is on the disk when this returns"
        await self.service.writer.write(events=[Event('audit', about or what, dict(what=what, **more), merchant_id, actor)])
