"When a new model is proposed, and what speaks against it."
import pytest

from shopvision.evaluation.report import Evaluation
from shopvision.training.promotion import Rules, propose
from shopvision.understanding.prediction import CategoryChoice, CorrectionNote, Prediction


def evaluation(name, said, truth, seconds=1., notes=()):
    def record(i, path):
        return Prediction(f'{i:026}', f'l-{i}', category=CategoryChoice(path, path, .9) if path else None, status='ok' if path else 'failed', corrections=notes)
    return Evaluation(name, [record(i, s) for i, s in enumerate(said)], truth, seconds=seconds)


TRUTH = ['Toys > Balls'] * 200 + ['Furniture > Beds'] * 200
OLD = ['Toys > Dolls'] * 60 + ['Toys > Balls'] * 140 + ['Furniture > Beds'] * 200


def against(said, **kwargs):
    new = evaluation('new', said, TRUTH, **{k: v for k, v in kwargs.items() if k in ('seconds', 'notes')})
    p = propose({'set': new}, {'set': evaluation('old', OLD, TRUTH)}, Rules(), kwargs.get('sensitive', lambda path: False))
    assert p.promote == (not p.against)
    return {r.rule for r in p.against}


def test_a_model_that_is_better_and_nowhere_worse_is_proposed():
    assert against(TRUTH) == set()


def test_a_mean_that_rises_does_not_hide_a_vertical_that_fell():
    said = ['Toys > Balls'] * 200 + ['Furniture > Sofas'] * 20 + ['Furniture > Beds'] * 180
    assert against(said) == {'no vertical fell'}


def test_few_listings_do_not_show_that_a_model_is_not_worse():
    old, new = (evaluation(n, s, TRUTH[:12]) for n, s in (('old', TRUTH[:12]), ('new', ['Toys > Dolls', *TRUTH[1:12]])))
    assert {'exact not worse', 'better somewhere'} <= {r.rule for r in propose({'set': new}, {'set': old}).against}


@pytest.mark.parametrize('change, rule', [
    (dict(seconds=1.5), 'time'), (dict(notes=(CorrectionNote('category', 'Toys > Ball', 'fuzzy', .9, 'Toys > Balls'),)), 'drafts that name nothing')])
def test_what_a_better_model_must_not_cost(change, rule):
    assert against(TRUTH, **change) == {rule}


def test_a_model_that_gives_up_on_listings_is_not_proposed():
    assert 'listings without a category' in against([''] * 5 + TRUTH[5:])


def test_sensitive_categories_may_not_get_worse():
    said = TRUTH[:199] + ['Furniture > Beds'] + TRUTH[200:]
    assert against(said, sensitive=lambda path: path.endswith('Beds')) == {'sensitive categories not worse'}
    assert against(said) == set()
