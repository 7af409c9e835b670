"Confidence that can be acted on: calibration, thresholds and back-off keep what they promise, and the policy means what it says"
import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from shopvision.evaluation.backoff import (Backoff, back_off, backoff_from_dict, backoff_scores, backoff_to_dict, chain_of, fit_backoff, needed_mass,
                                           rank_of)
from shopvision.evaluation.thresholds import (Calibration, calibrated, calibration_from_dict, calibration_to_dict, decide, find_threshold, find_thresholds,
                                              fit_calibration, labels_needed, pool_labels, starts_of, thresholds_from_dict, thresholds_to_dict)
from shopvision.taxonomy.load import TaxonomyError
from shopvision.taxonomy.policy import KINDS, Policy, Rule, load_policy
from shopvision.taxonomy.releases import load_folder, shipped
from shopvision.taxonomy.tree import Taxonomy
from shopvision.understanding.carry import carry_policy
from shopvision.understanding.correct import CategoryIndex
from shopvision.understanding.prediction import AttributeChoice, CategoryChoice, Prediction

IDS = ['a', 'a-1', 'a-1-1', 'a-1-2', 'a-2', 'b', 'b-1', 'b-1-1', 'b-2']
TREE = Taxonomy('t/1', IDS, [f'N{i}' for i in IDS], [i.rpartition('-')[0] for i in IDS], [[] for _ in IDS], {})
NO_RULES = Policy(TREE, {})
labels = st.lists(st.tuples(st.integers(0, 20).map(lambda k: k / 20), st.booleans()), min_size=1, max_size=60)


def named(id, sure=.9, *others, tree=TREE):
    rest = tuple(dict(id=i, path=tree.path(i), score=s) for i, s in others)
    return Prediction('p', 'l', category=CategoryChoice(id, tree.path(id), sure, rest), produced_by={'model': 'm'})


# what confidences are worth

@settings(deadline=None)  # the first call imports scipy
@given(labels)
def test_isotonic_is_what_scipy_says(rows):
    from scipy.optimize import isotonic_regression
    c, r = (np.array(x) for x in zip(*rows))
    values = np.unique(c)
    means, n = [r[c == v].mean() for v in values], [(c == v).sum() for v in values]
    assert fit_calibration(c, r, 'isotonic')(values) == pytest.approx(isotonic_regression(means, weights=n).x)


@settings(max_examples=25, deadline=None)  # a fit takes as long as it takes
@given(labels, st.sampled_from(['beta', 'isotonic']))
def test_calibrations_keep_the_order_stay_shares_and_survive_json(rows, kind):
    c = fit_calibration(*zip(*rows), kind)
    y = c(np.linspace(0, 1, 101))
    assert (np.diff(y) >= -1e-12).all() and 0 <= y.min() and y.max() <= 1
    again = calibration_from_dict(json.loads(json.dumps(calibration_to_dict(c))))
    assert again == c and again.name == c.name


def test_beta_finds_a_beta_world():
    rng = np.random.default_rng(1)
    c = rng.random(40_000)
    worth = 1 / (1 + np.exp(-(2 * np.log(c) - .5 * np.log1p(-c) - .3)))
    f = fit_calibration(c, rng.random(len(c)) < worth)
    assert np.abs(f(c) - worth).max() < .03


@pytest.mark.parametrize(('c', 'r', 'says'), [([], [], 'no labelled'), ([.5], [True, False], '1 confidences and 2 labels'),
                                              ([1.2], [True], 'confidence 0 is 1.2'), ([None], [True], 'nan')])
def test_labels_that_cannot_be(c, r, says):
    for learn in (fit_calibration, lambda c, r: find_threshold(c, r, .9)):
        with pytest.raises(ValueError, match=says): learn(c, r)


def test_an_unknown_calibration_is_refused():
    with pytest.raises(ValueError, match='there are beta, isotonic'): fit_calibration([.5], [True], 'platt')


def test_a_calibrated_prediction_names_its_calibration():
    c = Calibration('isotonic', (0., 1.), (0., .5), 9)
    p = calibrated(named('a-1', .8), c)
    assert p.category.confidence == .4 and p.produced_by['calibration'] == c.name
    for same in (Prediction('p', 'l'), named('a-1', None)): assert calibrated(same, c) == same


# thresholds

@given(st.integers(0, 5000), st.sampled_from([.8, .9, .95, .99]))
def test_starts_share_the_error_and_lie_within_the_labels(n, precision):
    starts = starts_of(n, precision, .95)
    assert 1 <= len(starts) <= 5
    assert len(starts) == 1 or starts[-1] <= n
    for s in starts: assert precision ** s <= .05 / len(starts) + 1e-12


@given(labels, st.sampled_from([.5, .8, .9]))
def test_what_is_found_is_what_the_labels_show(rows, precision):
    at, kept, hits, low = find_threshold(*zip(*rows), precision)
    if at is None: assert (kept, hits, low) == (0, 0, 0)
    else:
        assert (kept, hits) == (sum(c >= at for c, _ in rows), sum(r for c, r in rows if c >= at))
        assert precision <= low <= hits / kept and kept >= labels_needed(precision)


@pytest.mark.parametrize('worth', [lambda c: c ** 2, lambda c: .5 + .5 * (c > .9), lambda c: np.where(c > .95, .89, .93), lambda c: np.full_like(c, .8999)])
def test_promises_hold_over_many_draws(worth):
    rng, wanted = np.random.default_rng(0), .9
    world = np.sort(rng.beta(8, 1, 100_000))
    above = np.cumsum(worth(world)[::-1])[::-1] / np.arange(len(world), 0, -1)
    broken = 0
    for _ in range(400):
        c = rng.beta(8, 1, 400)
        at = find_threshold(c, rng.random(400) < worth(c), wanted)[0]
        broken += at is not None and above[np.searchsorted(world, at)] < wanted
    assert broken / 400 <= .05 + 2 * np.sqrt(.05 * .95 / 400)


def test_a_threshold_is_found_where_there_is_one():
    rng = np.random.default_rng(0)
    c = rng.random(4000)
    at, *_ = find_threshold(c, rng.random(4000) < np.where(c > .4, .99, .3), .95)
    assert .4 <= at < .5


def test_one_label_short_is_short():
    assert find_threshold([.9] * 59, [True] * 59, .95)[0] is not None
    assert find_threshold([.9] * 58, [True] * 58, .95)[0] is None
    with pytest.raises(ValueError, match='cannot be promised'): find_threshold([.9], [True], 1.)


@given(st.dictionaries(st.sampled_from(IDS), st.integers(1, 40), min_size=1), st.sets(st.sampled_from(IDS), max_size=3))
def test_pools_reach_no_further_than_they_must_and_stay_under_their_rule(counts, ruled):
    enough = {'': 30} | dict.fromkeys(ruled, 20)
    pool = pool_labels(counts, TREE, enough)
    assert set(pool) == set(counts)
    def scope(id): return next((i for i in (id, *reversed(TREE.ancestors(id))) if i in ruled), '')
    for id, top in pool.items():
        assert top == '' or top == id or top in TREE.ancestors(id)
        assert (scope(top) if top else '') == scope(id)
    for top in set(pool.values()):
        if top and top != scope(top): assert sum(counts[i] for i, t in pool.items() if t == top) >= enough[scope(top)]
    for id, n in counts.items():
        if n >= enough[scope(id)]: assert pool[id] == id


def thresholds(n_rule=400, wrong=0):
    policy = Policy(TREE, {'a-1': Rule('a-1', 'Na > Na-1', 'age', .95, 'Gin.')})
    said = [named('a-1-1')] * n_rule + [named('b-1-1')] * 90 + [named('b-2')] * 100 + [Prediction('p', 'l', status='failed', reason='timeout')]
    truth = ['a-1-2'] * wrong + ['a-1-1'] * (n_rule - wrong) + ['b-1-1'] * 90 + ['b-2'] * 100 + ['b-2']
    return find_thresholds(said, truth, policy, .9), policy


def test_rules_answer_for_themselves_and_the_rest_is_pooled():
    t, _ = thresholds(n_rule=30)
    assert t.left_out == 1 and t.groups['a-1'].n == 30 and t.groups['a-1'].at is None
    assert t.of('b-1-1', TREE).group == 'b' and t.groups['b'].n == 190 and t.groups['b'].at is not None
    assert t.of('a-1-2', TREE).group == 'a-1' and t.of('a-2', TREE).group == '' and t.of('a-2', TREE).at is None
    assert thresholds_from_dict(json.loads(json.dumps(thresholds_to_dict(t)))) == t
    assert t.produced_by == {'model': 'm'} and t.code


def test_decisions_say_why():
    t, policy = thresholds()
    assert decide(named('a-1-1', .95), t, policy).accepted
    low = decide(named('a-1-1', .1), t, policy)
    assert not low.accepted and 'below' in low.why and 'age: Gin.' in low.why
    never = decide(named('a-2', 1.), t, policy)
    assert not never.accepted and 'cannot be promised for all categories with 0 labelled predictions; it takes 29' in never.why
    assert decide(Prediction('p', 'l', reason='timeout'), t, policy).why == 'no category: timeout'
    assert not decide(named('b-2', None), t, policy).accepted
    strict, policy = thresholds(wrong=40)
    assert not decide(named('a-1-1', 1.), strict, policy).accepted


def test_as_many_labels_as_predictions():
    for learn in (lambda: find_thresholds([named('a')], [], NO_RULES), lambda: fit_backoff([named('a')], [], TREE)):
        with pytest.raises(ValueError, match='1 predictions and 0 true categories'): learn()


# back-off

@given(st.sampled_from(IDS), st.floats(0, 1), st.lists(st.tuples(st.sampled_from(IDS), st.floats(0, 1)), max_size=4), st.sampled_from(IDS), st.floats(-1, 1))
def test_mass_grows_upwards_and_exceeding_what_is_needed_makes_the_answer_true(id, sure, others, truth, at):
    p = named(id, sure, *others)
    chain = chain_of(p, TREE)
    masses = [m for _, m in chain]
    assert [i for i, _ in chain] == [id, *reversed(TREE.ancestors(id))]
    assert all(0 <= m <= 1 + 1e-9 for m in masses) and all(b >= a - 1e-9 for a, b in pairwise(masses))
    left = back_off(p, Backoff(at, .05, None, 1, 0, {}, ''), TREE)
    true = left.category is None or left.category.id in (truth, *TREE.ancestors(truth))
    if needed_mass(p, truth, TREE) <= at: assert true
    elif all(a < b for a, b in pairwise(masses)): assert not true


@settings(deadline=None)  # likewise
@given(st.integers(1, 300), st.sampled_from([.01, .05, .1, .5]), st.sampled_from([None, .5, .9, .99]))
def test_ranks_are_the_smallest_that_will_do(n, risk, level):
    from scipy.stats import binom
    k = rank_of(n, risk, level)
    def will_do(k): return k / (n + 1) >= 1 - risk - 1e-9 if level is None else binom.sf(k - 1, n, 1 - risk) <= 1 - level + 1e-12
    assert 1 <= k <= n + 1 and (k == n + 1 or will_do(k)) and (k == 1 or not will_do(k - 1))


@pytest.mark.parametrize('level', [None, .9])
def test_the_risk_holds_over_many_draws_of_predictions(level):
    rng, risk = np.random.default_rng(0), .1
    def draw(n):
        said, truth = [], []
        for _ in range(n):
            t = str(rng.choice(['a-1-1', 'a-1-2', 'a-2', 'b-1-1']))
            wrong = rng.random() < .35
            s = str(rng.choice([i for i in ('a-1-1', 'a-1-2', 'b-1-1') if i != t])) if wrong else t
            share = round(float(rng.beta(3, 2)), 1)
            said.append(named(s, share, ('a-1-2' if s != 'a-1-2' else 'a-1-1', round((1 - share) * float(rng.random()), 2)))); truth.append(t)
        return said, truth
    said, truth = draw(3000)
    numbers = np.array([needed_mass(p, t, TREE) for p, t in zip(said, truth)])
    risks = []
    for _ in range(300):
        rows = rng.choice(len(said), 120, replace=False)
        b = fit_backoff([said[i] for i in rows], [truth[i] for i in rows], TREE, risk, level)
        risks.append((np.delete(numbers, rows) > b.at).mean())
    if level is None: assert np.mean(risks) <= risk + .005
    else: assert np.mean(np.array(risks) > risk) <= .1 + 2 * np.sqrt(.09 / 300)
    scores = backoff_scores(said, truth, b, TREE)
    assert scores['wrong'] == pytest.approx((numbers > b.at).mean()) and scores['depth'] < scores['depth_before']


def test_too_few_labels_leave_nothing():
    b = fit_backoff([named('a')] * 5, ['a'] * 5, TREE, .05)
    assert b.at == 1. and back_off(named('a', 1.), b, TREE).category is None
    with pytest.raises(ValueError, match='names a category'): fit_backoff([Prediction('p', 'l')], ['a'], TREE)


def test_what_remains_remembers_what_was_and_keeps_only_its_own_attributes(starter):
    boots = starter.by_path['Apparel & Accessories > Shoes > Boots > Hiking Boots']
    up = starter.parent(starter.parent(boots))
    has = {a.handle for a in starter.attributes_of(up)}
    handles = [next(iter(has)), 'toe_shape_of_nobody']
    p = replace(named(boots, .5, tree=starter), attributes=tuple(AttributeChoice(h, h, ('x',), .9) for h in handles), warnings=('old',))
    p = replace(p, category=replace(p.category, alternatives=(dict(id=up, path=starter.path(up), score=.4),)))
    left = back_off(p, Backoff(.8, .05, None, 9, 0, {}, ''), starter)
    assert left.category.id == up and left.category.confidence == pytest.approx(.9) and left.category.alternatives[0]['id'] == boots
    assert [a.handle for a in left.attributes] == handles[:1] and left.warnings[0] == 'old' and handles[1] in left.warnings[1]
    note, = left.corrections
    assert (note.kind, note.raw, note.result) == ('backed_off', starter.path(boots), starter.path(up))


def test_backoff_survives_json():
    b = Backoff(.5, .05, .9, 10, 1, {'model': 'm'}, 'c')
    assert backoff_from_dict(json.loads(json.dumps(backoff_to_dict(b)))) == b
    for args in ((10, 1.), (10, .1, 1.)):
        with pytest.raises(ValueError, match='between 0 and 1'): rank_of(*args)


# the policy

def test_the_shipped_policy_covers_what_the_starter_has_of_it(starter):
    policy = load_policy()
    for word in ('Alcoholic Beverages', 'Tobacco Products', 'Mature', 'Medicines', 'Vitamins & Supplements', 'Kitchen Knives', 'Live Animals', 'Gift Cards'):
        found = [p for p in starter.paths if word in p.split(' > ')]
        assert found and all(policy.is_sensitive(p) for p in found)
    assert not policy.is_sensitive('Toys & Games > Toys > Building Toys') and not policy.is_sensitive('')
    assert {r.kind for r in policy.rules.values()} <= set(KINDS) and min(r.precision for r in policy.rules.values()) >= .98
    assert all(r.precision >= .99 for r in policy.rules.values() if r.kind in ('age', 'health', 'weapon'))


def test_the_deepest_rule_counts():
    policy = Policy(TREE, {i: Rule(i, TREE.path(i), 'age', .9, i) for i in ('a', 'a-1')})
    assert [(policy.rule_of(i) or Rule(*5 * ('',))).id for i in ('a', 'a-1-1', 'a-2', 'b')] == ['a', 'a-1', 'a', '']


def rule(**changes): return dict(id='sv-gc', path='Gift Cards', kind='payment', precision=.99, reason='Money.') | changes


@pytest.mark.parametrize(('rules', 'says'), [
    ([rule(id='sv-gx')], "nearest is 'sv-gc', Gift Cards"), ([rule(id='sv-hb-2-33', path='?')], "nearest is 'sv-hb-2-3'"),
    ([rule(path='Gift')], "is 'Gift Cards' in starter/"),
    ([rule(kind='x')], 'there are age'), ([rule(precision=1)], 'precision 1'), ([rule(precision='high')], "'high'"), ([rule(reason=' ')], 'needs a reason'),
    ([rule(), rule()], "rule 2: 'sv-gc' has a rule already"),
    ([dict(id='sv-gc')], 'a rule has id, path'), (['sv-gc'], 'a rule has id, path'), ([], 'list of rules'), (None, 'list of rules')])
def test_a_policy_with_a_mistake_says_where(tmp_path, rules, says):
    (tmp_path/'mine.yml').write_text(yaml.safe_dump(dict(rules=rules)))
    with pytest.raises(TaxonomyError) as e: load_policy(tmp_path/'mine.yml')
    assert says in str(e.value) and 'mine.yml' in str(e.value)


def test_a_missing_policy_and_one_of_another_taxonomy(tmp_path):
    with pytest.raises(TaxonomyError, match='missing'): load_policy(tmp_path/'none.yml')
    with pytest.raises(TaxonomyError, match='carry_policy'): load_policy(taxonomy=TREE)
    assert shipped('policy.yml').exists()


def test_carried_to_a_real_release_every_rule_is_placed_or_listed(shared):
    policy = load_policy()
    tree = load_folder(sorted((shared/'taxonomy').glob('20*'))[-1])
    there = carry_policy(policy, CategoryIndex(tree), tree)
    origins = Counter([r.origin for r in there.rules.values()] + [r.path for r in there.unplaced])
    assert origins == Counter(r.path for r in (*policy.rules.values(), *policy.unplaced))
    assert all(tree.path(i) == r.path and .9 <= r.score <= 1 for i, r in there.rules.items())
    assert there.is_sensitive('Sporting Goods > Outdoor Recreation > Hunting & Shooting > Airsoft > Airsoft Guns')
    assert there.is_sensitive('Food, Beverages & Tobacco > Tobacco Products') and len(there.rules) > len(there.unplaced)
