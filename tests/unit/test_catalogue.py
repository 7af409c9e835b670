"The public yardstick: read in every form it comes in, refused where a row is short, scored as its own program scores it"
import base64
import json
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from shopvision.evaluation.catalogue import COLUMNS, Entry, catalogue_scores, measure_catalogue, read_catalogue, without_candidates
from shopvision.listing import Listing
from shopvision.records import SourceError
from shopvision.understanding.candidates import given_candidates
from shopvision.understanding.predict import PredictConfig, Predictor
from shopvision.understanding.prediction import CategoryChoice, Prediction


@pytest.fixture(scope='module')
def entries(data): return read_catalogue(data/'product_catalogue.jsonl')


@pytest.fixture(scope='module')
def rows(data): return [json.loads(line) for line in (data/'product_catalogue.jsonl').read_text('utf8').splitlines()]


def write(path, rows): path.write_text(''.join(json.dumps(r) + '\n' for r in rows)); return path


def answer(e, path, brand=None, used=None):
    return Prediction('p', e.listing.id, category=CategoryChoice('c', path, .9) if path else None, brand=brand, is_secondhand=used)


def test_every_form_gives_the_same_rows(entries, rows, tmp_path):
    datasets = pytest.importorskip('datasets')
    pictures = [dict(bytes=base64.b64decode(r['product_image'].partition(',')[2]), path=None) for r in rows]
    made = datasets.Dataset.from_list([{**r, 'product_image': p} for r, p in zip(rows, pictures)]).cast_column('product_image', datasets.Image())
    made.save_to_disk(tmp_path/'saved')
    made.to_parquet(tmp_path/'test-00000-of-00001.parquet')
    for source in (tmp_path/'saved', tmp_path/'test-00000-of-00001.parquet'):
        found = read_catalogue(source)
        assert [replace(e, listing=None) for e in found] == [replace(e, listing=None) for e in entries]
        assert [e.listing.images[0] for e in found] == [p['bytes'] for p in pictures]
        assert [given_candidates(e.listing) for e in found] == [e.candidates for e in entries]


def test_the_public_name_asks_the_hub_for_its_test_split(entries, rows, monkeypatch):
    datasets = pytest.importorskip('datasets')
    asked = []
    def load(name, split, streaming):
        asked.append((name, split))
        return datasets.Dataset.from_list(rows, split=split)
    monkeypatch.setattr(datasets, 'load_dataset', load)
    assert [e.category for e in read_catalogue(limit=5)] == [e.category for e in entries[:5]]
    assert asked == [('Shopify/product-catalogue', 'test')]


def test_pictures_may_lie_beside_the_file(rows, tmp_path):
    (tmp_path/'a.jpg').write_bytes(b'x')
    one, = read_catalogue(write(tmp_path/'few.jsonl', [rows[0] | dict(product_image='a.jpg')]))
    assert one.listing.images == (str(tmp_path/'a.jpg'),)


@pytest.mark.parametrize('column', COLUMNS)
def test_a_column_short_is_named_with_those_that_are_there(rows, tmp_path, column):
    file = write(tmp_path/'short.jsonl', [rows[0], {k: v for k, v in rows[1].items() if k != column}])
    with pytest.raises(SourceError, match=f"row 1 of short: there is no column '{column}'") as e: read_catalogue(file)
    assert all(c in str(e.value).partition('here are')[2] for c in COLUMNS if c != column)


@pytest.mark.parametrize(('change', 'says'), [
    (dict(ground_truth_category=None), 'ground_truth_category is None'), (dict(ground_truth_category=' '), 'cannot be scored'),
    (dict(ground_truth_is_secondhand=None), 'has to be true or false'), (dict(ground_truth_is_secondhand='yes'), "'yes'"),
    (dict(potential_product_categories='Toys > Balls'), 'list of category paths'), (dict(potential_product_categories=[1]), 'list of category paths'),
    (dict(product_title={'en': 'Mug'}), 'row 0 of odd: listing odd-0: title should be text')])
def test_a_row_that_cannot_be_used_stops_the_reading(rows, tmp_path, change, says):
    with pytest.raises(SourceError) as e: read_catalogue(write(tmp_path/'odd.jsonl', [rows[0] | change]))
    assert says in str(e.value)


def test_files_that_are_none(tmp_path):
    (tmp_path/'a.jsonl').write_text('{"product_title": \n')
    (tmp_path/'b.jsonl').write_text('[1]\n')
    (tmp_path/'c.jsonl').write_text('\n')
    for name, says in (('a', 'line 1: is no JSON'), ('b', 'not list'), ('c', 'has no rows'), ('d', 'does not exist')):
        with pytest.raises(SourceError, match=says): read_catalogue(tmp_path/f'{name}.jsonl')


def test_missing_candidates_and_brand_are_no_error(rows, tmp_path):
    one, = read_catalogue(write(tmp_path/'few.jsonl', [rows[0] | dict(potential_product_categories=None, ground_truth_brand=None)]))
    assert (one.candidates, one.brand) == ((), '')
    assert catalogue_scores([one], [answer(one, one.category)])['brand'] == 1


NAMES = st.sampled_from(['Toys', 'Balls', ' Shoes', 'Shoes', 'Baby'])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(' > '.join)


BRANDS = st.sampled_from(['Acme', 'ACME ', 'Acmes', None])


@settings(deadline=None)  # the bootstrap's first call is slow
@given(st.lists(st.tuples(st.one_of(st.just(''), PATHS), PATHS, BRANDS, st.booleans(), st.booleans()), min_size=1, max_size=20))
def test_scores_are_what_plain_loops_say(answers):
    entries = [Entry(Listing(f'l{i}'), t, (), 'Acme', used) for i, (_, t, _, _, used) in enumerate(answers)]
    got = catalogue_scores(entries, [answer(e, s, b, u) for e, (s, _, b, u, _) in zip(entries, answers)][::-1], times=5)
    shared = said = true = 0
    for s, t, *_ in answers:
        b = [l.strip() for l in t.split(' > ')]
        a = [l.strip() for l in s.split(' > ')] if s else ['?'] * len(b)
        shared += next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
        said += len(a); true += len(b)
    p, r = shared / said, shared / true
    assert got['hF'] == pytest.approx(2 * p * r / (p + r) if shared else 0)
    assert got['brand'] == pytest.approx(np.mean([fuzz.ratio((b or '').strip().lower(), 'acme') > 90 for _, _, b, _, _ in answers]))
    both, yes = sum(u and v for *_, u, v in answers), sum(u + v for *_, u, v in answers)
    assert got['secondhand_f1'] == pytest.approx(2 * both / yes if yes else 0)


def test_second_hand_f1_is_sklearns(entries):
    f1_score = pytest.importorskip('sklearn.metrics').f1_score
    rng = random.Random(1)
    said = [rng.random() < .4 for _ in entries]
    got = catalogue_scores(entries, [answer(e, e.category, e.brand, u) for e, u in zip(entries, said)], times=5)
    assert got['secondhand_f1'] == pytest.approx(f1_score([e.is_secondhand for e in entries], said))


def test_a_listing_without_a_prediction_is_named(entries):
    some = [answer(e, e.category) for e in entries[1:]]
    with pytest.raises(ValueError, match=f"listing '{entries[0].listing.id}' has no prediction"): catalogue_scores(entries, some)


def test_a_failed_prediction_counts_and_its_coin_has_a_seed(entries):
    failed = [Prediction('p', e.listing.id, status='failed') for e in entries]
    one = catalogue_scores(entries, failed, seed=3)
    assert (one['hF'], one['brand'], one['unanswered']) == (0, 0, 1)
    assert one == catalogue_scores(entries, failed, seed=3)
    assert len({catalogue_scores(entries, failed, seed=s, times=5)['secondhand_f1'] for s in range(8)}) > 1


class Choosing:
    "Takes the last of the candidates it was shown"
    name, model, concurrency = 'choosing', 'c-1', 4

    async def complete(self, request):
        from shopvision.understanding.engines.base import Reply
        text = str(request.messages)
        shown = [p for p in self.paths if p in text]
        last = max(shown, key=lambda p: (text.rfind(p), len(p))) if shown else 'Services'
        return Reply(json.dumps(dict(category=last, simplified_description='x', image_description=None, brand='A', is_secondhand=False)))

    async def close(self): pass


def test_closed_shows_the_candidates_and_open_does_not(entries, starter):
    engine = Choosing()
    engine.paths = starter.paths
    p = Predictor(engine, starter, PredictConfig(attributes=(), candidates=0, rescore=1.0))
    closed, free = (measure_catalogue(p, entries, closed) for closed in (True, False))
    assert closed['outside'] == 0 and free['outside'] > .9
    assert closed['candidates'] == 'closed' and closed['produced_by']['model'] == 'c-1'
    assert given_candidates(without_candidates(entries[0].listing)) == ()


def test_from_the_fixture_to_a_score_with_the_model_that_ships(entries, starter):
    pytest.importorskip('torch')
    from shopvision.understanding.engines.embedded import EmbeddedEngine
    p = Predictor(EmbeddedEngine(threads=1), starter, PredictConfig(attributes=()))
    for closed in (True, False):
        got = measure_catalogue(p, entries, closed)
        assert got['n'] == 12 and got['unanswered'] == 0 and got['unknown_truth'] == 0 and got['produced_by']['taxonomy'] == starter.version
        assert got['hF_low'] <= got['hF'] <= got['hF_high']
        if closed: assert got['hF'] > .9 and got['outside'] < .5, 'the retriever ranks the candidates that are given'



@pytest.mark.parametrize('weight', (.1, 1.))
def test_a_model_learns_candidates_in_the_order_in_which_it_is_asked(entries, starter, weight):
    from shopvision.data.build import Golden
    from shopvision.training.exchanges import ExchangeConfig, converse
    class Recorder(Choosing):
        asked = None
        async def complete(self, request):
            self.asked = self.asked or request
            return await super().complete(request)
    engine = Recorder()
    engine.paths = starter.paths
    p = Predictor(engine, starter, PredictConfig(fields=('category',), attributes=(), rescore=weight))
    for e in entries[:4]:
        engine.asked = None
        p.predict(e.listing)
        golden = Golden(e.listing, starter.by_path[e.category], {'category': 'authors'})
        assert converse(golden, p, ExchangeConfig(whole=1., attributes=False))[0].request.messages == engine.asked.messages
