"""The reviewers' pages `/review`: one task at a time with its evidence, and for leads how well people agree, disputes and batches."""
from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar

import orjson
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from ..data.sample import rank_of
from ..feedback.events import FeedbackError
from ..feedback.golden import PromotionError, batches, propose, step_batch
from ..feedback.review import LATE, ReviewError, Reviews
from ..feedback.vetting import ReviewTask, plainly
from ..listing import Listing, clean_html
from ..taxonomy.policy import Policy, load_policy
from ..taxonomy.releases import load_taxonomy
from ..understanding.carry import carry_policy
from ..understanding.correct import CategoryIndex
from .consumers import tax_rate
from .edge import Problem
from .pages import main_picture
from .people import Oidc, PeopleError, Person
from .site import Site

T = TypeVar('T')
TICKET = 'shopvision-ticket'


def policy_for(tree: Any) -> Policy:
    "Our policy in the words of a taxonomy"
    ours = load_policy()
    return ours if tree.version == load_taxonomy('starter').version else carry_policy(ours, CategoryIndex(tree), tree)


def options(t: ReviewTask, actor: str) -> list[Any]:
    "The values in question, in an order that depends on who looks: neither the model nor the merchant is always first"
    said = {plainly(v): v for v in (t.model, t.merchant) if v is not None}
    return sorted(said.values(), key=lambda v: rank_of(f'{actor}\x1f{t.task_id}\x1f{plainly(v)}'))


def add_review_pages(app: FastAPI, site: Site, allow_urls: bool, policy: Policy | None = None) -> None:
    "Put the reviewers' pages into the app"
    service, page, person = site.service, site.page, site.person
    tree = service.taxonomy
    reviews, lock, last = Reviews(service.store, policy or policy_for(tree), rate=tax_rate(tree)), asyncio.Lock(), dict(sampled=0.0)
    oidc = Oidc(site.people.oidc) if site.people.oidc else None
    app.state.reviews = reviews

    async def do(work: Callable[[], T]) -> T:
        "Reviews are read and written one at a time, outside the event loop"
        async with lock: return await asyncio.to_thread(work)

    async def fresh() -> None:
        "What happened since; once a minute new feedback becomes tasks"
        if time.monotonic() - last['sampled'] > 60: last['sampled'] = time.monotonic(); await do(lambda: reviews.sample(LATE))
        else: await do(reviews.load)

    # signing in

    @app.get('/review/login', include_in_schema=False)
    async def login(request: Request) -> Response: return page(request, 'login_people.html', wrong='', file=bool(site.people.roles), oidc=bool(oidc))

    @app.post('/review/login', include_in_schema=False)
    async def log_in(request: Request) -> Response:
        site.slow_down(request)
        form = await request.form()
        name, secret = str(form.get('name', '')).strip()[:200], str(form.get('key', '')).strip()
        if name:
            found = await asyncio.to_thread(site.people.sign_in, name, secret)
            who: tuple[Any, ...] | None = ('file', found.name) if found else None
        else:
            key = await asyncio.to_thread(site.gate.ring.find, secret)
            who = ('key', key.id) if key and not key.merchant_id else None
        await site.audit(name or (str(who[1]) if who else 'unknown key'), 'signed in' if who else 'was refused', 'login')
        if not who: return page(request, 'login_people.html', 403, wrong='people_wrong', file=bool(site.people.roles), oidc=bool(oidc))
        return site.begin(request, '/review', who)

    @app.get('/review/oidc', include_in_schema=False)
    async def to_provider(request: Request) -> Response:
        if not oidc: raise Problem(404, 'Not found', 'no identity provider is configured')
        address, ticket = await oidc.begin(str(request.url_for('from_provider')))
        response = RedirectResponse(address, 303)
        response.set_cookie(TICKET, site.sessions.seal(ticket, 600), max_age=600, httponly=True, samesite='lax', secure=request.url.scheme == 'https')
        return response

    @app.get('/review/oidc/back', include_in_schema=False)
    async def from_provider(request: Request) -> Response:
        if not oidc: raise Problem(404, 'Not found', 'no identity provider is configured')
        ticket = site.sessions.open(request.cookies.get(TICKET, ''))
        try:
            if not ticket: raise PeopleError('this sign-in took too long or began elsewhere; begin again')
            who = await oidc.end(ticket, dict(request.query_params), str(request.url_for('from_provider')))
        except PeopleError as e:
            await site.audit('unknown', 'was refused', 'login', reason=str(e)[:300])
            raise Problem(403, 'Not let in', str(e)) from e
        await site.audit(who.name, 'signed in', 'login')
        response = site.begin(request, '/review/in', ('oidc', who.name, who.roles))
        response.delete_cookie(TICKET)
        return response

    @app.get('/review/in', include_in_schema=False)
    async def inside(request: Request) -> Response:
        "The session's cookie is not sent along with a redirect from another site, so this page goes on by itself"
        return page(request, 'inside.html')

    @app.post('/review/logout', include_in_schema=False)
    async def log_out(request: Request) -> Response:
        await person(request)
        return site.end('/review/login')

    # the queue

    @app.get('/review', include_in_schema=False)
    async def queue(request: Request) -> Response:
        who = await person(request)
        await fresh()
        waiting = await do(lambda: reviews.queue(who.name))
        if waiting: return await shown(request, who, waiting[0], len(waiting))
        return page(request, 'review.html', who=who, task=None, waiting=0)

    async def shown(request: Request, who: Person, t: ReviewTask, waiting: int, error: str = '', status: int = 200) -> Response:
        "A task with what there is to see of it"
        pair = (t.merchant_id, t.listing_id)
        listing = (await asyncio.to_thread(service.store.get_listings, [pair])).get(pair) or Listing(t.listing_id, reviews.titles[t.task_id])
        p = await asyncio.to_thread(service.store.get, t.prediction_id)
        outcome, near = await do(lambda: (reviews.outcome(t.task_id), reviews.similar(t)))
        mine = next((v for v in reviews.votes[t.task_id] if v.actor == who.name), None)
        attribute = next((a for a in tree.attributes_of(t.category_id) if a.handle == t.field), None) if t.category_id in tree else None
        await site.audit(who.name, 'looked at', t.task_id, t.merchant_id)
        dispute = reviews.votes[t.task_id] if outcome.state == 'disputed' and 'lead' in who.roles else []
        return page(request, 'review.html', status, who=who, task=t, listing=listing, p=p, text=clean_html(listing.description), near=near, mine=mine,
                    attribute=attribute, options=options(t, who.name), plainly=plainly, show=show, waiting=waiting, error=error, dispute=dispute)

    def show(field: str, value: Any) -> str:
        "A value for people"
        if value is None: return 'nothing'
        if field == 'category': return tree.path(value) if value in tree else str(value)
        return ', '.join(value) if isinstance(value, list) else 'yes' if value is True else 'no' if value is False else str(value)

    def known(task_id: str) -> ReviewTask:
        try: return reviews.task(task_id)
        except ReviewError as e: raise Problem(404, 'Not found', str(e)) from e

    @app.get('/review/tasks/{task_id}', include_in_schema=False)
    async def one(request: Request, task_id: str) -> Response:
        who = await person(request)
        await fresh()
        return await shown(request, who, known(task_id), len(await do(lambda: reviews.queue(who.name))))

    @app.get('/review/tasks/{task_id}/picture', include_in_schema=False)
    async def picture(request: Request, task_id: str) -> Response:
        await person(request)
        t = known(task_id)
        listing = (await asyncio.to_thread(service.store.get_listings, [(t.merchant_id, t.listing_id)])).get((t.merchant_id, t.listing_id))
        if not listing: raise Problem(404, 'Not found', 'the listing is not there any more')
        return Response(await asyncio.to_thread(main_picture, listing, allow_urls), media_type='image/jpeg')

    def read_value(t: ReviewTask, form: FormData) -> tuple[Any, bool]: # value, can it be told?
        "What a form says holds"
        choice = str(form.get('choice', ''))
        if choice in ('none', 'untold'): return None, choice == 'none'
        if choice != 'other': return orjson.loads(choice) if choice else None, bool(choice)
        given = [str(v) for v in form.getlist('value') if str(v)]
        if t.field == 'category': return (given or [''])[0], True
        return given if t.field != 'is_secondhand' else given == ['true'], True

    @app.post('/review/tasks/{task_id}/{what}', include_in_schema=False)
    async def say(request: Request, task_id: str, what: str) -> Response:
        who = await person(request, 'lead' if what == 'rule' else 'review')
        t, form = known(task_id), await request.form()
        reason = str(form.get('reason', ''))
        try:
            if what == 'skip': await do(lambda: reviews.skip(who.name, task_id, reason))
            elif what in ('vote', 'rule'):
                if not form.get('choice'): raise ReviewError('choose what holds, or skip')
                value, told = read_value(t, form)
                await do(lambda: (reviews.rule if what == 'rule' else reviews.vote)(who.name, task_id, value, told, reason))
            else: raise Problem(404, 'Not found', f'{what!r:.40}: vote, skip or rule')
        except (ReviewError, FeedbackError, ValueError) as e: return await shown(request, who, t, 0, str(e), 422)
        return RedirectResponse('/review/lead' if what == 'rule' else '/review', 303)

    @app.get('/review/categories', include_in_schema=False)
    async def find(request: Request, q: str = '') -> Response:
        await person(request)
        return page(request, 'found.html', found=tree.search(q[:200], 20) if q.strip() else [], q=q)

    # leads and admins

    @app.get('/review/lead', include_in_schema=False)
    async def lead(request: Request, error: str = '', status: int = 200) -> Response:
        who = await person(request, 'lead')
        await fresh()
        states, agreed, disputed, doubts = await do(lambda: (reviews.states(), reviews.agreement(), reviews.queue(who.name, disputed=True), reviews.suspect()))
        held = await asyncio.to_thread(batches, service.store)
        return page(request, 'lead.html', status, who=who, states=states, agreed=agreed, disputed=[(t, reviews.titles[t.task_id]) for t in disputed],
                    doubts=[s for found in doubts.values() for s in found], batches=list(held.values())[::-1][:50], error=error, show=show)

    @app.post('/review/batches', include_in_schema=False)
    async def new_batch(request: Request) -> Response:
        who = await person(request, 'lead')
        try: b = await do(lambda: propose(reviews, who.name))
        except PromotionError as e: return await lead(request, str(e), 422)
        await site.audit(who.name, 'proposed', b.batch_id, labels=len(b.records))
        return RedirectResponse('/review/lead', 303)

    @app.post('/review/batches/{batch_id}/{step}', include_in_schema=False)
    async def move_batch(request: Request, batch_id: str, step: str) -> Response:
        who = await person(request, 'lead')
        reason = str((await request.form()).get('reason', ''))[:1000]
        try: b = await do(lambda: step_batch(service.store, batch_id, step, who.name, reason))
        except PromotionError as e: return await lead(request, str(e), 422)
        await site.audit(who.name, step, b.batch_id, labels=len(b.records))
        return RedirectResponse('/review/lead', 303)

    @app.get('/review/batches/{batch_id}', include_in_schema=False)
    async def one_batch(request: Request, batch_id: str) -> Response:
        who = await person(request, 'lead')
        if not (b := (await asyncio.to_thread(batches, service.store)).get(batch_id)): raise Problem(404, 'Not found', f'there is no batch {batch_id!r:.60}')
        return page(request, 'batch.html', who=who, batch=b, show=show)

    @app.get('/review/audit', include_in_schema=False)
    async def log(request: Request) -> Response:
        who = await person(request, 'admin')
        return page(request, 'audit.html', who=who, events=(await asyncio.to_thread(service.store.read, 'audit', limit=300, newest=True))[::-1])
