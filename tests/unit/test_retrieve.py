"Candidates found by meaning and by picture"
import io
import threading

import numpy as np
import pytest

pytest.importorskip('onnxruntime')
pytest.importorskip('tokenizers')

from PIL import Image

from shopvision.listing import Listing
from shopvision.taxonomy.releases import load_taxonomy
from shopvision.understanding.retrieve import (Encoders, RetrieveConfig, Retriever, category_words, listing_words,
                                               load_encoders, names_something, remembered, vote)


@pytest.fixture(scope='module')
def starter(): return load_taxonomy('starter')


@pytest.fixture(scope='module')
def retriever(starter): return Retriever(starter)


def test_vectors_have_length_one_whatever_the_text():
    v = load_encoders().texts(['', 'a', '🥃' * 50, 'مرحبا', 'x ' * 5000])
    assert v.shape == (5, 384) and np.allclose(np.linalg.norm(v, axis=1), 1, atol=1e-3)


def test_a_text_has_the_same_vector_in_any_company():
    alone = load_encoders().texts(['navy maxi dress'])
    together = load_encoders().texts(['navy maxi dress', 'kettle', 'a much longer text about a garden hose with a reel'])
    assert float((alone[0] * together[0]).sum()) > 0.97  # eight-bit activations are scaled by the batch


def test_votes_count_the_nearest_most():
    near = np.array([[.9, .2, .8], [.1, .95, .1]])
    out = vote(near, np.array([1, 0, 1]), 3, .04)
    assert out[0].argmax() == 1 and out[1].argmax() == 0 and (out[:, 2] < out[:, :2].min(1)).all()


@pytest.mark.parametrize(('title', 'end'), [
    ('Whistling kettle 1.7 l', 'Kettles'), ('strappy cotton summer frock', 'Sundresses'), ('Trail running shoes mens', 'Shoes')])
def test_what_is_plainly_said_is_found(retriever, title, end):
    assert any(f.path.endswith(end) for f in retriever.retrieve([Listing('1', title)])[0])


def test_shares_are_those_of_the_whole_taxonomy(retriever):
    found = retriever.retrieve([Listing('1', 'Whistling kettle')], many=5)[0]
    shares = [f.share for f in found]
    assert len(found) == 5 and shares == sorted(shares, reverse=True) and 0 < sum(shares) <= 1 and len({f.id for f in found}) == 5


def test_a_picture_changes_the_answer_where_the_text_says_nothing(retriever):
    from shopvision.corpus.listings import example
    shown = next(e for e in (example(i) for i in range(40)) if e.listing.images and 'Clothing' in retriever.taxonomy.path(e.category_id))
    picture = Image.open(io.BytesIO(shown.listing.images[0]))
    blind, seeing = retriever.retrieve([Listing('1', '')])[0], retriever.retrieve([Listing('1', '')], [[picture]])[0]
    assert [f.id for f in blind] != [f.id for f in seeing]


class Other:
    "The home and garden of the starter, as a taxonomy of its own"
    def __init__(self, starter):
        self.path = starter.path
        self.ids = tuple(i for i in starter.ids if starter.path(i).startswith('Home & Garden'))
        self.version, self.by_path = 'test/other', {starter.path(i): i for i in self.ids}


def test_another_taxonomy_is_searched_by_its_paths(starter):
    found = Retriever(Other(starter)).retrieve([Listing('1', 'Cast iron wok, 30 cm')])[0]
    assert any(f.path.endswith('Woks') for f in found)


def test_a_product_type_counts_in_another_taxonomy_if_it_names_something(starter):
    elsewhere = Retriever(Other(starter))
    shares = [elsewhere.retrieve([Listing('1', 'Nordhyl 24', product_type=t)], many=1)[0][0] for t in ('', 'Woks', 'FW26-DROP2')]
    assert shares[1].path.endswith('Woks') and shares[1].share > 2 * shares[0].share
    near = np.array([[.9, .1], [.4, .3], [.6, .2]])
    assert np.allclose(names_something(near).ravel(), [1, 0, .5])
    bare, junk = (elsewhere.scores([Listing('1', 'Cast iron wok', product_type=t)], [()]).argmax() for t in ('', 'FW26-DROP2'))
    assert bare == junk


def test_a_torn_cache_is_read_again(tmp_path, monkeypatch):
    monkeypatch.setenv('SHOPVISION_HOME', str(tmp_path))
    first = remembered(load_encoders(), 'some', ['kettle', 'wok'])
    file, = (tmp_path / 'retrieval').iterdir()
    file.write_bytes(file.read_bytes()[:100])
    assert np.array_equal(remembered(load_encoders(), 'some', ['kettle', 'wok']), first)


def test_many_threads_take_turns(retriever):
    found: list = []
    threads = [threading.Thread(target=lambda: found.append(retriever.retrieve([Listing('1', 'Whistling kettle')], many=1)[0][0].path)) for _ in range(8)]
    for t in threads: t.start()
    for t in threads: t.join()
    assert len(set(found)) == 1 and len(found) == 8


def test_a_folder_without_encoders_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match='train_retriever'): Encoders(tmp_path)


def test_the_words_that_are_compared():
    assert listing_words(Listing('1', ' Sola  Coat ', '<p>A&nbsp;coat</p>', product_type='Coats')) == 'Sola Coat. Coats. A coat'
    assert category_words('A > B') == 'B. A > B'


def test_a_name_that_the_encoder_hardly_knows_is_found_by_its_letters(starter):
    chair = [Listing('1', 'Fauteuil crapaud, années 60, velours')]
    with_letters, without = (Retriever(starter, config=RetrieveConfig(letters=w)).retrieve(chair, many=1)[0][0] for w in (RetrieveConfig.letters, 0))
    assert with_letters.path.endswith('> Armchairs') and with_letters.share > without.share
