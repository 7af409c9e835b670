"Do the intervals cover what they say, and is the judge worth asking?"
import numpy as np
import pytest
from hypothesis import given, strategies as st

from shopvision.evaluation.intervals import Stratum, clopper_pearson, prediction_powered, stratified, stratified_powered, wilson

DRAWS = 1500


def coverage(share, make):
    rng = np.random.default_rng(5)
    found = [make(rng) for _ in range(DRAWS)]
    return np.mean([i.low <= share <= i.high for i in found]), np.mean([i.width for i in found])


def judged(rng, p, n, others=4000, sensitivity=.97, specificity=.7):
    y = rng.random(n + others) < p
    f = np.where(y, rng.random(len(y)) < sensitivity, rng.random(len(y)) > specificity)
    return y[:n], f[:n], f[n:]


# 1,500 draws of an interval that covers 0.95 of the time stay above 0.93 in more than 999 of 1,000 cases
@pytest.mark.parametrize('p', (.7, .9, .98))
def test_the_interval_with_a_judge_covers_and_is_a_fifth_narrower(p):
    covered, width = coverage(p, lambda rng: prediction_powered(*judged(rng, p, 200)))
    _, alone = coverage(p, lambda rng: wilson(rng.binomial(200, p), 200))
    assert covered > .93
    if p < .95: assert width < .8 * alone


@pytest.mark.parametrize('sensitivity, specificity', ((1, 0), (.5, .5), (.1, .1), (1, 1)))
def test_it_covers_whatever_the_judge_is(sensitivity, specificity):
    covered, width = coverage(.85, lambda rng: prediction_powered(*judged(rng, .85, 100, 1000, sensitivity, specificity)))
    assert covered > .93 and width < 1.03 * wilson(85, 100).width


def test_strata_cover_the_world_they_stand_for():
    share, right, n = (.6, .3, .1), (.95, .8, .6), (60, 40, 40)
    def plain(rng): return stratified({str(k): Stratum(w, rng.binomial(m, p), m) for k, (w, p, m) in enumerate(zip(share, right, n))})
    def powered(rng): return stratified_powered({str(k): (w, *judged(rng, p, m)) for k, (w, p, m) in enumerate(zip(share, right, n))})
    world = sum(w * p for w, p in zip(share, right))
    (covered, width), (also, narrower) = coverage(world, plain), coverage(world, powered)
    assert covered > .93 and also > .93 and narrower < width


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_bounds_are_in_order(case):
    for interval in (wilson(*case), clopper_pearson(*case)): assert 0 <= interval.low <= interval.share <= interval.high <= 1


def test_a_stratum_that_is_all_right_is_not_certain():
    sure = stratified({'a': Stratum(.5, 5, 5), 'b': Stratum(.5, 5, 5)})
    assert sure.low < .8 and sure.high == 1


def test_what_cannot_be_computed_is_said():
    with pytest.raises(ValueError, match='must have labelled the same items'): prediction_powered([1, 0, 1], [1], [])
    with pytest.raises(ValueError, match='two at least'): prediction_powered([1], [1], [1])
    with pytest.raises(ValueError, match='lie between 0 and 5'): prediction_powered([0, 5], [0, 1], [])
    with pytest.raises(ValueError, match="stratum 'shoes'"): stratified_powered({'shoes': (1., [1], [1], [])})
    with pytest.raises(ValueError, match='has no labels'): stratified({'shoes': Stratum(1, 0, 0)})
