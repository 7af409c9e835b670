"Hierarchical metrics against plain loops, against hiclass, and on what a file may hold."
import random

import numpy as np
import pytest
from hypothesis import given, strategies as st

from shopvision.evaluation.metrics import (count_pairs, departures, group_scores, hierarchical, intervals, level_scores, paired, read_said, scores,
                                          unknown_share)

names = st.sampled_from(['Toys', 'Balls', 'Shoes', 'Baby', 'Home'])
paths = st.lists(names, min_size=0, max_size=4).map(' > '.join)
records = st.lists(st.tuples(paths, st.lists(names, min_size=1, max_size=4).map(' > '.join)), min_size=1, max_size=40)


def by_prefix(said, truth):
    a, b = ([l.strip() for l in p.split(' > ')] for p in (said, truth))
    return next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b))), len(a), len(b)


def by_sets(said, truth):
    a, b = ({l for l in p.split(' > ') if l} for p in (said, truth))
    return len(a & b), len(a), len(b)


@given(records)
def test_both_kinds_are_what_plain_loops_say(rows):
    p = count_pairs(*zip(*rows))
    for kind, share in (('prefix', by_prefix), ('sets', by_sets)):
        each = np.array([share(s, t) for s, t in rows], float)
        common, said, true = each.sum(0)
        found = hierarchical(p, kind)
        assert found['hP'] == pytest.approx(common / said if said else 0) and found['hR'] == pytest.approx(common / true)
        macro = hierarchical(p, kind, 'macro')
        assert macro['hR'] == pytest.approx((each[:, 0] / each[:, 2]).mean())
        categories = {t for _, t in rows}
        mean = np.mean([sum(e[0] for e, (_, t) in zip(each, rows) if t == c) / sum(e[2] for e, (_, t) in zip(each, rows) if t == c) for c in categories])
        assert hierarchical(p, kind, 'category')['hR'] == pytest.approx(mean)


@given(records)
def test_what_the_table_shows(rows):
    s, each = scores(count_pairs(*zip(*rows))), [by_prefix(a, b) for a, b in rows]
    assert s['exact'] == pytest.approx(np.mean([a == b for a, b in rows]))
    assert s['distance'] == pytest.approx(np.mean([b + c - 2 * a for a, b, c in each]))
    assert s['top'] == pytest.approx(np.mean([a > 0 for a, _, _ in each]))
    wrong = sum(d.n for d in departures(count_pairs(*zip(*rows))))
    assert wrong == sum(a != b for a, b in rows)


def test_the_same_as_hiclass():
    metrics = pytest.importorskip('hiclass.metrics')
    rng = random.Random(3)
    def path(): return ' > '.join(rng.choices('abcdef', k=rng.randint(1, 4)))
    truth = [path() for _ in range(400)]
    said = [t if rng.random() < .4 else path() for t in truth]
    def matrix(rows): return np.array([[*dict.fromkeys(r.split(' > ')), '', '', '', ''][:4] for r in rows])
    for average in ('micro', 'macro'):
        ours = hierarchical(count_pairs(said, truth), 'sets', average)
        for name, score in (('hP', metrics.precision), ('hR', metrics.recall), ('hF', metrics.f1)):
            assert ours[name] == pytest.approx(score(matrix(truth), matrix(said), average=average)), (name, average)


def test_levels_are_stripped_and_an_empty_answer_is_a_wrong_one():
    p = count_pairs(['Toys  >  Balls', ''], ['Toys > Balls', 'Toys'])
    assert scores(p)['exact'] == .5 and hierarchical(p)['hP'] == pytest.approx(2 / 3) and hierarchical(p, 'sets')['hP'] == 1


def test_intervals_cover_and_pairs_are_paired():
    rng = random.Random(0)
    truth = ['Toys > Balls'] * 500 + ['Toys > Dolls'] * 500
    said = [t if rng.random() < .8 else 'Home' for t in truth]
    low, high = intervals(count_pairs(said, truth))['exact']
    assert low < .8 < high and .02 < high - low < .08
    better = list(said)
    for i in [i for i, (s, t) in enumerate(zip(said, truth)) if s != t][:40]: better[i] = truth[i]
    gain, low, high = paired(better, said, truth)['exact']
    assert gain == pytest.approx(.04) and low > .02 and high < .06, 'much narrower than the two intervals beside each other'
    assert paired(said, said, truth)['hF'] == (0, 0, 0)


def test_groups_and_levels_cover_every_record():
    p = count_pairs(['Toys > Balls', 'Toys', 'Home'], ['Toys > Balls', 'Toys > Dolls', 'Baby'])
    assert [(r['group'], r['n'], r['exact']) for r in group_scores(p)] == [('Toys', 2, .5), ('Baby', 1, 0)]
    assert [(r['n'], r['right']) for r in level_scores(p)] == [(3, 2 / 3), (2, .5)]


def test_files_say_what_is_wrong_with_them(tmp_path):
    f = tmp_path / 'p.jsonl'
    f.write_text('{"listing_id":"a","category":null}\n\n{"listing_id":"b","category":{"path":"Toys"}}\n{"listing_id":"a","category":{"path":"Home"}}\n')
    assert read_said(f) == {'a': 'Home', 'b': 'Toys'}
    assert unknown_share(['Toys', 'Tyos', '', 'Toys'], {'Toys': 1}) == .5
    with pytest.raises(ValueError, match='no records'): count_pairs([], [])
