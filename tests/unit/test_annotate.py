"Tasks for people and what comes back: unknown ids, duplicated rows, missing columns, people who do not look."
import json
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from shopvision.data.annotate import (Annotation, as_export, import_annotations, labeling_config, neyman, pick_rows, read_tasks, stratum_of, task_of,
                                      write_tasks)
from shopvision.data.annotators import Rules, final_labels, plant_gold, standing, standings
from shopvision.listing import Listing


@pytest.fixture(scope='module')
def tasks(starter):
    listings = [Listing(f'l-{k}', f'Thing "{k}" <b>', 'A & B', merchant_id='m') for k in range(6)]
    return {t.task_id: t for t in (task_of(l, starter.leaves[k], starter, asked_by='judges') for k, l in enumerate(listings))}


sizes = st.dictionaries(st.sampled_from('abcdef'), st.integers(1, 60), min_size=1)


@given(sizes, st.integers(0, 200), st.integers(0, 3), st.randoms(use_true_random=False))
def test_allocation_sums_and_keeps_to_what_there_is(sizes, n, floor, rng):
    spread = {s: rng.random() * .5 for s in sizes}
    least = sum(min(k, floor) for k in sizes.values())
    if least > min(n, sum(sizes.values())):
        with pytest.raises(ValueError, match='merge strata'): neyman(sizes, spread, n, floor)
        return
    take = neyman(sizes, spread, n, floor)
    assert sum(take.values()) == min(n, sum(sizes.values())) and all(min(floor, sizes[s]) <= take[s] <= sizes[s] for s in sizes)


def test_allocation_follows_size_times_spread():
    take = neyman(dict(a=1000, b=1000), dict(a=.1, b=.4), 100, 0)
    assert abs(take['b'] - 80) <= 1


def test_a_sample_does_not_depend_on_the_order():
    keys, strata = [str(k) for k in range(90)], ['ab'[k % 2] for k in range(90)]
    one = {keys[p.row] for p in pick_rows(keys, strata, 20, seed=3)}
    assert one == {keys[::-1][p.row] for p in pick_rows(keys[::-1], strata[::-1], 20, seed=3)} != {keys[p.row] for p in pick_rows(keys, strata, 20, seed=4)}


def test_strata_say_what_they_are():
    said = [stratum_of('Toys > Balls', .95, False), stratum_of('Toys', .2, False), stratum_of('', None, True)]
    assert said == ['Toys | sure', 'Toys | unsure', 'none | disputed']


def test_tasks_survive_the_file_and_names_are_escaped(tasks, starter, tmp_path):
    file, config = write_tasks(list(tasks.values()), starter, tmp_path)
    assert read_tasks(file) == tasks
    import xml.etree.ElementTree as ET
    assert len(ET.fromstring(config.read_text()).findall('.//Taxonomy//Choice')) == len(starter)
    assert '<TextArea' in labeling_config(starter, most=10)


def imported(rows, tasks, starter, folder):
    file = folder / 'x.json'
    file.write_text(json.dumps(rows))
    return import_annotations(file, tasks, starter)


def test_what_cannot_be_used_is_kept_with_its_reason(tasks, starter, tmp_path):
    ids = list(tasks)
    def a(task, who='ann', verdict='right', category=''): return Annotation(task, tasks.get(task, tasks[ids[0]]).listing_id, who, verdict, category, '1')
    rows = as_export(tasks, [a(ids[0], category=tasks[ids[0]].category_id), a('strange'), a(ids[1], who=''), a(ids[2], verdict='perhaps')], starter)
    rows += [dict(id=9), dict(id=10, data=dict(task_id=ids[3]), annotations=[dict(id=1, completed_by=7, result=[
        dict(from_name='verdict', value=dict(choices=['wrong'])), dict(from_name='category', value=dict(taxonomy=[['No', 'Such']]))])])]
    good, bad = imported(rows, tasks, starter, tmp_path)
    assert [g.task_id for g in good] == [ids[0]] and len(bad) == 5
    reasons = ' | '.join(r.reason for r in bad)
    for said in ("'strange' was not asked", 'nobody signed it', "'perhaps' is none of", "'No > Such' is no category", 'None was not asked'):
        assert said in reasons, said
    with pytest.raises(ValueError, match='a list of tasks, not dict'): imported({}, tasks, starter, tmp_path)


def test_of_two_answers_the_later_counts_and_the_other_is_kept(tasks, starter, tmp_path):
    id = next(iter(tasks))
    first = Annotation(id, tasks[id].listing_id, 'ann', 'right', tasks[id].category_id, '2026-01-01')
    later = replace(first, verdict='cannot tell', category_id='', time='2026-01-02')
    for order in ([first, later], [later, first]):
        good, bad = imported(as_export(tasks, order, starter), tasks, starter, tmp_path)
        assert good == [later] and len(bad) == 1
    assert len(imported(as_export(tasks, [first, first], starter), tasks, starter, tmp_path)[1]) == 1


def test_a_table_with_a_column_short_says_which(tasks, starter, tmp_path):
    file = tmp_path / 'x.csv'
    file.write_text('task_id,verdict\n')
    with pytest.raises(ValueError, match="no column 'annotator'; it has task_id, verdict"): import_annotations(file, tasks, starter)


def answers(name, right, starter, work=3):
    out = []
    for k, ok in enumerate(right):
        out += [Annotation(f'w{k}-{j}', 'l', name, 'right', starter.leaves[5], f'{k:03}a{j}') for j in range(work)]
        out.append(Annotation(f'g{k}', 'l', name, 'right', starter.leaves[k % 5] if ok else starter.leaves[9], f'{k:03}z'))
    return out


def test_standing(starter):
    gold = {f'g{k}': starter.leaves[k % 5] for k in range(60)}
    assert standing('a', answers('a', [True] * 30, starter), gold, starter).state == 'working'
    assert standing('a', answers('a', [True] * 5, starter), gold, starter).state == 'in test'
    failed = standing('a', answers('a', [True, False] * 10, starter), gold, starter)
    assert failed.state == 'failed' and len(failed.again) == 30 and not failed.counts
    dropped = standing('a', answers('a', [True] * 20 + [False] * 20, starter), gold, starter)
    assert dropped.state == 'paused' and 3 <= len(dropped.again) < 40 and dropped.counts and 'surely less' in dropped.reason
    one_slip = standing('a', answers('a', [True] * 20 + [False] + [True] * 10, starter), gold, starter, Rules())
    assert one_slip.state == 'working'


def test_labels_of_a_paused_person_from_before_the_drop_count(starter):
    gold = {f'g{k}': starter.leaves[k % 5] for k in range(60)}
    said = answers('a', [True] * 20 + [False] * 20, starter) + answers('b', [True] * 40, starter)
    labels = {l.task_id: l for l in final_labels(said, standings(said, gold, starter))}
    assert labels['w3-0'].how == 'agreed' and labels['w22-1'].how == 'too few'


def test_gold_is_hidden_and_not_invented(tasks, starter):
    mine, known = list(tasks.values())[:3], [(replace(t, task_id=f'gold-{k}'), t.category_id) for k, t in enumerate(tasks.values())]
    shown, gold = plant_gold(mine, known, .5, seed=1)
    assert len(shown) == 6 and len(gold) == 3 and {t.task_id for t in mine} <= {t.task_id for t in shown}
    with pytest.raises(ValueError, match='label more'): plant_gold(mine * 10, known, .5)


def test_agreement_needs_a_majority_of_two():
    said = [Annotation('t', 'l', w, 'right', c) for w, c in (('a', 'x'), ('b', 'y'), ('c', 'x'), ('d', 'y'))]
    crew = {w: replace(standing(w, [], {}, None), state='working') for w in 'abcd'}
    assert final_labels(said, crew)[0].how == 'disputed'
    assert final_labels(said[:3], crew)[0].category_id == 'x'


def test_without_gold_nobody_is_tested_and_it_is_said(starter):
    person = standing('a', answers('a', [True] * 3, starter), {}, starter)
    assert person.counts and 'nobody was tested' in person.reason
