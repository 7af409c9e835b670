"Sampling, near-duplicates, splits and the golden set: bad input, edges and what must hold of any input"
import errno
import io
import json
import random
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from shopvision.data.duplicates import (
    Link, bits_apart, bucket_pairs, find_links, groups_of, jaccard, near_pictures, near_texts, read_pictures, shingles, unique_pairs,
)
from shopvision.data.sample import allot, coverage, draw, effective_size, weighted_mean, weights
from shopvision.data.splits import SHARES, LeakError, balanced_splits, check_leaks, find_leaks, hash_splits, listing_key
from shopvision.listing import Listing

WORDS = [f'{a}{b}{c}' for a in 'kmprst' for b in ('al', 'eno', 'iru', 'ot') for c in ('ba', 'din', 'go', 'lem')]


def text(seed: int, n: int = 25) -> str: return ' '.join(random.Random(seed).choices(WORDS, k=n))


def picture(seed: int, size: int = 96, quality: int = 90) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    Image.fromarray(noise).resize((size, size), Image.Resampling.BICUBIC).save(out := io.BytesIO(), 'JPEG', quality=quality)
    return out.getvalue()


# sampling

@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(1, 60), min_size=1, max_size=12), st.integers(1, 30), st.integers(0, 200))
def test_an_allotment_is_level_and_uses_what_it_may(available, cap, most):
    taken = allot(available, cap, 0, most)
    limit = sum(min(n, cap) for n in available.values())
    assert sum(taken.values()) == (min(limit, most) if most else limit)
    assert all(0 <= taken[c] <= min(cap, n) for c, n in available.items())
    top = max(taken.values())
    assert all(taken[c] in (available[c], top, top - 1) for c in available)


@given(st.lists(st.sampled_from('abcde'), min_size=1, max_size=80), st.integers(1, 9), st.randoms())
def test_a_sample_depends_on_ids_and_not_on_their_order(categories, cap, rng):
    rows = [(f'k{i}', c) for i, c in enumerate(categories)]
    mixed = rng.sample(rows, len(rows))
    one, two = ({part[i] for i in draw(*zip(*part), cap)} for part in (rows, mixed))
    assert one == two


def test_sampling_refuses_what_makes_no_sense():
    with pytest.raises(ValueError, match='cap=0, floor=0'): allot({'a': 1}, 0)
    with pytest.raises(ValueError, match='cap=3, floor=4'): allot({'a': 1}, 3, 4)
    with pytest.raises(ValueError, match="1 listings have the key of another, such as 'x'"): draw(['x', 'x'], ['a', 'b'], 1)
    with pytest.raises(ValueError, match='2 values, 1 weights'): weighted_mean([1, 0], np.ones(1), ['a'])
    with pytest.raises(ValueError, match='at least one listing'): weighted_mean([], np.ones(0), [])


@given(st.lists(st.sampled_from('abcdef'), min_size=1, max_size=60), st.lists(st.integers(1, 1000), min_size=6, max_size=6))
def test_weights_give_categories_the_shares_that_are_wanted(sample, counts):
    wanted = dict(zip('abcdef', counts))
    w = weights(sample, wanted)
    present = sum(wanted[c] for c in set(sample))
    for c in set(sample): assert sum(x for x, s in zip(w, sample) if s == c) / w.sum() == pytest.approx(wanted[c] / present)
    assert 1 - 1e-9 <= effective_size(w) <= len(sample) + 1e-9


def test_a_category_with_one_example_has_an_error_and_is_reported(starter):
    leaf, other = starter.leaves[:2]
    report = coverage([leaf, *[other] * 9], [leaf, *[other] * 5], starter, 3)
    assert [c.id for c in report.single] == [leaf] and [c.id for c in report.short] == [leaf]
    alone = weighted_mean([0, 1, 1, 1, 1, 1], weights([leaf, *[other] * 5]), [leaf, *[other] * 5])  # of the one nobody knows how it spreads
    assert alone.mean == pytest.approx(.5) and alone.error == pytest.approx(.25)


# near-duplicates

@settings(deadline=None, max_examples=60)
@given(st.text(max_size=40), st.text(max_size=40))
def test_jaccard_of_shingles_is_that_of_sets(a, b):
    def pieces(t): return {t[i:i + 5] for i in range(len(t) - 4)} or ({t} if t else set())
    x, y = pieces(a), pieces(b)
    if '\0' in a + b: return  # the padding of short texts
    assert jaccard(shingles(a), shingles(b)) == pytest.approx(len(x & y) / max(len(x | y), 1))


def test_near_texts_finds_what_comparing_all_finds():
    texts = [text(i) for i in range(60)]
    for i in range(60):
        words = texts[i].split()
        for k in random.Random(i).sample(range(25), i % 9): words[k] = 'other'
        texts.append(' '.join(words))
    sets = [shingles(t) for t in texts]
    every = {(i, j) for i in range(120) for j in range(i + 1, 120) if jaccard(sets[i], sets[j]) >= .62}
    found = {p[:2] for p in near_texts(texts, .62)}
    copies = {(i, i + 60) for i in range(60) if texts[i] == texts[i + 60]}
    assert found == every and copies and len(every) > len(copies)


def test_empty_texts_are_no_duplicates(): assert near_texts(['', '', 'a', 'a']) == [(2, 3, 1.0)]


@given(st.lists(st.integers(0, 5), max_size=40))
def test_bucket_pairs_are_all_pairs_of_equal_keys(keys):
    found = {tuple(p) for p in unique_pairs(bucket_pairs(np.array(keys, np.int64), np.arange(len(keys)))).tolist()}
    assert found == {(i, j) for i in range(len(keys)) for j in range(i + 1, len(keys)) if keys[i] == keys[j]}


def test_near_pictures_finds_what_comparing_all_finds():
    base = [picture(i) for i in range(40)]
    again = [picture(i, 60 + 5 * i, 40) for i in range(0, 40, 3)]
    p = read_pictures([Listing(str(i), images=(f,)) for i, f in enumerate([*base, *again])])
    apart = np.array([[bits_apart(p.hashes[i:i + 1], p.hashes[j:j + 1])[0] for j in range(len(p))] for i in range(len(p))])
    small = p.small.astype(int)
    every = {(i, j) for i in range(len(p)) for j in range(i + 1, len(p)) if apart[i, j] <= 7 and np.abs(small[i] - small[j]).mean() <= 9}
    assert {q[:2] for q in near_pictures(p)} == every >= {(i, 40 + i // 3) for i in range(0, 40, 3)}


def test_another_colour_is_another_picture():
    shape = np.random.default_rng(0).integers(0, 2, (6, 6))
    def shirt(color):
        Image.fromarray(np.where(shape[..., None], color, 255).astype(np.uint8)).resize((90, 90)).save(out := io.BytesIO(), 'PNG')
        return out.getvalue()
    assert near_pictures(read_pictures([Listing('a', images=(shirt((200, 30, 30)),)), Listing('b', images=(shirt((30, 30, 200)),))])) == []


def test_pictures_that_are_blank_broken_or_missing_tie_nothing():
    Image.new('RGB', (64, 64), 'white').save(white := io.BytesIO(), 'PNG')
    blank = [Listing(str(i), text(i), images=(white.getvalue(),)) for i in range(3)]
    listings = [*blank, Listing('4', text(4), images=(b'no picture',)), Listing('5', text(5))]
    p = read_pictures(listings)
    assert (len(p), p.blank, len(p.errors)) == (0, 3, 1) and 'listing 4' in p.errors[0]
    assert find_links(listings, p) == []


@given(st.integers(1, 30).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=40))))
def test_groups_are_what_links_connect(case):
    n, ends = case
    groups, mine = groups_of(n, [Link(a, b, 'text', 1.0) for a, b in ends]), list(range(n))
    for a, b in ends: mine = [mine[a] if m == mine[b] else m for m in mine]
    assert all((groups[i] == groups[j]) == (mine[i] == mine[j]) for i in range(n) for j in range(n))


# splits

def grown(data, n):
    "Listings of some merchants, and links that appear one by one"
    listings = [Listing(str(i), merchant_id=f'm{data.draw(st.integers(0, n // 2))}') for i in range(n)]
    ties = data.draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=n // 2))
    return listings, [Link(*t, 'text', 1.0) for t in ties]


def merchants(listings):
    first = {}
    return [Link(first.setdefault(l.merchant_id, i), i, 'merchant', 1.0) for i, l in enumerate(listings)]


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_listing_never_moves_from_test_when_the_data_grows(data):
    listings, ties = grown(data, 40)
    before, n = listings[:25], [l for l in ties if max(l.a, l.b) < 25][:3]
    groups, after = groups_of(25, [*merchants(before), *n]), groups_of(40, [*merchants(listings), *ties])
    order = list(SHARES)
    early = hash_splits(before, groups)
    for a, b in zip(early, hash_splits(listings, after)): assert order.index(b) >= order.index(a)
    early = balanced_splits(before, groups, ['c'] * 25)
    late = balanced_splits(listings, after, ['c'] * 40, previous={listing_key(l): s for l, s in zip(before, early)})
    for a, b in zip(early, late): assert order.index(b) >= order.index(a)
    for g in set(after.tolist()): assert len({s for s, h in zip(late, after) if h == g}) == 1


def test_rows_added_without_new_links_move_nothing_by_hash():
    listings = [Listing(str(i)) for i in range(300)]
    assert hash_splits(listings, range(300))[:200] == hash_splits(listings[:200], range(200))
    assert hash_splits(listings, range(300)) != hash_splits(listings, range(300), seed=1)


@pytest.mark.parametrize('n', [0, 1, 2])
def test_next_to_nothing_is_divided(n):
    listings = [Listing(str(i)) for i in range(n)]
    for splits in (hash_splits(listings, range(n)), balanced_splits(listings, range(n), ['c'] * n)): assert len(splits) == n
    assert balanced_splits(listings, range(n), ['c'] * n) == ['train'] * n


def test_balanced_splits_are_near_the_shares_in_every_category():
    categories = [c for i in range(40) for c in [f'c{i}'] * 20]
    listings = [Listing(str(i)) for i in range(800)]
    counts = Counter(zip(categories, balanced_splits(listings, range(800), categories)))
    assert all(abs(counts[f'c{i}', s] - 20 * share) <= 1 for i in range(40) for s, share in SHARES.items())


def test_a_group_too_large_to_divide_stays_whole():
    splits = balanced_splits([Listing(str(i)) for i in range(100)], [0] * 90 + list(range(1, 11)), ['c'] * 100)
    assert set(splits[:90]) == {'train'} and {'valid', 'test'} <= set(splits[90:])


PLANTS = {'id': lambda l: replace(l, title=text(900), images=(), merchant_id=''),
          'merchant': lambda l: Listing('x', text(901), merchant_id=l.merchant_id),
          'text': lambda l: Listing('x', l.title + '!', merchant_id='z'),
          'picture': lambda l: Listing('x', text(902), images=(picture(3, 150, 50),), merchant_id='z')}


@pytest.mark.parametrize('kind', PLANTS)
def test_a_planted_leak_is_found(kind):
    train = [Listing(f'a{i}', text(i), images=(picture(i),), merchant_id=f'm{i}') for i in range(6)]
    test = [Listing(f'b{i}', text(i + 50), images=(picture(i + 50),), merchant_id=f'n{i}') for i in range(6)]
    check_leaks(dict(train=train, test=test))
    bad = PLANTS[kind](train[3])
    with pytest.raises(LeakError, match=f"same {kind}: 'a3' of m3 in train and '{bad.id}'") as e: check_leaks(dict(train=train, test=[*test, bad]))
    assert {(l.kind, l.a[2], l.b[2]) for l in e.value.leaks} == {(kind, 'a3', bad.id)}


def test_one_id_in_two_shops_is_no_leak():
    assert find_leaks(dict(train=[Listing('1', text(1), merchant_id='a')], test=[Listing('1', text(2), merchant_id='b')])) == []


def test_every_group_that_lies_in_two_splits_is_reported():
    rng = random.Random(0)
    listings = [Listing(str(i), text(rng.randrange(25)) + ' new' * rng.randrange(2), merchant_id=f'm{rng.randrange(40)}') for i in range(60)]
    groups = groups_of(60, find_links(listings))
    splits = {s: [listings[i] for i in range(60) if i % 3 == k] for k, s in enumerate(SHARES)}
    torn = {g for g in groups.tolist() if len({i % 3 for i in range(60) if groups[i] == g}) > 1}
    assert torn == {int(groups[int(l.a[2])]) for l in find_leaks(splits)}


# the golden set

@pytest.fixture(scope='module')
def set_of(starter):
    pytest.importorskip('datasets').disable_progress_bars()
    from shopvision.data.build import Golden, build_golden
    leaf = starter.leaves[0]
    def make(n=12, images=True, **k):
        listings = [Listing(str(i), text(i), images=(picture(i),) if images else (), merchant_id=f'm{i}') for i in range(n)]
        golden = [Golden(l, leaf if l.id != '0' else starter.leaves[1], {'category': 'annotators'}) for l in listings]
        return build_golden(golden, ['test' if i % 3 == 0 else 'train' for i in range(n)], list(range(n)), starter, date='2026-11-01', **k)
    return make


def test_all_pictures_missing_and_a_category_of_one(set_of, tmp_path):
    from shopvision.data.publish import data_card, load_golden, save_golden
    g = set_of(images=False)
    again = load_golden(save_golden(g, tmp_path/'g'))
    assert all(r['images'] == [] for part in again.splits.values() for r in part)
    card = data_card(again)
    assert '| images | 8 | 4 |' in card and '1 of 2 categories have a single listing' in card and 'not stated: ask before you use it' in card


def test_the_same_rows_give_the_same_digest(set_of):
    assert set_of().about['content'] == set_of().about['content'] != set_of(seed=0, images=False).about['content']
    assert set_of().version == f'v2026-11-01-{set_of().about["content"]}'


def test_a_column_short_names_the_column(set_of, tmp_path):
    from shopvision.data.build import GoldenError
    from shopvision.data.publish import check_columns, load_golden, save_golden
    g = set_of()
    with pytest.raises(GoldenError, match=r"split test has no column 'brand' and no column 'group'; a golden set needs id, merchant_id, title"):
        check_columns(g.splits['test'].remove_columns(['brand', 'group']), 'split test')
    with pytest.raises(GoldenError, match="column 'is_secondhand' is Value"):
        import datasets
        check_columns(g.splits['test'].cast_column('is_secondhand', datasets.Value('string')), 'x')
    save_golden(g, tmp_path/'g')
    (tmp_path/'g'/'about.json').unlink()
    with pytest.raises(GoldenError, match='holds no golden set that can be read'): load_golden(tmp_path/'g')


@pytest.mark.parametrize('when', ['before', 'midway'])
def test_a_full_disk_leaves_nothing_behind(set_of, tmp_path, monkeypatch, when):
    import datasets

    from shopvision.data import publish
    if when == 'before': monkeypatch.setattr(publish.shutil, 'disk_usage', lambda p: SimpleNamespace(free=1000))
    else:
        def fill(self, path, **k):
            (tmp_path/'trace').mkdir()
            raise OSError(errno.ENOSPC, 'No space left on device')
        monkeypatch.setattr(datasets.DatasetDict, 'save_to_disk', fill)
    with pytest.raises(publish.GoldenError, match=r'the disk is full .*on another disk. Nothing was left behind'):
        publish.save_golden(set_of(), tmp_path/'deep'/'g')
    assert list((tmp_path/'deep').iterdir()) == []


def test_building_refuses_what_is_not_gold(starter):
    from shopvision.data.build import Golden, GoldenError, build_golden
    g = Golden(Listing('1', 'Mug'), starter.leaves[0], {'category': 'merchant'})
    def build(*golden): return build_golden(golden, ['train'] * len(golden), list(range(len(golden))), starter)
    with pytest.raises(GoldenError, match="2 listings have the id '1' and the merchant ''"): build(g, g)
    with pytest.raises(GoldenError, match="listing 1: category 'nowhere' is not in starter"): build(replace(g, category_id='nowhere'))
    with pytest.raises(GoldenError, match="nobody answers for category: its source is 'chance'"): build(replace(g, labelled_by={'category': 'chance'}))
    with pytest.raises(GoldenError, match='names a picture by its address'): build(replace(g, listing=Listing('1', images=('a.jpg',))))


def test_pictures_that_cannot_be_taken_in_are_told(starter, tmp_path):
    from shopvision.data.build import Golden, embed_pictures
    (tmp_path/'good.jpg').write_bytes(picture(1))
    images = (str(tmp_path/'good.jpg'), 'https://example.com/a.jpg', picture(2)[:400], str(tmp_path/'none.jpg'))
    got = embed_pictures(Golden(Listing('1', images=images), starter.leaves[0], {'category': 'merchant'}))
    assert got.listing.images == (picture(1),)
    assert [e.split(' ')[1] for e in got.image_errors] == ['2', '3', '4'] and 'fetching URLs is off' in got.image_errors[0]


def test_lines_that_cannot_be_used_are_handed_back(starter, tmp_path):
    from shopvision.data.build import Golden, GoldenError, read_golden
    path, leaf = tmp_path/'labels.jsonl', starter.leaves[0]
    rows = [dict(id='1', title='Mug', category_path=starter.path(leaf), labelled_by='judges: 2 of 3', brand='Luno'),
            dict(id='2', category_id='nowhere', labelled_by='judges'),
            dict(id='3', title='', category_id=leaf, labelled_by='judges', is_secondhand='no'),
            dict(id='4', title='', category_id=leaf, labelled_by='judges', attributes=['x'])]
    path.write_text('\n'.join([*map(json.dumps, rows), '{', '[]']))
    good, *bad = read_golden(path, starter)
    assert isinstance(good, Golden) and good.labelled_by == {'category': 'judges: 2 of 3', 'brand': 'judges: 2 of 3'} and good.listing.vendor == ''
    why = ["'nowhere' is not in", "true, false or null, not 'no'", 'attributes are an object', 'unexpected', 'JSON object, not list']
    assert all(w in b.reason for b, w in zip(bad, why))
    assert len(bad) == 5 and bad[0].where == 'line 2'
    path.write_text(json.dumps(dict(id='1', title='Mug', category_id=leaf)))
    with pytest.raises(GoldenError, match="no column 'labelled_by'; a labelled listing needs id"): list(read_golden(path, starter))
    assert isinstance(next(read_golden(path, starter, 'merchant')), Golden)
    with pytest.raises(GoldenError, match='cannot be read'): list(read_golden(tmp_path/'none.jsonl', starter))


def test_uploading_needs_a_token_and_says_when_the_hub_does_not_answer(set_of, monkeypatch):
    import httpx
    import huggingface_hub

    from shopvision.data.publish import GoldenError, push_golden
    monkeypatch.setattr(huggingface_hub, 'get_token', lambda: None)
    with pytest.raises(GoldenError, match='us/golden needs a token with write access'): push_golden(set_of(), 'us/golden')
    def down(*a, **k): raise httpx.ConnectError('no route')
    with pytest.raises(GoldenError, match=r'failed: no route. No tag was set; run it again'):
        push_golden(set_of(), 'us/golden', 'hf_x', SimpleNamespace(repo_info=down))
