"What search, tax and compliance rely on: schemas that do not change unnoticed, messages that keep to them, a feed that loses nothing"
import asyncio
import hashlib
import json

import httpx
import jsonschema
import pytest

pytest.importorskip('fastapi')
from steady import keys_for, steady_app  # noqa: E402

from shopvision.serving.consumers import SCHEMAS, changes, load_tax_table  # noqa: E402
from shopvision.serving.keys import make_key  # noqa: E402
from shopvision.taxonomy.releases import load_folder  # noqa: E402

# A schema with another digest is another version: name it v2, and serve both until every consumer has moved.
DIGESTS = dict(search='7cca9d00efd0', tax='76bc824610f8', compliance='4f8344d464c2')


def test_schemas_change_only_with_their_version():
    assert {n: hashlib.blake2b(json.dumps(s, sort_keys=True).encode(), digest_size=6).hexdigest() for n, s in SCHEMAS.items()} == DIGESTS


def test_messages_keep_to_their_schemas_and_none_is_lost():
    async def work():
        app, service = steady_app()
        tree, (north, south) = service.taxonomy, keys_for(service, 'north', 'south')
        ours = {'Authorization': f'Bearer {make_key(service.store, scopes=["consume"], name="tax")}'}
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url='http://test') as client:
            made = [(await client.post('/v1/predictions', json=dict(id=f'l-{i}', title=f'Mug {i}'), headers=(north, south)[i % 2])).json() for i in range(7)]
            water_gun = tree.by_path['Toys & Games > Outdoor Play > Water Guns']
            said = [dict(action='correct', field='category', value=water_gun), dict(action='delete', field='category'), dict(action='accept', field='color')]
            for p, feedback in zip(made, said):
                key = north if p['merchant_id'] == 'north' else south
                assert (await client.post(f'/v1/predictions/{p["prediction_id"]}/feedback', json=feedback, headers=key)).status_code == 201
            assert (await client.get('/v1/changes/tax', headers=north)).status_code == 403  # a merchant's key reads nobody's feed
            await asyncio.sleep(2.1)
            for name in SCHEMAS:
                schema = (await client.get(f'/v1/changes/{name}/schema', headers=ours)).json()
                seen, cursor = {}, ''
                for _ in range(20):
                    page = (await client.get(f'/v1/changes/{name}', params=dict(after=cursor, limit=3), headers=ours)).json()
                    for m in page['messages']:
                        jsonschema.validate(m, schema)
                        seen[m['merchant_id'], m['listing_id']] = m
                    if page['next'] == cursor: break
                    cursor = page['next']
                assert len(seen) == 7, name
                first, second = seen['north', 'l-0'], seen['south', 'l-1']
                assert first['category']['source'] == 'corrected' and second['category'] is None
                if name == 'compliance': assert first['sensitive']['kind'] == 'weapon'
                if name == 'tax': assert first['tax']['code'] == 'STANDARD' and second['tax'] is None
                if name == 'search': assert [a['name'] for a in first['ancestors']] == ['Toys & Games', 'Outdoor Play']
            found, _ = changes(service.store, tree, hold=0)
            assert len(found) == 7
    asyncio.run(work())


def test_the_tax_table_is_carried_to_a_real_release(shared):
    tree = load_folder(sorted((shared/'taxonomy').glob('20*'))[-1])
    table = load_tax_table(tree)
    assert len(table.rules) + len(table.unplaced) == len(load_tax_table().rules) and len(table.rules) >= 5
    wine = next(i for i in tree.ids if tree.path(i).startswith('Food, Beverages & Tobacco > Beverages > Alcoholic Beverages > '))
    assert table.code_of(wine) == 'EXCISE'
