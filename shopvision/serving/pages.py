"""The merchant's page `/admin`: server-rendered, works without scripts, and better with the one in static/page.js. nbs/56_gateway.ipynb shows it."""
from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import io
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import yaml
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData, UploadFile
from ulid import ULID

from ..feedback.events import TEXTS, FeedbackError
from ..images import ImageError, ImageLimits, load_image, open_header
from ..listing import Listing
from ..understanding.prediction import Prediction
from .edge import Gate, Problem, checked_id
from .keys import Key
from .service import Service

HERE = Path(str(files('shopvision')))/'serving'
WORDS: dict[str, dict[str, str]] = yaml.safe_load((HERE/'words.yml').read_text(encoding='utf-8'))
RIGHT_TO_LEFT = ('ar', 'he', 'fa', 'ur')
COOKIE, HOURS = 'shopvision', 12


class Sessions:
    "Signed cookies: who is logged in, and the token that a form must carry"
    def __init__(self, secret: str): self.secret = (secret or secrets.token_hex(32)).encode()

    def sign(self, what: str) -> str: return hmac.new(self.secret, what.encode(), hashlib.sha256).hexdigest()

    def begin(self, key: Key) -> str:
        body = base64.urlsafe_b64encode(orjson.dumps([key.id, int(time.time()) + HOURS*3600, secrets.token_hex(8)])).decode()
        return f'{body}.{self.sign(body)}'

    def key_id(self, cookie: str) -> str:
        "'' if nobody is logged in"
        body, _, signed = cookie.partition('.')
        if not signed or not hmac.compare_digest(signed, self.sign(body)): return ''
        id, until, _ = orjson.loads(base64.urlsafe_b64decode(body))
        return id if until > time.time() else ''

    def csrf(self, cookie: str) -> str: return self.sign('form ' + cookie)


def language(request: Request) -> str:
    "Of the page: `?lang=`, or the first that the browser asks for and we have"
    asked = [request.query_params.get('lang', ''), *(part.split(';')[0].strip() for part in request.headers.get('accept-language', '').split(','))]
    return next((short for a in asked if (short := a.split('-')[0].lower()) in WORDS), 'en')


def how_sure(confidence: float | None) -> str:
    "A confidence as a word that a merchant reads: `sure`, `likely`, `guess`, or '' where none is known"
    return '' if confidence is None else 'sure' if confidence >= 0.8 else 'likely' if confidence >= 0.5 else 'guess'


def suggestions(tree: Any, p: Prediction, at: str) -> list[tuple[str, list[Any]]]:
    "Categories near one, for the picker: what the model thought of, then parent, siblings, children"
    groups = [('alternatives', [tree[a['id']] for a in (p.category.alternatives if p.category else ()) if a['id'] in tree and a['id'] != at])]
    if at in tree:
        up = tree.parent(at)
        groups += [('broader', [tree[up]] if up else []), ('narrower', [tree[i] for i in tree.children(at)]),
                   ('beside', [tree[i] for i in (tree.children(up) if up else tree.roots) if i != at])]
    return [(name, found[:30]) for name, found in groups if found]


def add_pages(app: FastAPI, service: Service, gate: Gate, allow_urls: bool, secret: str) -> None:
    "Put the pages into the app"
    sessions = Sessions(secret)
    templates = Environment(loader=FileSystemLoader(HERE/'templates'), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    app.mount('/static', StaticFiles(directory=HERE/'static'), name='static')

    def render(request: Request, name: str, **values: Any) -> str:
        lang = language(request)
        cookie = request.cookies.get(COOKIE, '')
        return templates.get_template(name).render(w=WORDS['en'] | WORDS[lang], lang=lang, dir='rtl' if lang in RIGHT_TO_LEFT else 'ltr', how_sure=how_sure,
                                                   csrf=sessions.csrf(cookie), quote=lambda s: quote(s, safe=''), sent=str(ULID()), **values)

    def page(request: Request, name: str, status: int = 200, **values: Any) -> HTMLResponse: return HTMLResponse(render(request, name, **values), status)

    async def merchant(request: Request, scope: str = 'predict') -> Key:
        "Who is logged in; a form must carry the session's token"
        if gate.ring.stale: await asyncio.to_thread(gate.ring.refresh)
        cookie = request.cookies.get(COOKIE, '')
        key = gate.ring.keys.get(sessions.key_id(cookie))
        if not key or scope not in key.scopes or not key.merchant_id: raise Problem(303, 'Log in', headers={'Location': '/admin/login'})
        if request.method == 'POST':
            given = request.headers.get('x-csrf') or str((await request.form()).get('csrf', ''))
            if not hmac.compare_digest(given.encode(), sessions.csrf(cookie).encode()): raise Problem(403, 'Form out of date', 'load the page again and repeat')
        return key

    @app.get('/', include_in_schema=False)
    async def root() -> Response: return RedirectResponse('/admin')

    @app.get('/admin/login', include_in_schema=False)
    async def login(request: Request) -> Response: return page(request, 'login.html', wrong=False)

    @app.post('/admin/login', include_in_schema=False)
    async def log_in(request: Request) -> Response:
        if gate.limiter.take('login ' + (request.client.host if request.client else '')): raise Problem(429, 'Too often', headers={'Retry-After': '5'})
        key = await asyncio.to_thread(gate.ring.find, str((await request.form()).get('key', '')).strip())
        if not key or 'predict' not in key.scopes: return page(request, 'login.html', 403, wrong=True)
        response = RedirectResponse('/admin', 303)
        response.set_cookie(COOKIE, sessions.begin(key), max_age=HOURS*3600, httponly=True, samesite='strict', secure=request.url.scheme == 'https')
        return response

    @app.post('/admin/logout', include_in_schema=False)
    async def log_out(request: Request) -> Response:
        await merchant(request)
        response = RedirectResponse('/admin/login', 303)
        response.delete_cookie(COOKIE)
        return response

    async def panel_values(key: Key, p: Prediction, listing: Listing, note: str = '', error: str = '') -> dict[str, Any]:
        "What the panel of a prediction shows"
        settled = await service.settled(p)
        tree = service.taxonomy
        category = settled['fields'].get('category', {}).get('value')
        attributes = list(tree.attributes_of(category)) if category in tree else []
        fields = dict(settled['fields'])
        if listing.vendor and fields.get('brand', {}).get('source') == 'model': del fields['brand']  # the merchant has said it
        return dict(p=p, listing=listing, fields=fields, attributes={a.handle: a for a in attributes}, path=settled['category_path'], category=category,
                    suggestions=suggestions(tree, p, category or ''), texts=TEXTS, note=note, error=error, tree=tree)

    async def shown(request: Request, key: Key, listing: Listing | None, p: Prediction | None, status: int = 200, **more: Any) -> Response:
        mine = await asyncio.to_thread(service.store.listings_of, key.merchant_id)
        panel = await panel_values(key, p, listing, **more) if p and listing else None
        return page(request, 'admin.html', status, key=key, listing=listing or Listing(str(ULID()), merchant_id=key.merchant_id), panel=panel, mine=mine)

    @app.get('/admin', include_in_schema=False)
    async def admin(request: Request) -> Response: return await shown(request, await merchant(request), None, None)

    async def mine(key: Key, listing_id: str) -> tuple[Listing, Prediction]:
        pair = (key.merchant_id, checked_id(listing_id))
        listing = (await asyncio.to_thread(service.store.get_listings, [pair])).get(pair)
        p = await service.current(*pair)
        if not listing or not p: raise Problem(404, 'Not found', f'you have no listing {listing_id!r:.80}')
        return listing, p

    @app.get('/admin/listings/{listing_id}', include_in_schema=False)
    async def one(request: Request, listing_id: str) -> Response:
        key = await merchant(request)
        return await shown(request, key, *await mine(key, listing_id))

    @app.get('/admin/listings/{listing_id}/picture', include_in_schema=False)
    async def picture(request: Request, listing_id: str) -> Response:
        "The main picture, opened and written anew: what a browser gets is a picture whatever was uploaded"
        key = await merchant(request)
        listing, _ = await mine(key, listing_id)
        if not listing.images: raise Problem(404, 'Not found', 'this listing has no picture')
        def draw() -> bytes:
            img = load_image(listing.images[0], allow_urls=allow_urls, allow_paths=False)
            img.thumbnail((640, 640))
            img.save(out := io.BytesIO(), 'JPEG', quality=85)
            return out.getvalue()
        try: return Response(await asyncio.to_thread(draw), media_type='image/jpeg')
        except ImageError as e: raise Problem(404, 'No picture', str(e)) from e

    async def read_form(key: Key, form: FormData) -> Listing:
        "The listing that a form describes; a picture that was sent before need not be sent again"
        text: dict[str, Any] = {f: str(form.get(f, ''))[:most] for f, most in dict(title=2000, description=100_000, vendor=200, product_type=200).items()}
        id = checked_id(str(form.get('id', '')))
        photos = [await f.read() for f in form.getlist('photo') if isinstance(f, UploadFile) and f.size]
        for i, photo in enumerate(photos, 1):
            try: await asyncio.to_thread(open_header, photo, ImageLimits(), f'picture {i}')
            except ImageError as e: raise Problem(422, 'A picture cannot be read', str(e)) from e
        known = (await asyncio.to_thread(service.store.get_listings, [(key.merchant_id, id)])).get((key.merchant_id, id))
        images = tuple(photos) or (known.images if known else ())
        made = Listing(id, merchant_id=key.merchant_id, images=images, **text)
        return replace(made, tags=known.tags, extra=known.extra) if known else made

    @app.post('/admin/listings', include_in_schema=False)
    async def save(request: Request) -> Response:
        "Predict what the form says; with `X-Live` the panel comes in pieces, category first"
        key = await merchant(request)
        listing = await read_form(key, await request.form())
        gate.enter(key.merchant_id)
        if request.headers.get('x-live'): return StreamingResponse(live(request, key, listing), media_type='application/x-ndjson')
        try: await service.predict(listing)
        finally: gate.leave(key.merchant_id)
        return RedirectResponse(f'/admin/listings/{quote(listing.id, safe="")}', 303)

    async def live(request: Request, key: Key, listing: Listing) -> AsyncIterator[bytes]:
        known: asyncio.Queue[Prediction] = asyncio.Queue()
        task = asyncio.create_task(service.predict(listing, seen=known.put_nowait))
        try:
            waiting = asyncio.create_task(known.get())
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done() and not task.done():
                values = await panel_values(key, waiting.result(), listing)
                yield orjson.dumps(dict(html=render(request, 'panel.html', early=True, **values))) + b'\n'
            waiting.cancel()
            p = await task
            current = await service.current(key.merchant_id, listing.id) or p
            yield orjson.dumps(dict(html=render(request, 'panel.html', early=False, **await panel_values(key, current, listing)))) + b'\n'
        finally:
            task.cancel()
            gate.leave(key.merchant_id)

    @app.post('/admin/listings/{listing_id}/feedback', include_in_schema=False)
    async def feedback(request: Request, listing_id: str) -> Response:
        key = await merchant(request, 'feedback')
        form = await request.form()
        listing, p = await mine(key, listing_id)
        action, field = str(form.get('action', '')), str(form.get('field', ''))
        value: Any = [str(v) for v in form.getlist('value')]
        if field in ('category', *TEXTS) or action == 'undo': value = value[0] if value else ''
        if field == 'is_secondhand': value = value == ['true']
        note, error, status = f'done_{action}', '', 200
        try: await service.take_feedback(p, action, field, value, key.name, str(form.get('sent', ''))[:200])
        except (FeedbackError, ValueError) as e: note, error, status = '', str(e), 422
        if request.headers.get('x-live'):
            html = render(request, 'panel.html', early=False, **await panel_values(key, p, listing, note, error))
            return HTMLResponse(html, status)
        if error: return await shown(request, key, listing, p, status, error=error)
        return RedirectResponse(f'/admin/listings/{quote(listing_id, safe="")}', 303)

    @app.get('/admin/categories', include_in_schema=False)
    async def find(request: Request, q: str = '') -> Response:
        await merchant(request)
        return page(request, 'found.html', found=service.taxonomy.search(q[:200], 20) if q.strip() else [], q=q)


