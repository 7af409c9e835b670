"The console script, as people and schedulers use it"
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))
from fake_server import FakeServer  # noqa: E402

ANSWER1 = '{"category": "Furniture > Sofas", "simplified_description": "A sofa.", "image_description": null, "brand": null, "is_secondhand": false}'


def answer(payload): return ANSWER1 if 'What is this product?' in str(payload['messages'][-1]) else '{}'


def shopvision(*args, check=None, **kwargs):
    "Run the console script"
    r = subprocess.run([sys.executable, '-m', 'shopvision', *map(str, args)], capture_output=True, text=True, timeout=120, **kwargs)
    if check is not None: assert r.returncode == check, (r.returncode, r.stdout[-800:], r.stderr[-800:])
    return r


@pytest.fixture
def server():
    with FakeServer(answer=answer) as s: yield s


@pytest.fixture
def shop(tmp_path):
    path = tmp_path/'shop.jsonl'
    path.write_text(''.join(json.dumps({'id': f's-{i}', 'title': f'Sofa number {i}'}) + '\n' for i in range(12)))
    return path


def results(path): return [json.loads(line) for line in path.read_text().splitlines()]


def test_help_names_the_commands():
    out = shopvision('--help', check=0).stdout
    assert all(c in out for c in ('taxonomy', 'correct', 'predict', 'engines', 'run', 'demo'))


def test_correct_shows_candidates_and_why():
    r = shopvision('correct', 'Apparel & Accessories > Watches > Smartwatch', '--taxonomy', 'starter', '--json', check=0)
    found = json.loads(r.stdout)
    assert 'Smart' in found['path'] and found['kind'] == 'fuzzy' and len(found['candidates']) > 1 and found['taxonomy'].startswith('starter')


def test_correct_says_when_nothing_is_near(): assert shopvision('correct', 'qqqq zzzz 😀', '--taxonomy', 'starter').returncode == 1


def test_a_file_is_predicted_and_the_second_call_does_nothing_again(server, shop, tmp_path):
    args = ('predict', shop, '--engine', f'openai:{server.url}', '--out', tmp_path/'out.jsonl', '--taxonomy', 'starter')
    shopvision(*args, check=0)
    asked = len(server.requests)
    assert {r['listing_id'] for r in results(tmp_path/'out.jsonl')} == {f's-{i}' for i in range(12)}
    second = shopvision(*args, '--json', check=0)
    assert json.loads(second.stdout)['skipped'] == 12 and len(server.requests) == asked


def test_a_bad_line_is_reported_and_the_others_go_on(server, shop, tmp_path):
    shop.write_text(shop.read_text() + '{"id": "broken\n' + '{"id": "s-99", "title": "Sofa"}\n')
    r = shopvision('predict', shop, '--engine', f'openai:{server.url}', '--out', tmp_path/'out.jsonl', '--taxonomy', 'starter')
    got = results(tmp_path/'out.jsonl')
    assert r.returncode == 1 and len(got) == 14 and sum(x['status'] == 'failed' for x in got) == 1
    assert 'broken' in next(x for x in got if x['status'] == 'failed')['raw']['input']


def test_an_engine_that_is_down_fails_every_listing_and_a_later_run_mends_it(server, shop, tmp_path):
    out, tail = tmp_path/'out.jsonl', ('--out', tmp_path/'out.jsonl', '--taxonomy', 'starter')
    server.mode = '500'
    engine = f'openai:{server.url}?attempts=1'
    assert shopvision('predict', shop, '--engine', engine, *tail).returncode == 1
    assert {x['status'] for x in results(out)} == {'failed'} and all(x['retryable'] for x in results(out))
    server.mode = 'ok'
    shopvision('predict', shop, '--engine', engine, *tail, check=0)
    assert {x['status'] for x in results(out)} == {'ok'} and len(results(out)) == 12


def test_results_of_another_model_are_not_mixed(server, shop, tmp_path):
    tail = ('--out', tmp_path/'out.jsonl', '--taxonomy', 'starter')
    shopvision('predict', shop, '--engine', f'openai:{server.url}?model=fake-vl', *tail, check=0)
    r = shopvision('predict', shop, '--engine', f'openai:{server.url}?model=other', *tail)
    assert r.returncode == 2 and 'fake-vl' in r.stderr and 'other' in r.stderr


def test_a_full_disk_keeps_what_was_written_and_the_next_run_goes_on(server, shop, tmp_path):
    args = ('predict', shop, '--engine', f'openai:{server.url}', '--out', tmp_path/'out.jsonl', '--taxonomy', 'starter', '--concurrency', '1')
    r = shopvision(*args, preexec_fn=lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN), resource.setrlimit(resource.RLIMIT_FSIZE, (2500, 2500))))
    assert r.returncode == 1 and 'which are safe' in r.stderr, r.stderr
    assert (tmp_path/'out.jsonl').stat().st_size <= 2500
    shopvision(*args, check=0)
    assert sorted(x['listing_id'] for x in results(tmp_path/'out.jsonl')) == sorted(f's-{i}' for i in range(12))


def test_ctrl_c_in_the_middle_loses_nothing_and_the_next_run_goes_on(server, shop, tmp_path):
    server.mode, server.delay = 'slow', 0.3
    out = tmp_path/'out.jsonl'
    args = ('predict', shop, '--engine', f'openai:{server.url}', '--out', out, '--taxonomy', 'starter', '--concurrency', '2')
    process = subprocess.Popen([sys.executable, '-m', 'shopvision', *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))  # a shell's background jobs start with it ignored
    for _ in range(300):
        if out.exists() and len(out.read_text().splitlines()) >= 3: break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130 and 'interrupted' in err, err
    before = {x['listing_id'] for x in results(out)}
    assert 3 <= len(before) < 12
    server.mode = 'ok'
    asked = len(server.requests)
    shopvision(*args, check=0)
    assert len(results(out)) == 12 and len(server.requests) - asked <= 2*(12 - len(before))


@pytest.mark.parametrize('args, code', [
    (('predict',), 2), (('predict', 'missing.jsonl'), 2), (('predict', '--title', 'x', '--engine', 'abacus'), 2), (('taxonomy', 'use', '2031-01'), 2),
    (('taxonomy', 'show', 'nothing'), 2), (('run', 'nothing'), 2),
    (('run', 'bulk_predict', '-p', 'nonsense=1'), 2), (('run', 'bulk_predict', '-p', 'limit=many'), 2),
    (('predict', '--title', 'x', '--engine', 'openai:http://127.0.0.1:9/v1?attempts=1&model=m'), 3), (('demo', '--folder', 'missing'), 2),
    (('demo', '--limit', '1', '--engine', 'openai:http://127.0.0.1:9/v1?attempts=1&model=m'), 3), (('predict', 'x.jsonl', '--concurrency', '-1'), 2),
    (('taxonomy', 'search', 'zebra', '--json'), 1)])
def test_exit_codes_mean_something(args, code, tmp_path):
    r = shopvision(*args, cwd=tmp_path, env={**os.environ, 'SHOPVISION_ROOT': str(Path(__file__).parents[2])})
    assert r.returncode == code, (r.returncode, r.stderr[-600:])
    assert 'Traceback' not in r.stderr and r.stderr.strip()


def test_one_listing_by_flags_as_json(server):
    r = shopvision('predict', '--title', 'Sofa', '--description', '<b>soft</b>', '--engine', f'openai:{server.url}', '--taxonomy', 'starter', '--json', check=0)
    assert json.loads(r.stdout)['category']['path'] == 'Furniture > Sofas & Sectionals' or json.loads(r.stdout)['category']['path'].startswith('Furniture')


def test_demo_of_a_folder_writes_a_page_that_holds_its_pictures(server, tmp_path):
    from PIL import Image
    Image.new('RGB', (60, 40), 'blue').save(tmp_path/'blue sofa.png')
    (tmp_path/'torn.jpg').write_bytes(b'\xff\xd8\xff torn')
    shopvision('demo', '--folder', tmp_path, '--engine', f'openai:{server.url}', '--taxonomy', 'starter', '--out', tmp_path/'page'/'index.html', check=0)
    page = (tmp_path/'page'/'index.html').read_text()
    assert 'data:image/jpeg' in page and 'http://' not in page and 'torn.jpg' in page
