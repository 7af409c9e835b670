"Votes that agree, err together, or are too few; and an arbiter that may not invent."
import random

import numpy as np
import pytest
from hypothesis import given, strategies as st

from shopvision.data.arbiter import Dispute, arbiter_request, arbitrate, read_ruling
from shopvision.data.consensus import dawid_skene, dawid_skene_labels, effective_votes, intersect, majority, settle
from shopvision.listing import Listing
from shopvision.taxonomy.tree import Attribute
from shopvision.understanding.engines.base import EngineError, Reply
from shopvision.understanding.predict import run


def simulate(skill, n=800, seed=0, prior=.3):
    rng = random.Random(seed)
    truth = {('l', 'a', str(k)): rng.random() < prior for k in range(n)}
    return truth, {i: {v: (rng.random() < s) if t else rng.random() > c for v, (s, c) in skill.items()} for i, t in truth.items()}


def test_reliabilities_are_found_without_gold():
    skill = dict(a=(.9, .95), b=(.8, .85), c=(.7, .9), d=(.55, .6))
    truth, votes = simulate(skill, 3000)
    learnt = dawid_skene(votes)
    assert learnt.converged
    for v, (s, c) in skill.items():
        assert learnt.voters[v].sensitivity == pytest.approx(s, abs=.05) and learnt.voters[v].specificity == pytest.approx(c, abs=.05)
    sure = settle(learnt, votes, sure=.95)
    decided = [a.value == truth[i] for i, a in sure.items() if a.value is not None]
    assert .3 < len(decided) / len(truth) < 1 and np.mean(decided) > .95
    by_count = np.mean([a.value == truth[i] for i, a in majority(votes).items()])
    assert np.mean([a.value == truth[i] for i, a in settle(learnt, votes, sure=.5).items()]) > by_count


said = st.dictionaries(st.sampled_from('abc'), st.booleans(), min_size=1)


@given(st.dictionaries(st.text(max_size=3).map(lambda x: ('l', 'a', x)), said, min_size=1, max_size=20))
def test_probabilities_are_probabilities_and_nothing_is_lost(votes):
    learnt = dawid_skene(votes)
    assert learnt.probability.keys() == votes.keys() and all(0 <= p <= 1 for p in learnt.probability.values())
    for way in (intersect(votes), majority(votes), settle(learnt, votes)):
        assert way.keys() == votes.keys() and all(a.reason and a.votes == votes[i] for i, a in way.items())


def test_too_few_votes_decide_nothing():
    assert majority({'x': dict(a='Mugs')})['x'].value is None
    assert majority({'x': dict(a='Mugs', b='Bowls')})['x'].value is None
    assert majority({'x': dict(a='Mugs', b='Mugs', c='Bowls')})['x'].value == 'Mugs'


def test_labels_of_many():
    rng = random.Random(2)
    votes = {str(k): {v: 'right' if rng.random() < s else rng.choice('xyz') for v, s in dict(a=.9, b=.7, c=.4).items()} for k in range(500)}
    learnt = dawid_skene_labels(votes)
    assert learnt.voters['a'].sensitivity > learnt.voters['b'].sensitivity > learnt.voters['c'].sensitivity
    assert all(sum(p.values()) == pytest.approx(1) for p in learnt.probability.values())
    assert np.mean([a.value == 'right' for a in settle(learnt, votes, sure=.5).values()]) > .85


def test_copies_are_not_votes():
    truth, votes = simulate(dict(a=(.8, .8), b=(.8, .8), c=(.8, .8)), 2000)
    assert effective_votes(votes, truth).effective > 2.7
    copies = {i: dict(a=v['a'], b=v['a'], c=v['a']) for i, v in votes.items()}
    assert effective_votes(copies, truth).effective == pytest.approx(1)
    with pytest.raises(ValueError, match='label or plant some more'): effective_votes(votes, {})


COLOR = Attribute('1', 'color', 'Color', '', (), multi=False)
DISPUTE = Dispute(Listing('m-1', 'Mug'), 'Mugs', COLOR, dict(a=('Blue',), b=('Green',), c=()))


@pytest.mark.parametrize('says, values, why', [
    ('{"evidence": "It is blue.", "verdict": "decided", "values": ["Blue"]}', ('Blue',), 'It is blue.'), ('{"verdict": "decided", "values": []}', (), ''),
    ('{"verdict": "decided", "values": ["Blue", "Green"]}', None, 'takes one'),
    ('{"verdict": "decided", "values": ["Teal"]}', None, 'not among the disputed values'),
    ('{"verdict": "unsure", "values": ["Blue"]}', None, 'not sure'), ('blue', None, 'no ruling')])
def test_an_arbiter_chooses_among_what_was_said_or_abstains(says, values, why):
    ruling = read_ruling(DISPUTE, Reply(says), {})
    assert ruling.values == values and why in ruling.reason and ruling.raw == says


def test_an_arbiter_sees_no_names_and_no_counts_and_may_be_down():
    text = str(arbiter_request(DISPUTE).messages)
    assert 'Blue' in text and not any(f"'{v}'" in text for v in 'abc')
    class Down:
        name = model = 'down'
        async def complete(self, request): raise EngineError('refused')
    assert run(arbitrate(Down(), DISPUTE)).values is None
