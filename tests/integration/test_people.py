"Sign-in through an identity provider, one that signs with keys of its own; and with a local file"
import asyncio
import base64
import hashlib
import json
import time
from urllib.parse import parse_qs, urlparse

import httpx
import pytest

pytest.importorskip('joserfc')
from joserfc import jwt  # noqa: E402
from joserfc.jwk import RSAKey  # noqa: E402
from steady import steady_app  # noqa: E402

from shopvision.serving.people import Oidc, OidcConfig, People, PeopleError, add_person, read_people  # noqa: E402

ISSUER = 'https://id.example'


class Provider:
    "An identity provider as a transport; `claims` changes what it says, `key` what it signs with"
    def __init__(self):
        self.key = self.published = RSAKey.generate_key(2048, parameters=dict(kid='k1', alg='RS256', use='sig'))
        self.claims, self.codes = {}, {}

    def grant(self, address: str) -> dict:
        "What the browser brings back after somebody signed in there"
        asked = {k: v[0] for k, v in parse_qs(urlparse(address).query).items()}
        assert asked['response_type'] == 'code' and asked['code_challenge_method'] == 'S256'
        self.codes['c-1'] = asked
        return dict(code='c-1', state=asked['state'])

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith('openid-configuration'):
            return httpx.Response(200, json=dict(issuer=ISSUER, jwks_uri=f'{ISSUER}/keys', token_endpoint=f'{ISSUER}/token',
                                                 authorization_endpoint=f'{ISSUER}/authorize'))
        if path == '/keys': return httpx.Response(200, json=dict(keys=[self.published.as_dict(private=False)]))
        form = {k: v[0] for k, v in parse_qs(request.content.decode()).items()}
        asked = self.codes.pop(form['code'], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form['code_verifier'].encode()).digest()).rstrip(b'=').decode()
        if not asked or asked['code_challenge'] != challenge: return httpx.Response(400, json=dict(error='invalid_grant'))
        claims = dict(iss=ISSUER, aud='shop', sub='u-1', email='lea@example.com', groups=['leads'], nonce=asked['nonce'], exp=int(time.time()) + 60)
        claims |= self.claims
        token = jwt.encode(dict(alg='RS256', kid='k1'), claims, self.key)
        return httpx.Response(200, json=dict(access_token='a', token_type='Bearer', id_token=token))


CONFIG = OidcConfig(ISSUER, 'shop', 'secret', dict(review=('annotators', 'leads'), lead=('leads',)))


def sign_in(provider, spoil=lambda ticket, said: None):
    async def work():
        oidc = Oidc(CONFIG, httpx.MockTransport(provider))
        address, ticket = await oidc.begin('https://shop.example/back')
        said = provider.grant(address)
        spoil(ticket, said)
        return await oidc.end(ticket, said, 'https://shop.example/back')
    return asyncio.run(work())


def test_groups_become_roles():
    person = sign_in(Provider())
    assert (person.name, person.roles, person.via) == ('lea@example.com', ('review', 'lead'), 'oidc')


@pytest.mark.parametrize(('claims', 'says'), [
    (dict(iss='https://evil.example'), 'does not hold'), (dict(aud='another'), 'does not hold'), (dict(nonce='old'), 'does not hold'),
    (dict(exp=1), 'does not hold'), (dict(groups=['sales']), 'ask for one of the groups annotators, leads')])
def test_a_token_that_is_not_for_us_lets_nobody_in(claims, says):
    provider = Provider()
    provider.claims = claims
    with pytest.raises(PeopleError, match=says): sign_in(provider)


def test_a_token_signed_by_somebody_else():
    provider = Provider()
    provider.key = RSAKey.generate_key(2048, parameters=dict(kid='k1', alg='RS256', use='sig'))
    with pytest.raises(PeopleError, match='does not hold'): sign_in(provider)


def test_another_browsers_answer_and_a_refusal():
    with pytest.raises(PeopleError, match='another sign-in'): sign_in(Provider(), lambda t, said: said.update(state='x'))
    with pytest.raises(PeopleError, match='does not hold'): sign_in(Provider(), lambda t, said: t.update(verifier='x'*60))
    with pytest.raises(PeopleError, match='access_denied'): sign_in(Provider(), lambda t, said: said.update(error='access_denied'))


def test_through_the_pages(monkeypatch):
    provider = Provider()
    monkeypatch.setattr('shopvision.serving.people.Oidc.__init__',
                        lambda self, config, transport=None: self.__dict__.update(config=config, transport=httpx.MockTransport(provider), known={}))
    async def work():
        app, service = steady_app(people=People(oidc=CONFIG))
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url='http://test') as client:
            assert 'your organisation' in (await client.get('/review/login')).text
            away = await client.get('/review/oidc')
            back = await client.get('/review/oidc/back', params=provider.grant(away.headers['location']))
            assert (back.status_code, back.headers['location']) == (303, '/review/in')
            assert (await client.get('/review')).status_code == 200 and (await client.get('/review/lead')).status_code == 200
            assert (await client.get('/review/audit')).status_code == 403
            again = await client.get('/review/oidc/back', params=dict(code='c-1', state='x'))
            assert again.status_code == 403
            log = [(e.actor, e.body['what']) for e in service.store.read('audit') if e.key == 'login']
            assert log == [('lea@example.com', 'signed in'), ('unknown', 'was refused')]
    asyncio.run(work())


def test_a_local_file_and_its_mistakes(tmp_path, monkeypatch):
    file = tmp_path/'people.yml'
    add_person(file, 'anna', 'a long password', ['review'])
    assert file.stat().st_mode & 0o077 == 0 and 'a long password' not in file.read_text()
    async def work():
        app, _ = steady_app(people=read_people(file))
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url='http://test') as client:
            assert (await client.post('/review/login', data=dict(name='anna', key='wrong'))).status_code == 403
            assert (await client.post('/review/login', data=dict(name='anna', key='a long password'))).status_code == 303
            assert (await client.get('/review')).status_code == 200
            assert (await client.post('/review/tasks/x/vote', data=dict(choice='none'))).status_code == 403  # without the form's token
            assert (await client.get('/review/lead')).status_code == 403
    asyncio.run(work())
    for content, says in ((dict(people=[dict(name='x', password='plain', roles=[])]), 'not hashed'), (dict(people=[dict(name='x')]), 'are needed'),
                          (dict(oidc=dict(issuer='i')), 'lacks client_id'),
                          (dict(oidc=dict(issuer='i', client_id='c', client_secret_env='NOT_THERE', roles={})), 'NOT_THERE')):
        file.write_text(json.dumps(content))
        with pytest.raises(PeopleError, match=says): read_people(file)


def test_nobody_tries_out_passwords_by_the_thousand(tmp_path):
    async def work():
        app, _ = steady_app()
        transport = httpx.ASGITransport(app, raise_app_exceptions=True)
        async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url='http://test') as client:
            statuses = [(await client.post('/admin/login', data=dict(key=f'sv_x_{i}'))).status_code for i in range(70)]
            assert statuses[:60] == [403]*60 and statuses[-1] == 429
    asyncio.run(work())
