"Words and letters: hashed alike everywhere, the title first, rare ones most"
import numpy as np

from shopvision.listing import Listing
from shopvision.understanding.bag import BUCKETS, BagIndex, bag_of, index_bags, ngrams

TEXTS = ['cast iron wok', 'set of two woks with lid', 'whistling kettle with lid', 'kettle in enamel']
INDEX = index_bags(TEXTS, [0, 0, 1, 1], 3)


def test_what_is_hashed_does_not_depend_on_the_process():
    assert ngrams('Éclair') == ngrams('eclair') and ngrams('...') == []
    rows, weights = bag_of(Listing('1', 'wok'), 2**16)
    assert sorted(rows.tolist()) == [6501, 10600, 22046, 25827, 26751, 64200]
    assert len(set(rows)) == len(rows) == len(weights) and weights.dtype == np.float32


def test_a_title_counts_more_than_a_description():
    wok = bag_of(Listing('1', 'wok'), 2**16)[0][0]
    in_title, below = (dict(zip(*bag_of(l, 2**16)))[wok] for l in (Listing('1', 'wok', 'pan'), Listing('1', 'pan', 'wok')))
    assert in_title > below


def test_a_listing_is_near_the_category_whose_words_it_has():
    scores = INDEX.scores([Listing('1', 'Wok'), Listing('2', 'pan', '<b>KETTLE</b>s'), Listing('3', '', product_type='kettle')])
    assert scores.argmax(1).tolist() == [0, 1, 1] and scores.dtype == np.float32
    assert (scores[:, 2] == 0).all()  # nothing is known of the third category
    whole = INDEX.scores([Listing('1', '. '.join(TEXTS[2:]))])[0]
    assert .9 < whole[1] <= 1.000001


def test_a_rare_word_says_more_than_a_common_one():
    common, rare = INDEX.scores([Listing('1', 'lid wok'), Listing('2', 'lid enamel')])
    assert INDEX.rarity.min() < INDEX.rarity.max() and common.argmax() == 0 and rare.argmax() == 1


def test_no_words_no_opinion():
    assert INDEX.scores([Listing('1'), Listing('2', '!!'), Listing('3', '茶壺')])[:2].tolist() == [[0, 0, 0]] * 2
    assert INDEX.scores([]).shape == (0, 3)


def test_an_index_outlives_its_process(tmp_path):
    np.savez(tmp_path / 'bags.npz', **INDEX.arrays())
    again = BagIndex.of_arrays(np.load(tmp_path / 'bags.npz'))
    listings = [Listing('1', 'kettle & wok')]
    assert np.array_equal(again.scores(listings), INDEX.scores(listings)) and again.weights.shape == (BUCKETS, 3)
