"The HTTP contract: answers, errors, time, fallbacks, jobs, and that no merchant reaches another's data"
import asyncio
import base64
import io
import json
import time

import httpx
import pytest
from PIL import Image

pytest.importorskip('fastapi')
from steady import MUGS, SteadyEngine, keys_for, steady_app  # noqa: E402

MUG = dict(id='mug-1', title='Hand-thrown mug', description='<p>Blue</p>')


def picture(color='navy') -> str:
    Image.new('RGB', (64, 64), color).save(out := io.BytesIO(), 'PNG')
    return 'data:image/png;base64,' + base64.b64encode(out.getvalue()).decode()


def with_app(test, engine=None, merchants=('north', 'south'), **options):
    "Run an async test against an app in this process"
    async def work():
        app, service = steady_app(engine, **options)
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url='http://test') as client:
            await test(client, service, *keys_for(service, *merchants))
    asyncio.run(work())


def test_a_listing_becomes_a_product_and_stays_one():
    async def test(client, service, north, south):
        made = await client.post('/v1/predictions', json=MUG | dict(images=[picture()]), headers=north)
        assert made.status_code == 200
        p = made.json()
        assert (p['status'], p['merchant_id'], p['category']['path'], p['produced_by']['engine']) == ('ok', 'north', MUGS, 'steady')
        assert p['attributes']
        assert (await client.get(f'/v1/predictions/{p["prediction_id"]}', headers=north)).json() == p
        settled = (await client.get('/v1/listings/mug-1/prediction', headers=north)).json()
        assert settled['category_path'] == MUGS
        assert service.store.get_listings([('north', 'mug-1')])['north', 'mug-1'].title == 'Hand-thrown mug'
    with_app(test)


def test_nobody_reaches_anothers_data():
    async def test(client, service, north, south):
        p = (await client.post('/v1/predictions', json=MUG, headers=north)).json()
        job = (await client.post('/v1/jobs', content=json.dumps(MUG), headers=north | {'Content-Type': 'application/jsonl'})).json()
        body = dict(action='accept', field='category')
        attempts = [('GET', f'/v1/predictions/{p["prediction_id"]}', None), ('POST', f'/v1/predictions/{p["prediction_id"]}/feedback', body),
                    ('GET', '/v1/listings/mug-1/prediction', None), ('GET', f'/v1/jobs/{job["job_id"]}', None),
                    ('GET', f'/v1/jobs/{job["job_id"]}/results', None),
                    ('POST', f'/v1/jobs/{job["job_id"]}/cancel', None), ('POST', f'/v1/jobs/{job["job_id"]}/resume', None)]
        for method, path, content in attempts:
            assert (await client.request(method, path, json=content, headers=south)).status_code == 404, path
            assert (await client.request(method, path, json=content)).status_code == 401, path
        stolen = await client.post('/v1/predictions', json=MUG | dict(merchant_id='north'), headers=south)
        assert stolen.status_code == 422 and 'merchant' in stolen.json()['detail']
        batch = await client.post('/v1/predictions/batch', json=dict(listings=[MUG | dict(merchant_id='north'), MUG]), headers=south)
        first, second = batch.json()['predictions']
        assert first['problem']['status'] == 422 and second['merchant_id'] == 'south'
        assert service.store.history('north', 'mug-1')[0].prediction_id == p['prediction_id']
        assert service.store.read('feedback') == []
    with_app(test)


def test_every_route_wants_a_key():
    async def test(client, service, north, south):
        document = (await client.get('/openapi.json')).json()
        assert document['paths'].keys() >= {'/v1/predictions', '/v1/predictions/{prediction_id}/feedback', '/v1/jobs', '/v1/categories'}
        for path, methods in document['paths'].items():
            for method in methods:
                answer = await client.request(method, path.replace('{what}', 'cancel'))
                assert answer.status_code == 401 and answer.headers['content-type'] == 'application/problem+json', (method, path)
    with_app(test)


def test_bad_input_is_told_plainly():
    async def test(client, service, north, south):
        async def said(status, **body):
            answer = await client.post('/v1/predictions', json=MUG | body, headers=north)
            assert answer.status_code == status, answer.text
            return answer.json()['detail']
        assert 'images' in await said(422, images=['/etc/passwd'])
        assert 'images' in await said(422, images=[picture()]*11)
        inside = await client.post('/v1/predictions', json=MUG | dict(images=['http://169.254.169.254/latest/meta-data'], big=10**30), headers=north)
        assert 'fetching URLs is off' in str(inside.json()['warnings'])
        assert 'id' in await said(422, id='')
        assert 'title' in await said(422, title=['a'])
        broken = await client.post('/v1/predictions', json=MUG | dict(images=['data:image/png;base64,AAAA']), headers=north)
        assert broken.status_code == 200 and broken.json()['warnings'], 'a broken picture is a warning: the title still tells'
        assert (await client.post('/v1/predictions', content=b'{', headers=north)).status_code == 422
        big = await client.post('/v1/predictions', json=MUG | dict(images=['data:image/png;base64,' + 'A'*13_000_000]), headers=north)
        assert big.status_code == 413
        p = (await client.post('/v1/predictions', json=MUG, headers=north)).json()
        teal = dict(action='correct', field='color', value=['teal-ish'])
        wrong = await client.post(f'/v1/predictions/{p["prediction_id"]}/feedback', json=teal, headers=north)
        assert wrong.status_code == 422 and "nearest is 'Teal'" in wrong.json()['detail']
    with_app(test)


def test_feedback_is_kept_undone_and_never_overwritten():
    async def test(client, service, north, south):
        p = (await client.post('/v1/predictions', json=MUG, headers=north)).json()
        to = f'/v1/predictions/{p["prediction_id"]}/feedback'
        white = (await client.post(to, json=dict(action='correct', field='color', value=['White']), headers=north | {'Idempotency-Key': 'click'}))
        assert white.status_code == 201
        again = await client.post(to, json=dict(action='correct', field='color', value=['White']), headers=north | {'Idempotency-Key': 'click'})
        assert again.json()['event_id'] == white.json()['event_id'] and len(service.store.read('feedback')) == 1
        other = await client.post(to, json=dict(action='delete', field='material'), headers=north | {'Idempotency-Key': 'click'})
        assert other.status_code == 409
        await client.post('/v1/predictions', json=MUG | dict(title='Hand-thrown mug, new title'), headers=north)
        settled = (await client.get('/v1/listings/mug-1/prediction', headers=north)).json()
        assert settled['fields']['color'] | dict(event='') == dict(value=['White'], source='corrected', confidence=None, event='')
        await client.post(to, json=dict(action='undo', value=white.json()['event_id']), headers=north)
        settled = (await client.get('/v1/listings/mug-1/prediction', headers=north)).json()
        assert settled['fields']['color']['source'] == 'model'
    with_app(test)


def test_the_same_request_twice_is_one():
    async def test(client, service, north, south):
        sent = north | {'Idempotency-Key': 'order-7'}
        answers = await asyncio.gather(*(client.post('/v1/predictions', json=MUG, headers=sent) for _ in range(8)))
        assert len({a.json()['prediction_id'] for a in answers}) == 1
        assert (await client.post('/v1/predictions', json=MUG | dict(title='x'), headers=sent)).status_code == 409
        assert (await client.post('/v1/predictions', json=MUG | dict(title='x'), headers=south | {'Idempotency-Key': 'order-7'})).status_code == 200
    with_app(test, SteadyEngine(0.05))


def test_identical_listings_are_asked_once():
    engine = SteadyEngine(0.05)

    async def test(client, service, north, south):
        answers = await asyncio.gather(*(client.post('/v1/predictions', json=MUG | dict(id=f'm{i}'), headers=north) for i in range(10)))
        assert {a.json()['listing_id'] for a in answers} == {f'm{i}' for i in range(10)} and engine.asked == 2
        assert len({a.json()['prediction_id'] for a in answers}) == 10
        theirs = (await client.post('/v1/predictions', json=MUG, headers=south)).json()
        assert theirs['merchant_id'] == 'south' and engine.asked == 2
    with_app(test, engine)


def test_a_late_second_step_is_partial_and_a_hanging_first_one_falls_back():
    class LateSecond(SteadyEngine):
        async def complete(self, request):
            if 'category' not in request.schema['properties']: await asyncio.sleep(60)
            return await super().complete(request)

    async def late(client, service, north, south):
        started = time.perf_counter()
        p = (await client.post('/v1/predictions?seconds=0.5', json=MUG, headers=north)).json()
        assert p['status'] == 'partial' and 'step 2' in p['reason'] and p['category']['path'] == MUGS and time.perf_counter() - started < 20

    async def hanging(client, service, north, south):
        p = (await client.post('/v1/predictions?seconds=4', json=MUG, headers=north)).json()
        assert p['status'] == 'ok' and p['produced_by']['engine'] == 'letters' and 'steady' in p['warnings'][0]
    with_app(late, LateSecond())
    with_app(hanging, SteadyEngine(hangs=1))


def test_a_fifth_of_the_calls_fails_or_hangs_and_every_client_is_answered_in_time():
    async def test(client, service, north, south):
        async def one(i):
            started = time.perf_counter()
            answer = await client.post('/v1/predictions?seconds=3', json=MUG | dict(id=f'm{i}', title=f'mug {i}'), headers=north)
            return answer.status_code, time.perf_counter() - started, answer.json()['status']
        got = await asyncio.gather(*(one(i) for i in range(60)))
        assert {status for status, *_ in got} == {200}
        assert max(seconds for _, seconds, _ in got) < 10
        assert {s for *_, s in got} <= {'ok', 'partial'}
    with_app(test, SteadyEngine(0.01, fails=0.1, hangs=0.1))


def test_a_client_that_leaves_stops_the_work():
    engine = SteadyEngine(30)

    async def test(client, service, north, south):
        import uvicorn
        server = uvicorn.Server(uvicorn.Config(client._transport.app, port=0, log_level='warning', lifespan='off'))
        task = asyncio.create_task(server.serve())
        while not server.started: await asyncio.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        async with httpx.AsyncClient() as real:
            with pytest.raises(httpx.ReadTimeout): await real.post(f'http://127.0.0.1:{port}/v1/predictions', json=MUG, headers=north, timeout=0.5)
        for _ in range(50):
            if engine.cancelled: break
            await asyncio.sleep(0.05)
        server.should_exit = True
        await task
        assert engine.cancelled == 1 and service.answers.flights == {}
    with_app(test, engine, seconds=60)


def test_fields_come_as_they_are_known():
    async def test(client, service, north, south):
        answer = await client.post('/v1/predictions', json=MUG, headers=north | {'Accept': 'text/event-stream'})
        events = [e.split('\n') for e in answer.text.strip().split('\n\n')]
        assert [e[0] for e in events] == ['event: category', 'event: prediction']
        first, last = (json.loads(e[1].removeprefix('data: ')) for e in events)
        assert first['category'] == last['category'] and not first['attributes'] and last['attributes']
        assert first['prediction_id'] == last['prediction_id']
    with_app(test, SteadyEngine(0.02))


def test_a_job_is_followed_cancelled_resumed(tmp_path):
    async def test(client, service, north, south):
        lines = '\n'.join([*(json.dumps(MUG | dict(id=f'm{i}', title=f'mug {i}', images=['/etc/passwd'])) for i in range(30)), 'not json'])
        job = (await client.post('/v1/jobs', content=lines, headers=north | {'Content-Type': 'application/jsonl'})).json()
        assert job['total'] == 31
        to = f'/v1/jobs/{job["job_id"]}'
        await asyncio.sleep(0.3)
        assert (await client.post(f'{to}/cancel', headers=north)).json()['state'] == 'cancelled'
        done = (await client.get(to, headers=north)).json()['done']
        assert (await client.post(f'{to}/resume', headers=north)).json()['state'] == 'waiting'
        for _ in range(200):
            if (state := (await client.get(to, headers=north)).json())['state'] == 'done': break
            await asyncio.sleep(0.05)
        assert state['done'] == 31 >= done and state['statuses'] == dict(ok=30, failed=1)
        results = [json.loads(l) for l in (await client.get(f'{to}/results', headers=north)).text.splitlines()]
        assert len({r['listing_id'] for r in results}) == 31 and {r['merchant_id'] for r in results} == {'north'}
        assert all('was not opened' in str(r['warnings']) for r in results if r['status'] == 'ok')
        errors = (await client.get(f'{to}/results?errors=true', headers=north)).text.splitlines()
        assert len(errors) == 1 and 'your file' in errors[0]
    with_app(test, SteadyEngine(0.02, concurrency=2), jobs=tmp_path/'jobs')


def test_readiness_asks_and_metrics_count():
    async def test(client, service, north, south):
        assert (await client.get('/readyz')).json()['engine'] == 'steady'
        await client.post('/v1/predictions', json=MUG, headers=north)
        text = (await client.get('/metrics')).text
        assert 'shopvision_predictions_total{engine="steady",status="ok"} 1.0' in text and 'route="/v1/predictions",status="200"' in text
    with_app(test)


def test_too_often_is_told_with_when_to_come_back():
    from shopvision.serving.edge import EdgeLimits

    async def test(client, service, north, south):
        answers = [(await client.post('/v1/predictions', json=MUG, headers=north)) for _ in range(4)]
        assert [a.status_code for a in answers] == [200, 200, 200, 429] and int(answers[-1].headers['retry-after']) >= 1
        assert (await client.post('/v1/predictions', json=MUG, headers=south)).status_code == 200
    with_app(test, limits=EdgeLimits(rate=0.1, burst=3))


def test_a_listing_that_changed_is_predicted_anew_where_a_rule_says_so():
    async def test(client, service, north, south):
        first = (await client.post('/v1/refresh', json=MUG | dict(price=10), headers=north)).json()
        assert first['decision']['rule'] == 'new' and first['prediction']['status'] == 'ok'
        engine = service.cascade.predictors[0].engine
        before = engine.asked
        same = (await client.post('/v1/refresh', json=MUG | dict(price=12), headers=north)).json()
        assert same['decision']['why'] == 'not refreshed: only price changed' and engine.asked == before
        assert same['prediction']['prediction_id'] == first['prediction']['prediction_id']
        assert service.store.get_listings([('north', 'mug-1')])['north', 'mug-1'].extra == dict(price=12)
        await client.post(f'/v1/predictions/{first["prediction"]["prediction_id"]}/feedback', json=dict(action='accept', field='category'), headers=north)
        other = (await client.post('/v1/refresh', json=MUG | dict(title='A set of six glasses'), headers=north)).json()
        assert other['decision']['act'] == 'predict' and other['decision']['held'] == ['category'] and engine.asked > before
        assert (await client.post('/v1/refresh', json=MUG, headers=south)).json()['decision']['rule'] == 'new'
    with_app(test)


def test_logs_hold_nothing_that_a_merchant_wrote(caplog):
    import logging
    caplog.set_level(logging.DEBUG)
    logging.getLogger('aiosqlite').setLevel(logging.INFO)
    async def test(client, service, north, south):
        secret = 'SECRET-WORD'
        await client.post('/v1/predictions', json=dict(id='m', title=secret, description=secret, images=['data:image/png;base64,AAAA']), headers=north)
        await client.post('/v1/predictions', content=f'{{"id": "{secret}"', headers=north | {'Content-Type': 'application/json'})
        p = (await client.post('/v1/predictions', json=MUG, headers=north)).json()
        await client.post(f'/v1/predictions/{p["prediction_id"]}/feedback', json=dict(action='correct', field='color', value=[secret]), headers=north)
        said = '\n'.join(r.getMessage() for r in caplog.records if not r.name.startswith('httpx'))
        assert secret not in said, said
    with_app(test, SteadyEngine(fails=0.5))


def test_a_plain_photo_goes_as_it_is_where_the_server_shrinks_and_one_with_notes_does_not():
    class Keep(SteadyEngine):
        got = ()
        async def complete(self, request):
            parts = [part for m in request.messages if isinstance(m['content'], list) for part in m['content']]
            self.got = [part['image_url']['url'] for part in parts if part['type'] == 'image_url']
            return await super().complete(request)
    engine, exif = Keep(), Image.Exif()
    exif[0x010e] = 'where it was taken'
    def photo(**options):
        Image.new('RGB', (900, 600), 'teal').save(out := io.BytesIO(), 'JPEG', **options)
        return 'data:image/jpeg;base64,' + base64.b64encode(out.getvalue()).decode()
    async def test(client, service, north, south):
        assert (await client.post('/v1/predictions', json=dict(id='a', images=[photo()]), headers=north)).json()['status'] == 'ok'
        assert engine.got == [photo()]
        assert (await client.post('/v1/predictions', json=dict(id='b', images=[photo(exif=exif)]), headers=north)).json()['status'] == 'ok'
        assert b'where it was taken' not in base64.b64decode(engine.got[0].split(',')[1])
        assert (await client.post('/v1/predictions', json=dict(id='c', title='Mug', images=[photo()[:-400]]), headers=north)).json()['warnings']
    with_app(test, engine, image_side=0)
