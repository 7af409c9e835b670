"The reviewers' pages in a real browser: a task by keyboard alone, a dispute, a batch; nothing for axe to find"
import time

import pytest
from test_admin import chromium, photo, site, sync, violations  # noqa: F401

from shopvision.feedback.events import feedback_event
from shopvision.listing import Listing
from shopvision.serving.keys import make_key
from shopvision.understanding.baselines import LetterPredictor

TITLES = ['Blue ceramic mug', 'Kitchen knife with a wooden handle', 'Water gun, green', 'Garden hose 20 m']


@pytest.fixture(scope='module')
def reviewed(site):  # noqa: F811
    "The site with feedback in it, old enough to be sampled, and keys of three people"
    service = site[1]
    tree = service.taxonomy
    predictor = LetterPredictor(tree)
    hose = next(i for i in tree.leaves if 'Hose' in tree.path(i))
    for i, title in enumerate(TITLES):
        listing = Listing(f'r-{i}', title, '<p onclick="alert(1)">Well <script>alert(1)</script>made</p>', (photo(),), f'shop-{i}')
        p = predictor.predict(listing)
        service.store.put_listings([listing])
        service.store.put_many([p])
        event = feedback_event(p, 'correct', 'category', tree, hose)
        service.store.append([type(event)(**{**event.__dict__, 'id': f'01AAAAAAAAAAAAAAAAAAAAAA{i:02d}'})])
    roles = dict(anna=['review'], ben=['review'], lea=['review', 'lead', 'admin'], max=['review', 'lead'])
    return {name: make_key(service.store, scopes=scopes, name=name) for name, scopes in roles.items()}, hose


def enter(chromium, site, key, **options):  # noqa: F811
    page = chromium.new_context(**options).new_page()
    page.problems = []
    page.on('pageerror', lambda e: page.problems.append(str(e)))
    page.on('console', lambda m: page.problems.append(m.text) if m.type == 'error' else None)
    page.goto(f'{site[0]}/review/login')
    page.fill('#key', key)
    page.keyboard.press('Enter')
    page.wait_for_url('**/review')
    return page


def test_tasks_by_keyboard_and_what_becomes_of_them(chromium, site, reviewed):  # noqa: F811
    keys, _ = reviewed
    anna = enter(chromium, site, keys['anna'], viewport=dict(width=390, height=800))
    seen = []
    for _ in TITLES:
        seen.append(anna.inner_text('section[aria-labelledby=evidence] .value'))
        labels = anna.locator('.choices label').all_inner_texts()
        number = next(i for i, text in enumerate(labels, 1) if ('Hose' in text) == ('hose' in seen[-1]))
        assert violations(anna) == []
        anna.keyboard.press(str(number))
        anna.keyboard.press('Enter')
        anna.wait_for_function('t => !document.querySelector("section[aria-labelledby=evidence] .value") || '
                               'document.querySelector("section[aria-labelledby=evidence] .value").innerText != t', arg=seen[-1])
    assert sorted(seen) == sorted(TITLES) and 'Nothing waits' in anna.inner_text('main')
    assert anna.problems == []

    reviews = site[1].store  # the hose is settled by anna and its merchant; the sensitive ones wait for a second person
    ben = enter(chromium, site, keys['ben'], viewport=dict(width=768, height=1000))
    left = ben.inner_text('main')
    assert 'Waiting for you: ' in left
    while 'Nothing waits' not in ben.inner_text('main'):
        title = ben.inner_text('section[aria-labelledby=evidence] .value')
        if 'knife' in title.lower(): ben.keyboard.press('s')
        else: ben.keyboard.press('0'); ben.fill('#reason', 'too blurred'); ben.click('#vote button.main')
        ben.wait_for_function('t => document.querySelector("main").innerText.includes("Nothing waits") || '
                              'document.querySelector("section[aria-labelledby=evidence] .value").innerText != t', arg=title)
    assert {e.body['reason'] for e in reviews.read('vote') if e.actor == 'ben'} <= {'too blurred'}
    assert [e.actor for e in reviews.read('skip')] == ['ben']


def test_a_lead_sees_agreement_and_moves_batches(chromium, site, reviewed):  # noqa: F811
    keys, _ = reviewed
    lea = enter(chromium, site, keys['lea'], viewport=dict(width=1280, height=900))
    lea.goto(f'{site[0]}/review/lead')
    assert 'settled' in lea.inner_text('main') and 'anna' in lea.inner_text('main')
    lea.click('text=Propose what is vetted')
    lea.wait_for_selector('.batch')
    lea.click('.batch button:has-text("Approve")')
    assert 'somebody else approves it' in lea.inner_text('[role=alert]')
    other = enter(chromium, site, keys['max'])
    other.goto(f'{site[0]}/review/lead')
    other.click('.batch button:has-text("Approve")')
    other.wait_for_selector('.batch button:has-text("Undo")')
    assert violations(other) == []
    other.click('.batch a')
    other.wait_for_selector('table')
    assert 'Hose' in other.inner_text('table') and violations(other) == []
    other.goto(f'{site[0]}/review/lead')
    other.fill('.batch input[name=reason]', 'guideline misread')
    other.click('.batch button:has-text("Undo")')
    other.wait_for_function('document.querySelector(".batch").innerText.includes("undone")')
    lea.goto(f'{site[0]}/review/audit')
    log = lea.inner_text('table')
    assert all(word in log for word in ('looked at', 'proposed', 'approve', 'undo', 'signed in')) and violations(lea) == []


def test_roles_are_held(chromium, site, reviewed):  # noqa: F811
    keys, _ = reviewed
    anna = enter(chromium, site, keys['anna'])
    for path in ('/review/lead', '/review/audit'): assert anna.goto(site[0] + path).status == 403
    page = chromium.new_context().new_page()
    page.goto(f'{site[0]}/review')
    assert page.url.endswith('/review/login') and violations(page) == []
    page.fill('#key', site[2][0])  # a merchant's key
    page.keyboard.press('Enter')
    page.wait_for_selector('[role=alert]')
    assert page.url.endswith('/review/login')


def test_a_task_without_scripts(chromium, site, reviewed):  # noqa: F811
    keys, _ = reviewed
    page = chromium.new_context(java_script_enabled=False, locale='ar').new_page()
    page.goto(f'{site[0]}/review/login')
    page.fill('#key', keys['max'])
    page.click('button.main')
    if page.locator('#vote').count():
        before = page.inner_text('section[aria-labelledby=evidence] .value')
        page.click('#skip-task button')
        time.sleep(0.2)
        assert not page.locator('#vote').count() or page.inner_text('section[aria-labelledby=evidence] .value') != before
    assert page.get_attribute('html', 'dir') == 'rtl'
