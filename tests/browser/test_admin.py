"The merchant's page in a real browser: the whole job by mouse, by keyboard, without scripts; nothing for axe to find"
import io
import json
import re
import shutil
import threading
import time

import pytest
import uvicorn
from PIL import Image

sync = pytest.importorskip('playwright.sync_api')
axe = pytest.importorskip('axe_playwright_python.sync_playwright')
from steady import SteadyEngine, keys_for, steady_app  # noqa: E402

BROWSER = shutil.which('chromium') or shutil.which('google-chrome')


@pytest.fixture(scope='module')
def site(tmp_path_factory):
    "Address, service and the keys of two merchants"
    folder = tmp_path_factory.mktemp('site')
    app, service = steady_app(SteadyEngine(0.1), f'sqlite:///{folder}/store.db', folder/'jobs', seconds=60)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level='warning'))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started: time.sleep(0.05)
    keys = [k['Authorization'].removeprefix('Bearer ') for k in keys_for(service, 'north', 'south')]
    yield f'http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}', service, keys
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope='module')
def chromium():
    if not BROWSER: pytest.skip('Chromium is not installed (Debian: apt-get install chromium)')
    with sync.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=BROWSER, args=['--no-sandbox'])
        yield browser
        browser.close()


def log_in(chromium, site, merchant=0, **options):
    context = chromium.new_context(**options)
    context.set_default_timeout(120_000)  # a browser's first page takes its time on a machine that has just started
    page = context.new_page()
    page.problems = []
    page.on('pageerror', lambda e: page.problems.append(str(e)))
    page.on('console', lambda m: page.problems.append(m.text) if m.type == 'error' else None)
    page.goto(f'{site[0]}/admin/login')
    page.fill('#key', site[2][merchant])
    page.click('button.main')
    page.wait_for_url('**/admin')
    return page


def violations(page): return [(v['id'], v['nodes'][0]['html'][:120]) for v in axe.Axe().run(page).response['violations']]


def photo() -> bytes:
    Image.new('RGB', (80, 60), 'teal').save(out := io.BytesIO(), 'PNG')
    return out.getvalue()


def test_a_whole_job(chromium, site):
    page = log_in(chromium, site, viewport=dict(width=1280, height=900))
    page.fill('#title', 'Hand-thrown <b>mug</b> <script>alert(1)</script>')
    page.set_input_files('#photo', dict(name='mug.png', mimeType='image/png', buffer=photo()))
    page.wait_for_selector('[data-field=color]')
    assert 'Mugs' in page.inner_text('[data-field=category]')
    page.click('[data-field=color] button:has-text("Accept")')
    page.wait_for_selector('[data-field=color] .accepted')
    page.click('[data-field=material] button:has-text("Delete")')
    page.wait_for_selector('[data-field=material] .deleted')
    page.click('[data-field=category] summary')
    page.fill('#find', 'tumbler')
    page.check('#found input')
    assert violations(page) == []
    page.click('[data-field=category] .picker button.main')
    page.wait_for_selector('[data-field=category] .corrected')
    assert 'Tumblers' in page.inner_text('[data-field=category]')
    page.click('[data-field=category] button:has-text("Undo")')
    page.wait_for_selector('[data-field=category]:has-text("Mugs")')
    listing = page.url.split('/')[-1].split('?')[0]
    def said(): return [e.body['action'] for e in site[1].store.read('feedback', 'north', listing)]
    ends = time.monotonic() + 30
    while len(said()) < 4 and time.monotonic() < ends: time.sleep(0.1)  # the page shows what is undone before the server has it
    assert said() == ['accept', 'delete', 'correct', 'undo']
    page.reload()
    assert page.input_value('#title').startswith('Hand-thrown <b>') and page.is_visible('[data-shown]')
    assert page.problems == []


def test_by_keyboard(chromium, site):
    page = log_in(chromium, site)
    page.focus('#title')
    page.keyboard.type('Mug for the keyboard')
    page.keyboard.press('Enter')
    page.wait_for_selector('[data-field=color]')
    for _ in range(40):
        page.keyboard.press('Tab')
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == 'Accept: Color': break
    page.keyboard.press('Enter')
    page.wait_for_selector('[data-field=color] .accepted')
    assert page.evaluate("document.activeElement.closest('[data-field]').dataset.field") == 'color', 'the focus stays where it was'


def test_without_scripts(chromium, site):
    page = log_in(chromium, site, java_script_enabled=False)
    page.fill('#title', 'Mug without scripts')
    page.click('#listing button.main')
    page.click('[data-field=color] button:has-text("Accept")')
    assert 'You accepted this' in page.inner_text('[data-field=color]')


@pytest.mark.parametrize(('width', 'language', 'direction'), [(390, 'en', 'ltr'), (768, 'ar', 'rtl'), (1280, 'de', 'ltr')])
def test_fits_and_is_accessible(chromium, site, width, language, direction):
    page = log_in(chromium, site, viewport=dict(width=width, height=844))
    page.goto(f'{site[0]}/admin?lang={language}')
    page.fill('#title', f'Mug {width}')
    page.wait_for_selector('[data-field=color]')
    assert page.get_attribute('html', 'dir') == direction
    assert not page.evaluate('document.documentElement.scrollWidth > innerWidth')
    assert violations(page) == []
    page.context.clear_cookies()
    page.goto(f'{site[0]}/admin/login?lang={language}')
    assert violations(page) == []


def test_the_server_goes_away_and_nothing_typed_is_lost(chromium, site):
    page = log_in(chromium, site)
    page.route('**/admin/listings*', lambda r: r.abort())
    page.fill('#title', 'Mug while the train is in a tunnel')
    page.wait_for_selector('#state:has-text("cannot be reached")')
    assert page.input_value('#title') == 'Mug while the train is in a tunnel'


def test_one_merchant_never_sees_anothers_page(chromium, site):
    north, south = log_in(chromium, site, 0), log_in(chromium, site, 1)
    north.fill('#title', 'Secret mug')
    north.wait_for_selector('[data-field=color]')
    address = north.url.split('?')[0]
    for path in ('', '/picture'): assert south.request.get(address + path).status == 404
    csrf = south.get_attribute('#listing input[name=csrf]', 'value')
    form = dict(csrf=csrf, action='delete', field='category')
    assert south.request.post(address + '/feedback', form=form).status == 404
    assert 'Secret' not in south.request.get(f'{site[0]}/admin').text()
    stolen = south.request.post(address + '/feedback', form=form | dict(csrf=north.get_attribute('#listing input[name=csrf]', 'value')))
    assert stolen.status == 403, 'a token belongs to one session'
    assert north.request.post(address + '/feedback', form=dict(action='delete', field='category')).status == 403, 'no token, no change'
    assert north.request.get(address).headers['content-security-policy'].startswith("default-src 'none'")
    cookie = north.context.cookies()[0]
    assert cookie['httpOnly'] and cookie['sameSite'] == 'Strict'
    assert re.search(r'no-store', north.request.get(address).headers['cache-control'])
    assert json.dumps(site[1].store.read('feedback', 'north', address.rsplit('/', 1)[-1])[:1]) == '[]'
