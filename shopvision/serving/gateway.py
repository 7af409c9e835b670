"""The HTTP contract: predictions, feedback, categories, jobs, health. Carries values to `service` and back; nbs/56_gateway.ipynb shows it at work."""
from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Any, Literal

import orjson
import prometheus_client as prometheus
from fastapi import Body, FastAPI, Header, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from .. import __version__
from ..feedback.events import FeedbackError
from ..listing import Listing
from ..taxonomy.policy import Policy
from ..understanding.prediction import Prediction, prediction_json, prediction_to_dict
from .consumers import SCHEMAS, changes, load_tax_table, message
from .edge import PICTURE, Edge, EdgeLimits, Gate, Problem, add_problems, as_json, checked_id, read_images, unless_gone
from .jobs import Jobs
from .keys import Keyring
from .pages import add_pages
from .people import People
from .review_pages import add_review_pages
from .service import IdempotencyError, Service
from .site import Site

Text = Annotated[str, Field(max_length=200)]
Id = Annotated[str, Path(min_length=1, max_length=200, pattern=r'^[^\x00-\x1f\x7f]+$')]
Sent = Annotated[str, Header(alias='Idempotency-Key', max_length=200,
                             description='A key of your own: the same request sent again is answered as the first was')]
Budget = Annotated[float | None, Query(gt=0, le=60, description='Seconds to answer in; what is known by then is the answer')]
Consumer = Literal['search', 'tax', 'compliance']
Lines = Annotated[bytes, Body(min_length=1, media_type='application/jsonl', description='One listing a line')]

EXAMPLE: dict[str, Any] = dict(id='mug-1', title='Hand-thrown stoneware mug, blue glaze, 350 ml', description='<p>Dishwasher safe.</p>',
                               vendor='North Pottery', locale='en')


class ListingIn(BaseModel):
    "A product as its merchant describes it; other fields are kept with it"
    model_config = ConfigDict(extra='allow', json_schema_extra=dict(examples=[EXAMPLE]))
    id: Annotated[str, Field(min_length=1, max_length=200, pattern=r'^[^\x00-\x1f\x7f]+$')]
    title: Annotated[str, Field(max_length=2000)] = ''
    description: Annotated[str, Field(max_length=100_000, description='HTML as it is')] = ''
    images: Annotated[list[Annotated[str, Field(pattern=PICTURE)]],
                      Field(max_length=10, description='Data URIs; URLs where the server allows them. The first is the main one')] = []
    product_type: Text = ''
    vendor: Text = ''
    tags: Annotated[list[Text], Field(max_length=250)] = []
    locale: Annotated[str, Field(max_length=35, description='BCP 47')] = ''


class BatchIn(BaseModel):
    listings: Annotated[list[ListingIn], Field(min_length=1, max_length=64)]


class FeedbackIn(BaseModel):
    model_config = ConfigDict(extra='forbid', json_schema_extra=dict(examples=[dict(action='correct', field='color', value=['White'])]))
    action: Literal['accept', 'correct', 'delete', 'undo']
    field: Annotated[str, Field(max_length=200, description="`category`, `brand`, …, or an attribute's handle; not needed for `undo`")] = ''
    value: Annotated[str | bool | list[str] | None, Field(description='Of a correction: a category id, allowed values, a text. Of `undo`: the event')] = None
    actor: Annotated[str, Field(max_length=200, description='Who of the merchant said it')] = ''


class Metrics:
    "What Prometheus reads"
    def __init__(self) -> None:
        self.registry = prometheus.CollectorRegistry()
        self.requests = prometheus.Counter('shopvision_requests', 'Requests answered', ['route', 'status'], registry=self.registry)
        self.seconds = prometheus.Histogram('shopvision_request_seconds', 'From the request to the end of the answer', ['route'], registry=self.registry,
                                            buckets=(.002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30))
        self.predictions = prometheus.Counter('shopvision_predictions', 'Predictions made', ['engine', 'status'], registry=self.registry)
        self.cached = prometheus.Counter('shopvision_cached', 'Predictions answered from the cache', registry=self.registry)
        self.refreshed = prometheus.Counter('shopvision_refresh_decisions', 'Listings that changed', ['act', 'rule'], registry=self.registry)
        self.feedback = prometheus.Counter('shopvision_feedback', 'Feedback taken', ['action'], registry=self.registry)
        self.in_flight = prometheus.Gauge('shopvision_in_flight', 'Listings being answered', registry=self.registry)
        self.breakers = prometheus.Gauge('shopvision_engine_usable', '1 if its breaker is closed', ['engine'], registry=self.registry)


def to_listing(given: ListingIn, merchant_id: str, limits: EdgeLimits) -> Listing:
    "The listing that a request describes, in the name of the key's merchant"
    extra = dict(given.model_extra or {})
    if extra.pop('merchant_id', merchant_id) not in ('', merchant_id):
        raise Problem(422, 'Another merchant', f'listing {given.id}: the merchant comes from the key; leave merchant_id out')
    return Listing(given.id, given.title, given.description, read_images(given.images, f'listing {given.id}', limits), merchant_id,
                   given.product_type, given.vendor, tuple(given.tags), given.locale, extra)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    "How the OpenAPI document tells of errors"
    said = {400: 'Not JSON', 401: 'No key that holds', 403: 'Not with this key', 404: 'Not there, or not yours',
            409: 'An idempotency key used for something else', 413: 'Too much', 422: 'Not as described', 429: 'Too often',
            499: 'The client left', 503: 'Busy, or nothing can answer now'}
    text = dict(type='string')
    schema = dict(type='object', properties=dict(type=text, title=text, status=dict(type='integer'), detail=text))
    return {s: dict(description=said[s], content={'application/problem+json': dict(schema=schema)}) for s in (400, 401, 403, 422, *statuses)}


def create_app(
    service: Service,
    limits: EdgeLimits = EdgeLimits(),
    allow_urls: bool = False,
    jobs_folder: str = 'shopvision-jobs',
    secret: str = '',             # signs the pages' sessions; '' is a new one at each start
    people: People | None = None, # who may review, besides holders of keys
    policy: Policy | None = None, # of the taxonomy that is served; None: ours, carried over
) -> FastAPI:
    "The gateway as an ASGI app"
    gate, metrics = Gate(Keyring(service.store), limits), Metrics()
    jobs = Jobs(service, jobs_folder)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        sys.setswitchinterval(0.0005)  # threads that open photos and write records give way sooner: a request waits less for others'
        gc.collect()
        gc.freeze()  # taxonomy and models stay: the collector need not walk them while somebody waits
        gc.set_threshold(50_000, 20, 50)  # nor what the cache holds, after every few requests
        await jobs.start()
        yield
        await jobs.stop()

    quiet: Any = dict(logs=False, operation_spans=False)  # FastAPI's logs would hold what exceptions say
    app = FastAPI(title='shopvision', version=__version__, lifespan=life, docs_url=None, redoc_url=None, telemetry=quiet,
                  description='Says in a structured way what product a listing shows. The merchant is always the one whom the key belongs to.')
    add_problems(app)

    def answered_in(route: str, status: int, seconds: float) -> None:
        metrics.requests.labels(route, status).inc()
        metrics.seconds.labels(route).observe(seconds)

    async def predict(listing: Listing, seconds: float | None, sent: str = '', seen: Any = None) -> Prediction:
        before = service.hits
        try: p = await service.predict(listing, seconds, seen, sent)
        except IdempotencyError as e: raise Problem(409, 'Used before', str(e)) from e
        if service.hits > before: metrics.cached.inc()
        metrics.predictions.labels(p.produced_by.get('engine', ''), p.status).inc()
        return p

    answered = dict(model=Prediction, description='The prediction; `partial` or `failed` with a reason')

    @app.post('/v1/predictions', responses={**problems(409, 413, 429, 503), 200: answered}, openapi_extra=dict(security=[dict(key=[])]))
    async def post_prediction(request: Request, given: ListingIn, seconds: Budget = None, sent: Sent = '') -> Response:
        "Predict one listing. With `Accept: text/event-stream` the category comes first, then the whole."
        key = await gate.key(request, 'predict')
        listing = to_listing(given, key.merchant_id, limits)
        gate.enter(key.merchant_id)
        if 'text/event-stream' in request.headers.get('accept', ''):
            return StreamingResponse(stream(listing, seconds, sent, key.merchant_id), media_type='text/event-stream', headers={'X-Accel-Buffering': 'no'})
        try: p = await unless_gone(request, predict(listing, seconds, sent))
        finally: gate.leave(key.merchant_id)
        if p.status == 'failed' and p.retryable: raise Problem(503, 'Nothing can answer now', p.reason, {'Retry-After': '5'}, listing_id=p.listing_id)
        return Response(prediction_json(p), media_type='application/json')

    async def stream(listing: Listing, seconds: float | None, sent: str, merchant_id: str) -> AsyncIterator[bytes]:
        "Server-sent events: `category`, then `prediction`"
        known: asyncio.Queue[tuple[str, Prediction | Problem]] = asyncio.Queue()

        async def work() -> None:
            try: known.put_nowait(('prediction', await predict(listing, seconds, sent, lambda p: known.put_nowait(('category', p)))))
            except Problem as e: known.put_nowait(('problem', e))
        task = asyncio.create_task(work())
        try:
            name = ''
            while name not in ('prediction', 'problem'):
                name, got = await known.get()
                body = dict(title=got.title, status=got.status, detail=got.detail) if isinstance(got, Problem) else prediction_to_dict(got)
                yield b'event: ' + name.encode() + b'\ndata: ' + orjson.dumps(body) + b'\n\n'
        finally:
            task.cancel()
            gate.leave(merchant_id)

    @app.post('/v1/predictions/batch', responses=problems(413, 429, 503), openapi_extra=dict(security=[dict(key=[])]))
    async def post_batch(request: Request, given: BatchIn, seconds: Budget = None) -> Response:
        "Predict several listings; the answers are in the order of the listings, and a bad one spoils no other."
        key = await gate.key(request, 'predict')
        if (n := len(given.listings)) > limits.batch:
            raise Problem(422, 'Too many', f'{n} listings; up to {limits.batch} are answered at once. Send a file of them to /v1/jobs')
        gate.enter(key.merchant_id, n)
        async def one(l: ListingIn) -> dict[str, Any]:
            try: return prediction_to_dict(await predict(to_listing(l, key.merchant_id, limits), seconds))
            except Problem as e: return dict(listing_id=l.id, problem=dict(title=e.title, status=e.status, detail=e.detail))
        async def everything() -> list[dict[str, Any]]: return list(await asyncio.gather(*map(one, given.listings)))
        try: return as_json(dict(predictions=await unless_gone(request, everything())))
        finally: gate.leave(key.merchant_id, n)

    @app.post('/v1/refresh', responses=problems(413, 429, 503), openapi_extra=dict(security=[dict(key=[])]))
    async def post_refresh(request: Request, given: ListingIn, seconds: Budget = None) -> Response:
        """Tell of a listing that changed. It is predicted anew where a rule says so, and `decision` says why or why not;
        `held` are the fields that the merchant settled, which no prediction changes."""
        key = await gate.key(request, 'predict')
        listing = to_listing(given, key.merchant_id, limits)
        gate.enter(key.merchant_id)
        try: decision, p = await unless_gone(request, service.refresh(listing, seconds))
        finally: gate.leave(key.merchant_id)
        metrics.refreshed.labels(decision.act, decision.rule).inc()
        return as_json(dict(decision=asdict(decision), prediction=p and prediction_to_dict(p)))

    async def owned(request: Request, scope: str, prediction_id: str) -> Prediction:
        key = await gate.key(request, scope)
        if not (p := await service.owned(prediction_id, key.merchant_id)): raise Problem(404, 'Not found', f'you have no prediction {prediction_id!r:.60}')
        return p

    @app.get('/v1/predictions/{prediction_id}', responses=problems(404) | {200: dict(model=Prediction)}, openapi_extra=dict(security=[dict(key=[])]))
    async def get_prediction(request: Request, prediction_id: Id) -> Response:
        "A prediction as it was made."
        return Response(prediction_json(await owned(request, 'predict', prediction_id)), media_type='application/json')

    @app.get('/v1/listings/{listing_id}/prediction', responses=problems(404), openapi_extra=dict(security=[dict(key=[])]))
    async def get_settled(request: Request, listing_id: Id) -> Response:
        "What holds of a listing now: the newest prediction, with what the merchant accepted, corrected and deleted."
        key = await gate.key(request, 'predict')
        p = await service.current(key.merchant_id, checked_id(listing_id))
        if not p: raise Problem(404, 'Not found', f'you have no prediction of listing {listing_id!r:.80}')
        return as_json(await service.settled(p))

    @app.post('/v1/predictions/{prediction_id}/feedback', status_code=201, responses=problems(404, 409), openapi_extra=dict(security=[dict(key=[])]))
    async def post_feedback(request: Request, prediction_id: Id, given: FeedbackIn, sent: Sent = '') -> Response:
        "Accept, correct or delete a field, or take an event back. It is durable when this answers; it trains nothing by itself."
        p = await owned(request, 'feedback', prediction_id)
        try: e = await service.take_feedback(p, given.action, given.field, given.value, given.actor, sent)
        except FeedbackError as err: raise Problem(422, 'This feedback cannot be taken', str(err), listing_id=p.listing_id) from err
        except IdempotencyError as err: raise Problem(409, 'Used before', str(err)) from err
        metrics.feedback.labels(given.action).inc()
        return as_json(dict(event_id=e.id, listing_id=e.key, time=e.time, **e.body), 201)

    @app.get('/v1/categories', responses=problems(404), openapi_extra=dict(security=[dict(key=[])]))
    async def get_categories(request: Request, query: Annotated[str, Query(max_length=200)] = '', parent: Annotated[str, Query(max_length=200)] = '',
                             limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Response:
        "Categories whose path has words that begin so; without words, those below `parent`, or the verticals."
        await gate.key(request, 'predict')
        tree = service.taxonomy
        if parent and parent not in tree: raise Problem(404, 'Not found', f'category {parent!r:.60} is not in {tree.version}')
        found = tree.search(query, limit) if query else [tree[i] for i in (tree.children(parent) if parent else tree.roots)]
        return as_json(dict(taxonomy=tree.version, categories=[dict(id=c.id, name=c.name, path=c.path, children=len(c.children)) for c in found]))

    @app.get('/v1/categories/{category_id}', responses=problems(404), openapi_extra=dict(security=[dict(key=[])]))
    async def get_category(request: Request, category_id: Id) -> Response:
        "One category with its attributes and their allowed values."
        await gate.key(request, 'predict')
        from ..cli import describe_category
        tree = service.taxonomy
        if category_id not in tree: raise Problem(404, 'Not found', f'category {category_id!r:.60} is not in {tree.version}')
        return as_json(describe_category(tree, tree[category_id]))

    @app.get('/v1/changes/{consumer}', responses=problems(), openapi_extra=dict(security=[dict(key=[])]))
    async def get_changes(request: Request, consumer: Consumer, after: Annotated[str, Query(max_length=40, pattern=r'^[0-9A-Za-z]*$')] = '',
                          limit: Annotated[int, Query(ge=1, le=1000)] = 500) -> Response:
        "What a consumer reads of the listings that changed since a cursor, of all merchants. Keep `next` when you have worked on the messages."
        await gate.key(request, 'consume')
        found, cursor = await asyncio.to_thread(changes, service.store, service.taxonomy, after, limit)
        table, rules = load_tax_table(service.taxonomy), app.state.reviews.policy
        return as_json(dict(messages=[message(consumer, r, service.taxonomy, rules, table, said) for r, said in found], next=cursor))

    @app.get('/v1/changes/{consumer}/schema', responses=problems(), openapi_extra=dict(security=[dict(key=[])]))
    async def get_schema(request: Request, consumer: Consumer) -> Response:
        "The JSON Schema of a consumer's messages."
        await gate.key(request, 'consume')
        return as_json(SCHEMAS[consumer])

    @app.post('/v1/jobs', status_code=202, responses=problems(413), openapi_extra=dict(security=[dict(key=[])]))
    async def post_job(request: Request, lines: Lines) -> Response:
        "Predict a file of listings in the background."
        key = await gate.key(request, 'jobs')
        return as_json(await jobs.submit(key.merchant_id, lines), 202)

    async def job_of(request: Request, id: str) -> dict[str, Any]:
        key = await gate.key(request, 'jobs')
        if not (job := await jobs.find(key.merchant_id, id)): raise Problem(404, 'Not found', f'you have no job {id!r:.60}')
        return job

    @app.get('/v1/jobs/{job_id}', responses=problems(404), openapi_extra=dict(security=[dict(key=[])]))
    async def get_job(request: Request, job_id: Id) -> Response:
        "How far a job is."
        return as_json(await job_of(request, job_id))

    @app.get('/v1/jobs/{job_id}/results', responses=problems(404), openapi_extra=dict(security=[dict(key=[])]))
    async def get_results(request: Request, job_id: Id, errors: bool = False) -> Response:
        "The predictions of a job so far, JSONL; with `errors` those that failed."
        job = await job_of(request, job_id)
        return StreamingResponse(jobs.results(job['job_id'], errors), media_type='application/jsonl')

    @app.post('/v1/jobs/{job_id}/{what}', responses=problems(404), openapi_extra=dict(security=[dict(key=[])]))
    async def steer_job(request: Request, job_id: Id, what: Literal['cancel', 'resume']) -> Response:
        "Cancel a job, or go on with one that was cancelled; what is done is kept."
        job = await job_of(request, job_id)
        return as_json(await (jobs.cancel if what == 'cancel' else jobs.resume)(job['merchant_id'], job['job_id']))

    @app.get('/healthz', include_in_schema=False)
    async def health() -> Response: return as_json(dict(status='ok', version=__version__))

    ready: dict[str, Any] = dict(at=-1e9, answer={}, lock=asyncio.Lock())

    @app.get('/readyz', include_in_schema=False)
    async def readiness() -> Response:
        "Asks a real question; an answer is good for ten seconds"
        async with ready['lock']:
            if time.monotonic() - ready['at'] > 10:
                p = await service.cascade.apredict(Listing('readiness', 'Blue ceramic mug'), min(5.0, service.seconds))
                await asyncio.to_thread(service.store.read, 'key', limit=1)
                ready.update(at=time.monotonic(), answer=dict(ready=p.status != 'failed', status=p.status, engine=p.produced_by.get('engine'), reason=p.reason))
        return as_json(ready['answer'], 200 if ready['answer']['ready'] else 503)

    @app.get('/metrics', include_in_schema=False)
    async def read_metrics() -> Response:
        metrics.in_flight.set(gate.all)
        for p, b in zip(service.cascade.predictors, service.cascade.breakers): metrics.breakers.labels(p.produced_by['engine']).set(b.state == 'closed')
        return Response(prometheus.generate_latest(metrics.registry), media_type=prometheus.CONTENT_TYPE_LATEST)

    site = Site(app, service, gate, secret, people or People())
    add_pages(app, site, allow_urls)
    add_review_pages(app, site, allow_urls, policy)
    app.add_middleware(Edge, gate=gate, answered=answered_in)
    schema = app.openapi

    def openapi() -> dict[str, Any]:
        "The document, with how to present a key"
        document = schema()
        document.setdefault('components', {})['securitySchemes'] = dict(key=dict(type='http', scheme='bearer', description='sv_…'))
        return document
    app.openapi = openapi  # type: ignore[method-assign]
    app.state.service, app.state.gate, app.state.jobs, app.state.metrics = service, gate, jobs, metrics
    return app
