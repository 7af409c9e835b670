"Answers to some fields: what was given, and whether it is what would have been given among all"
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopvision.evaluation.fields import KINDS, alike, answer_keys, compliance, field_compliance, field_invariance, predicted_fields, read_fields
from shopvision.understanding.prediction import CategoryChoice, Prediction
from shopvision.understanding.prompts import FIELDS, answer_text

FEW = st.lists(st.sampled_from([*FIELDS]), min_size=1, max_size=5, unique=True)
VALUES = st.none() | st.booleans() | st.text(max_size=8) | st.lists(st.text(max_size=3), max_size=3) | \
    st.dictionaries(st.sampled_from([*FIELDS]), st.integers(), max_size=2)


@given(FEW, FEW, st.data())
def test_the_kind_says_how_the_keys_differ(given_, asked, data):
    kind = compliance(answer_text({f: data.draw(VALUES) for f in given_}), asked)
    assert (kind == 'exact') == (given_ == asked)
    assert ('missing' in kind) == bool(set(asked) - set(given_))
    assert ('extra' in kind) == bool(set(given_) - set(asked))
    assert kind in KINDS


@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=6))
def test_keys_are_those_of_the_outermost_object(d): assert answer_keys(json.dumps(d)) == tuple(d)


@pytest.mark.parametrize('text', ['', 'null', '[{"brand": "A"}]', '{"brand": "A"', '```json\n{"brand": "A"}\n```', '[' * 100_000])
def test_what_is_not_one_object_is_unreadable(text): assert compliance(text, ['brand']) == 'unreadable'


def test_a_key_given_twice_was_paid_for_twice(): assert compliance('{"brand": "A", "brand": "A"}', ['brand']) == 'extra'


def test_compliance_counts_every_reply():
    found = field_compliance(['{"brand": null}', 'no'], [['brand'], ['brand']], times=50)
    assert (found['n'], found['exact'], found['kinds']) == (2, .5, {'exact': 1, 'unreadable': 1})
    assert found['low'] <= .5 <= found['high']
    with pytest.raises(ValueError, match='no answer'): field_compliance([], [])
    with pytest.raises(ValueError, match='1 answers and 2 lists'): field_compliance(['{}'], [['brand'], ['brand']])


def test_invariance_is_per_field_and_over_all():
    whole = [dict(brand='A', category='X', is_secondhand=True)] * 4
    some = [dict(brand='A'), dict(brand='B', category='X'), dict(brand='A', category='X'), {}]
    found = field_invariance(whole, some, times=50)
    assert found['brand']['same'] == pytest.approx(2 / 3) and found['category']['same'] == 1
    assert found['all']['same'] == pytest.approx(2 / 3) and found['all']['n'] == 3
    assert found['unread']['n'] == 1 and 'is_secondhand' not in found


def test_no_is_not_nothing():
    assert alike(None, False) == 0 and alike(None, None) == 1 and alike('red coat', 'red coats') > .9
    found = field_invariance([dict(is_secondhand=False)], [dict(is_secondhand=None)], times=10)
    assert found['is_secondhand']['same'] == 0


def test_nothing_read_is_said_and_not_scored(): assert field_invariance([{}], [dict(brand='A')]) == {'unread': {'n': 1.}}


def test_values_are_read_as_serving_reads_them():
    assert read_fields('Sure: {"Brand": "A"}', ['brand']) == dict(brand='A')
    assert read_fields('I cannot tell', ['brand']) == {}
    p = Prediction('1', 'l', category=CategoryChoice('sv-1', 'A > B', None), brand='N')
    assert predicted_fields(p, ['brand', 'category']) == dict(brand='N', category='A > B')
    assert predicted_fields(Prediction('1', 'l', status='failed'), ['brand']) == {}
