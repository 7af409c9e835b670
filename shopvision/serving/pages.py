"""The merchant's page `/admin`: server-rendered, works without scripts, and better with the one in static/page.js. nbs/56_gateway.ipynb shows it."""
from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.datastructures import FormData, UploadFile
from ulid import ULID

from ..feedback.events import TEXTS, FeedbackError
from ..images import ImageError, ImageLimits, load_image, open_header
from ..listing import Listing
from ..understanding.prediction import Prediction
from .edge import Problem, checked_id
from .keys import Key
from .site import Site


def suggestions(tree: Any, p: Prediction, at: str) -> list[tuple[str, list[Any]]]:
    "Categories near one, for the picker: what the model thought of, then parent, siblings, children"
    groups = [('alternatives', [tree[a['id']] for a in (p.category.alternatives if p.category else ()) if a['id'] in tree and a['id'] != at])]
    if at in tree:
        up = tree.parent(at)
        groups += [('broader', [tree[up]] if up else []), ('narrower', [tree[i] for i in tree.children(at)]),
                   ('beside', [tree[i] for i in (tree.children(up) if up else tree.roots) if i != at])]
    return [(name, found[:30]) for name, found in groups if found]


def main_picture(listing: Listing, allow_urls: bool) -> bytes:
    "The main picture, opened and written anew: what a browser gets is a picture whatever was uploaded; raises `Problem`"
    if not listing.images: raise Problem(404, 'Not found', 'this listing has no picture')
    try: img = load_image(listing.images[0], allow_urls=allow_urls, allow_paths=False)
    except ImageError as e: raise Problem(404, 'No picture', str(e)) from e
    img.thumbnail((640, 640))
    img.save(out := io.BytesIO(), 'JPEG', quality=85)
    return out.getvalue()


def add_pages(app: FastAPI, site: Site, allow_urls: bool) -> None:
    "Put the merchant's pages into the app"
    service, gate, render, page, merchant = site.service, site.gate, site.render, site.page, site.merchant

    @app.get('/', include_in_schema=False)
    async def root() -> Response: return RedirectResponse('/admin')

    @app.get('/admin/login', include_in_schema=False)
    async def login(request: Request) -> Response: return page(request, 'login.html', wrong='')

    @app.post('/admin/login', include_in_schema=False)
    async def log_in(request: Request) -> Response:
        site.slow_down(request)
        key = await asyncio.to_thread(gate.ring.find, str((await request.form()).get('key', '')).strip())
        if not key or 'predict' not in key.scopes: return page(request, 'login.html', 403, wrong='key_wrong')
        return site.begin(request, '/admin', ('key', key.id))

    @app.post('/admin/logout', include_in_schema=False)
    async def log_out(request: Request) -> Response:
        await merchant(request)
        return site.end('/admin/login')

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
        listing, _ = await mine(await merchant(request), listing_id)
        return Response(await asyncio.to_thread(main_picture, listing, allow_urls), media_type='image/jpeg')

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


