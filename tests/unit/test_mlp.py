"The classical baseline: it learns, answers as `Predictor` does, and says what it cannot do"
import asyncio
import io
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip('torch')

from PIL import Image

from shopvision.corpus.listings import Example
from shopvision.corpus.written import illustrate, written
from shopvision.listing import Listing
from shopvision.readers import BadListing
from shopvision.taxonomy.tree import Taxonomy
from shopvision.training.mlp import MLPConfig, MLPPredictor, choose_category, choose_values, corpus_examples, fit_mlp, forward, read_lessons
from shopvision.understanding.carry import carry
from shopvision.understanding.correct import CategoryIndex
from shopvision.understanding.predict import EMPTY, PredictConfig
from shopvision.understanding.prediction import AttributeChoice, CategoryChoice, Prediction, prediction_from_dict, prediction_to_dict

SMALL = MLPConfig(buckets=2**13, hidden=32, vectors=False, epochs=12, batch=16, rate=1e-2)
PATHS = ('Apparel & Accessories > Clothing > Outerwear', 'Baby & Toddler > Baby Feeding', 'Sporting Goods > Exercise & Fitness', 'Home & Garden > Lighting')
COAT = Listing('c-1', 'Long wool coat', '<p>Lined, with a belt.</p>', merchant_id='m-1')


@pytest.fixture(scope='module')
def corpus(starter): return [illustrate(w, share=0) for w in written() if w.category_id in {starter.by_path[p] for p in PATHS}]


@pytest.fixture(scope='module')
def mlp(starter, corpus): return fit_mlp(corpus[::2], starter, SMALL)


def kettles(starter, n=24):
    "The title tells the colour; the category is one of two"
    paths = 'Home & Garden > Kitchen & Dining > Kitchen Appliances > Electric Kettles', 'Luggage & Bags > Casual & Business Bags > Tote Bags'
    ids = [starter.by_path[p] for p in paths]
    names, colors = ('kettle', 'tote bag'), ('Red', 'Blue', 'Black')
    return [Example(Listing(f'k{i}', f'{colors[i % 3]} {names[i % 2]}'), ids[i % 2], '', None, None, False, {'color': (colors[i % 3],)}) for i in range(n)]


def test_it_learns_what_it_was_not_shown(mlp, corpus):
    unseen = corpus[1::2]
    right = sum(mlp.predict(e.listing).category.id == e.category_id for e in unseen)
    assert right / len(unseen) > .6  # one in three, if it always named the commonest


def test_values_are_learned_beside_the_category(starter):
    p = fit_mlp(kettles(starter, 48), starter, replace(SMALL, epochs=40, attributes=1.0))
    got = p.predict(Listing('x', 'blue kettle'))
    assert got.category.path.endswith('Electric Kettles') and [(a.handle, a.values) for a in got.attributes] == [('color', ('Blue',))]
    assert 0.5 <= got.attributes[0].confidence <= 1
    assert replace(p, config=PredictConfig(attributes=())).predict(Listing('x', 'blue kettle')).attributes == ()
    assert replace(p, config=PredictConfig(attributes=('material',))).predict(Listing('x', 'blue kettle')).attributes == ()


def test_the_same_seed_gives_the_same_weights_and_another_does_not(starter):
    import torch
    before = torch.get_rng_state()
    first, again, other = (fit_mlp(kettles(starter), starter, replace(SMALL, seed=s)) for s in (0, 0, 1))
    assert torch.equal(before, torch.get_rng_state())  # nobody else's random numbers were used
    assert all(np.array_equal(first.weights[n], again.weights[n]) for n in first.weights) and first.name == again.name
    assert not np.array_equal(first.weights['dense'], other.weights['dense']) or not np.array_equal(first.weights['table'], other.weights['table'])
    assert first.name != other.name


def test_saved_is_loaded(mlp, starter, tmp_path):
    loaded = MLPPredictor.load(mlp.save(tmp_path / 'mlp'), starter)
    a, b = mlp.predict(COAT), loaded.predict(COAT)
    assert (a.category, a.attributes, a.produced_by) == (b.category, b.attributes, b.produced_by) and loaded.trained == SMALL


def test_a_loaded_network_answers_without_torch(mlp, tmp_path):
    folder = mlp.save(tmp_path / 'mlp')
    code = ('import sys; from shopvision.training.mlp import MLPPredictor; from shopvision.taxonomy.releases import load_taxonomy\n'
            'from shopvision.listing import Listing\n'
            f'print(MLPPredictor.load({str(folder)!r}, load_taxonomy("starter")).predict(Listing("1", "wool coat")).status, "torch" in sys.modules)')
    assert subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True).stdout.split() == ['ok', 'False']


def test_the_record_says_who_made_it(mlp, starter):
    p = mlp.predict(COAT)
    assert set(p.produced_by) == {'engine', 'model', 'prompt', 'taxonomy', 'decoding', 'code'}
    assert (p.produced_by['engine'], p.produced_by['model'], p.produced_by['taxonomy']) == ('mlp', mlp.name, starter.version)
    assert (p.listing_id, p.merchant_id, p.status) == ('c-1', 'm-1', 'ok') and p.fingerprint and p.time and p.prediction_id
    assert prediction_from_dict(json.loads(json.dumps(prediction_to_dict(p)))) == p


def test_confidence_and_alternatives_are_those_of_the_softmax(mlp, starter):
    c = mlp.predict(COAT).category
    scores = [a['score'] for a in c.alternatives]
    assert len(scores) == 3 and c.confidence >= scores[0] and scores == sorted(scores, reverse=True)
    assert sum(scores) + c.confidence == pytest.approx(1, abs=1e-3)  # four categories in all
    assert all(starter.path(a['id']) == a['path'] for a in c.alternatives) and c.id not in {a['id'] for a in c.alternatives}
    assert len(replace(mlp, config=PredictConfig(alternatives=1)).predict(COAT).category.alternatives) == 1


@pytest.mark.parametrize('listing', [Listing('e'), Listing('e', ' \u200b ', '<p></p>'), Listing('e', images=(b'no picture',))])
def test_a_listing_with_nothing_fails_with_the_reason_that_predictor_gives(mlp, listing):
    p = mlp.predict(listing)
    assert (p.status, p.reason, p.category, p.retryable) == ('failed', EMPTY, None, False)
    assert p.produced_by == mlp.produced_by


def test_text_of_any_kind_is_answered(mlp):
    for text in ('!!!', '🥃' * 50, 'مرحبا', 'a' * 100_000, 'half \ud83d', '<p>' * 5000):
        p = mlp.predict(Listing('x', text, text, extra={'warnings': ['cut off']}))
        assert p.status == 'ok' and p.warnings == ('cut off',) and 0 <= p.category.confidence <= 1, text[:20]


def test_streams_answer_everything_that_went_in(mlp):
    listings = [COAT, BadListing('shop.jsonl', 'line 2', 'not JSON', '{"id": '), Listing('empty'), *(Listing(f'n{i}', 'desk lamp') for i in range(20))]
    got = {p.listing_id: p for p in mlp.stream(listings)}
    assert set(got) == {'c-1', 'line 2', 'empty', *(f'n{i}' for i in range(20))}
    assert (got['line 2'].status, got['line 2'].reason) == ('failed', 'shop.jsonl, line 2: not JSON') and got['line 2'].raw['input'] == '{"id": '
    async def collect(): return [p async for p in mlp.astream(listings[:3], concurrency=1)]
    assert [p.category for p in asyncio.run(collect())] == [got['c-1'].category, None, None]
    assert asyncio.run(mlp.apredict(COAT)).category == mlp.predict(COAT).category
    with pytest.raises(ValueError, match='at least one'): list(mlp.stream(listings, concurrency=-1))


def test_pictures_are_read_where_the_config_wants_vectors(starter):
    pytest.importorskip('onnxruntime')
    def picture(color):
        buffer = io.BytesIO(); Image.new('RGB', (64, 64), color).save(buffer, 'PNG')
        return buffer.getvalue()
    taught = [replace(e, listing=Listing(e.listing.id, images=(picture('red' if i % 2 else 'blue'),))) for i, e in enumerate(kettles(starter, 32))]
    p = fit_mlp(taught, starter, replace(SMALL, vectors=True, epochs=20))
    shown = {c: p.predict(Listing(c, images=(picture(c),))) for c in ('red', 'blue')}
    assert {c: s.category.path.rsplit(' > ')[-1] for c, s in shown.items()} == {'red': 'Tote Bags', 'blue': 'Electric Kettles'}
    assert p.encoders.name in p.produced_by['prompt']
    broken = p.predict(Listing('b', 'kettle', images=(b'GIF89a, perhaps',)))
    assert broken.status == 'ok' and 'GIF' in broken.warnings[0]
    with pytest.raises(ValueError, match='reads vectors'): replace(p, encoders=None)


def test_vectors_of_another_retriever_are_refused(starter, tmp_path):
    pytest.importorskip('onnxruntime')
    fit_mlp(kettles(starter, 4), starter, replace(SMALL, vectors=True, epochs=1)).save(tmp_path)
    about = json.loads((tmp_path / 'config.json').read_text())
    (tmp_path / 'config.json').write_text(json.dumps(about | {'retriever': 'retriever-0'}))
    with pytest.raises(ValueError, match=r'retriever-0.*train it again'): MLPPredictor.load(tmp_path, starter)


def test_bad_input_is_refused(starter, mlp, tmp_path):
    with pytest.raises(ValueError, match='no example'): fit_mlp([], starter, SMALL)
    astray = replace(kettles(starter, 1)[0], category_id='sv-xx')
    with pytest.raises(ValueError, match="example 'k0': its category 'sv-xx' is not in"): fit_mlp([astray], starter, SMALL)
    for name in ('buckets', 'hidden', 'epochs', 'batch'):
        with pytest.raises(ValueError, match=name): MLPConfig(**{name: 0})
    with pytest.raises(FileNotFoundError, match='fit_mlp'): MLPPredictor.load(tmp_path, starter)
    folder = mlp.save(tmp_path / 'mlp')
    with pytest.raises(ValueError, match='which the network was trained on, is not in other/1, nor are 3 others'):
        MLPPredictor.load(folder, Taxonomy('other/1', ['a'], ['A'], [''], [[]], {}))
    about = json.loads((folder / 'config.json').read_text())
    (folder / 'config.json').write_text(json.dumps(about | {'categories': about['categories'][:-1]}))
    with pytest.raises(ValueError, match='does not belong'): MLPPredictor.load(folder, starter)


def test_rare_values_and_those_that_the_taxonomy_lacks_are_not_learned(starter):
    taught = kettles(starter, 24)
    taught[0] = replace(taught[0], attributes={'color': ('Mauve-ish',), 'no_such': ('x',)})
    lessons = read_lessons(taught, starter, replace(SMALL, rare=8), None)
    assert lessons.values == (('color', 'Black'), ('color', 'Blue')) and lessons.belongs.all()  # red is told seven times
    assert read_lessons(taught, starter, replace(SMALL, attributes=0.0), None).values == ()
    assert fit_mlp(taught, starter, replace(SMALL, attributes=0.0)).predict(COAT).attributes == ()


def test_answers_hold_only_what_the_taxonomy_allows(starter):
    kettle = kettles(starter, 1)[0].category_id
    values = [('color', 'Red'), ('color', 'Invented'), ('neckline', 'V-neck'), ('color', 'Blue')]
    got = choose_values(np.array([.6, .99, .99, .4]), values, starter, kettle)
    assert [(a.handle, a.values, a.confidence) for a in got] == [('color', ('Red',), .6)]
    c = choose_category(np.array([.2, .5, .3]), [*starter.ids[:3]], starter, 1)
    assert (c.id, c.confidence, [a['id'] for a in c.alternatives]) == (starter.ids[1], .5, [starter.ids[2]])


def test_the_sum_is_over_all_that_was_read():
    w = dict(table=np.array([[1, 0], [0, 2]], np.float32), dense=np.array([[4, 0]], np.float32), bias=np.array([0, -1], np.float32),
             categories=np.eye(2, dtype=np.float32), categories_bias=np.zeros(2, np.float32),
             values=np.ones((2, 1), np.float32), values_bias=np.array([-5], np.float32))
    p, told = forward(w, (np.array([0, 1]), np.array([1, 1], np.float32)), np.array([.5], np.float32))
    assert p == pytest.approx([np.exp(3) / (np.exp(3) + np.exp(1)), np.exp(1) / (np.exp(3) + np.exp(1))]) and told == pytest.approx([1 / (1 + np.exp(1))])


def test_the_corpus_can_be_had_in_part():
    first, again = list(corpus_examples(5, seed=3)), list(corpus_examples(5, seed=3))
    assert len(first) == 10 and [e.listing for e in first] == [e.listing for e in again]
    assert not {e.listing.id for e in first} & {w.listing.id for w in written('heldout')}


def test_an_answer_is_carried_by_its_path(starter):
    shop = Taxonomy('shop/1', ['c', 'c-1'], ['Clothing', 'Maxi Dress'], ['', 'c'], [[], ['color']], {'color': starter.attribute('color')})
    said = Prediction('01J', 'd-1', category=CategoryChoice('x', 'Apparel & Accessories > Clothing > Dresses > Maxi Dresses', .8),
                      attributes=(AttributeChoice('color', 'Color', ('Navy',), .9), AttributeChoice('neckline', 'Neckline', ('V-neck',), .7)))
    there = carry(said, shop, CategoryIndex(shop))
    assert (there.category.id, [a.handle for a in there.attributes], there.produced_by['taxonomy']) == ('c-1', ['color'], 'shop/1')
    assert there.category.confidence < .8 and there.corrections[0].raw == said.category.path
    nothing = replace(said, category=None, attributes=(), status='failed', reason='r')
    assert carry(nothing, shop, CategoryIndex(shop)) == replace(nothing, produced_by={'taxonomy': 'shop/1'})
