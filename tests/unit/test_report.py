"A report of evaluations that hold odd things: no category, no confidence, other labels, no attributes, names with markup."
import pytest

from shopvision.evaluation.report import (Evaluation, change, draw_cost, draw_departures, load_evaluation, reliability, render_report, save_evaluation,
                                          summary, worst)
from shopvision.listing import Listing
from shopvision.understanding.prediction import CategoryChoice, CorrectionNote, Prediction


def said(id, path, confidence=.9, notes=()):
    if not path: return Prediction('p', id, status='failed', reason='nothing <b>seen</b>')
    return Prediction('p', id, category=CategoryChoice(path, path, confidence), corrections=notes)


TRUTH = ['Toys > Balls', 'Toys > Dolls & <Bears>', 'Home', 'Home > Rugs']
SAID = [said('a', 'Toys > Balls'), said('b', 'Toys', None), said('c', ''), said('d', 'Toys > Balls', .99)]
E = Evaluation('model <x>', SAID, TRUTH, seconds=2., dollars_an_hour=3.6)


def test_the_page_holds_whatever_the_listings_hold(tmp_path):
    listings = [Listing(i, f'<script>{i}</script>') for i in 'abcd']
    page = render_report([E, Evaluation('other', SAID[::1], TRUTH)], listings, previous=E, title='<Title>')
    assert '<script>a' not in page and '<Title>' not in page and 'nothing &lt;b&gt;seen' in page and 'nan' not in page.split('<h2>Change')[0].lower()
    assert E.dollars_a_million == pytest.approx(500)


def test_kept_and_read_again(tmp_path):
    back = load_evaluation(save_evaluation(E, tmp_path))
    assert (back.said, list(back.truth), back.seconds) == (E.said, TRUTH, 2.)
    with pytest.raises(ValueError, match='shopvision run evaluate'): load_evaluation(tmp_path / 'other')


def test_changes_are_counted_where_both_have_the_same_label():
    relabelled = Evaluation('before', SAID[:3], ['Toys > Balls', 'Toys > Balls', 'Home'])
    d = change(E, relabelled)
    assert (d['n'], d['left_out'], d['gained'], d['lost']) == (2, 2, 0, 0)
    with pytest.raises(ValueError, match='no listing in common'): change(E, Evaluation('x', [said('z', 'Toys')], ['Toys']))


def test_the_worst_share_least_and_are_surest():
    assert worst(E) == [3, 2, 1]
    assert sum(r['n'] for r in reliability(E, 2)) == 2
    assert reliability(Evaluation('x', [said('b', 'Toys', None)], ['Toys'])) == []


def test_a_retrievers_word_is_no_invalid_draft():
    note = (CorrectionNote('category', 'Home', 'rescored', .8, 'Toys > Balls'),)
    e = Evaluation('x', [said('a', 'Toys > Balls', notes=note)], ['Toys > Balls'], known=('Home', 'Toys > Balls'))
    assert summary(e)['invalid_drafts'] == 0 and summary(Evaluation('x', e.predictions, e.truth))['invalid_drafts'] == 1


def test_pictures_are_drawn_of_little():
    one = Evaluation('x', [said('a', '')], ['Toys'])
    assert draw_departures(one).data and draw_cost([one]).data
    with pytest.raises(ValueError, match='no listings'): Evaluation('x', [], [])
