import importlib.util
import os
import pickle
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from shopvision.evaluation.correction_cases import HALVES, read_cases, retired_cases, write_cases, write_nonsense
from shopvision.evaluation.correction_fit import measure_corrections
from shopvision.taxonomy.load import read_release
from shopvision.taxonomy.tree import Attribute, Value
from shopvision.understanding.correct import CategoryIndex, correct_value
from shopvision.understanding.correct_index import build_tables, describe_scipy, encode_queries, retrieve_scipy
from shopvision.understanding.path_text import split_levels

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("SHOPVISION_SHARED", ROOT.parent / "shared")) / "taxonomy"
needs_releases = pytest.mark.skipif(not SHARED.is_dir(), reason="needs Shopify's releases: set SHOPVISION_SHARED")
needs_numba = pytest.mark.skipif(not importlib.util.find_spec("numba"), reason="needs numba")

TOPS = {"Clothing": ("Dresses", "Coats & Jackets", "Pants", "Swimwear"), "Kitchen": ("Pans & Pots", "Bread Knives", "Mugs", "Glass Lids"),
        "Garden": ("Rakes", "Hoses", "Plant Pots", "Benches")}
KINDS = ("Blue", "Folding", "Long", "Travel", "Crêpe", "Men's")


def make_shop(reverse=False):
    paths = []
    for top, names in TOPS.items():
        paths.append(top)
        for name in names: paths += [f"{top} > {name}", *(f"{top} > {name} > {kind} {name.split()[-1]}" for kind in KINDS)]
    rows = [(f"x-{i}", p) for i, p in enumerate(paths)]
    ids, paths = zip(*(rows[::-1] if reverse else rows), strict=True)
    return SimpleNamespace(ids=ids, paths=paths, version="test/1")


@pytest.fixture(scope="module")
def index(): return CategoryIndex(make_shop(), kernel="scipy")


@pytest.fixture(scope="module")
def release(): return read_release(SHARED / "2025-08-unstable")


def test_every_path_and_id_is_exact(index):
    shop = make_shop()
    for raws in (shop.paths, shop.ids):
        found = index.correct_many(raws)
        assert [c.id for c in found] == list(shop.ids)
        assert {c.kind for c in found} == {"exact"} and {c.score for c in found} == {1.0}


@pytest.mark.parametrize("raw", ["clothing > coats and jacket > blue jacket", "CLOTHING / COATS & JACKETS / BLUE JACKETS",
                                 "Clothing → Coats & Jackets → Blue Jackets",
                                 '{"category": "Clothing > Coats & Jackets > Blue Jackets"}', "The category is **Clothing > Coats & Jackets > Blue Jackets**."])
def test_the_same_words_written_otherwise_are_normalised(index, raw):
    found = index.correct(raw)
    assert (found.kind, found.path) == ("normalised", "Clothing > Coats & Jackets > Blue Jackets")


@pytest.mark.parametrize(("raw", "path"), [("Fashion > Coats > Blue Jacket", "Clothing > Coats & Jackets > Blue Jackets"),
                                           ("Folding Bench", "Garden > Benches > Folding Benches"),
                                           ("Garden > Bread Knives > Travel Knivs", "Kitchen > Bread Knives > Travel Knives"),
                                           ("Kitchen > Crepe Pots", "Kitchen > Pans & Pots > Crêpe Pots")])
def test_a_made_up_path_goes_to_the_nearest(index, raw, path):
    found = index.correct(raw)
    assert (found.kind, found.path) == ("fuzzy", path)
    assert found.candidates[0].path == path and 0 < found.score < 1


def test_a_made_up_leaf_backs_off_to_its_parent(index):
    found = index.correct("Garden > Rakes > Zorvex 3000")
    assert (found.kind, found.path) == ("backed_off", "Garden > Rakes")


@pytest.mark.parametrize("raw", [None, "", "   ", "***", ">>>", "厨房用品", "x" * 10_000, "qwpzj > vvkkq", "\ud800", "\x00"])
def test_nothing_in_common_gives_nothing(index, raw):
    found = index.correct(raw)
    assert (found.kind, found.id, found.path) == ("backed_off", "", "")
    assert found.score < 0.5


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.text(), st.text(alphabet="GardenClothing> &/:|-\n\"'1,", max_size=80), st.none()), max_size=6))
def test_no_text_raises_and_answers_exist(raws):
    index = _shared_index()
    found = index.correct_many(raws)
    assert len(found) == len(raws)
    assert all(c.id in index._by_id or c.id == "" for c in found)
    assert all(0 <= c.score <= 1 for c in found)


def _shared_index(cache=[]):  # noqa: B006  hypothesis does not mix with fixtures
    if not cache: cache.append(CategoryIndex(make_shop(), kernel="scipy"))
    return cache[0]


def test_an_index_survives_pickling_and_order_of_categories(index):
    raws = [c.raw for c in write_cases(make_shop(), 200)]
    found = index.correct_many(raws)
    assert pickle.loads(pickle.dumps(index)).correct_many(raws) == found
    assert index.correct_many(raws[::-1])[::-1] == found  # neither batch nor order matters
    backwards = CategoryIndex(make_shop(reverse=True), kernel="scipy").correct_many(raws)
    assert sum(a.id == b.id for a, b in zip(found, backwards, strict=True)) > 190  # ties may fall otherwise


def test_nearest_lists_as_many_as_asked(index):
    found = index.nearest("blue denim jacket for men", 20)
    assert len(found) == 20 and found[0].path == "Clothing > Coats & Jackets > Blue Jackets"
    assert index.nearest("") == []


def test_a_kernel_that_is_not_there_says_what_to_do(monkeypatch):
    with pytest.raises(ValueError, match="not one of"): CategoryIndex(make_shop(), kernel="gpu")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"shopvision\[fast\]"): CategoryIndex(make_shop(), kernel="numba")


@needs_numba
@pytest.mark.parametrize("source", ["shop", pytest.param("release", marks=needs_releases)])
def test_the_compiled_kernel_gives_the_same_candidates_and_features(source, request):
    from shopvision.understanding.kernel import score_numba
    tax = make_shop() if source == "shop" else request.getfixturevalue("release")
    tables = build_tables(tax.ids, tax.paths)
    queries = [levels for c in write_cases(tax, 600) + write_nonsense(60) if (levels := split_levels(c.raw, tables.name_id))]
    queries += [split_levels(p, tables.name_id) for p in ("Größe > 衣類 > ドレス", " > ".join("abcdefghijklmnop"), "verylongword" * 12)]
    batch = encode_queries(tables, queries)
    slots, leaf, path = retrieve_scipy(tables, batch)
    features = describe_scipy(tables, batch, slots, leaf, path)
    fast_slots, fast_features = score_numba(tables, batch)
    same = slots == fast_slots  # a tie in the last digit may reorder candidates
    assert same.mean() > 0.999
    assert np.abs(features - fast_features)[same].max() < 1e-5
    raws = [c.raw for c in write_cases(tax, 600, seed=1)]
    slow, fast = (CategoryIndex(tax, kernel).correct_many(raws) for kernel in ("scipy", "numba"))
    assert [(c.kind, c.id) for c in slow] == [(c.kind, c.id) for c in fast]
    assert np.allclose([c.score for c in slow], [c.score for c in fast], atol=1e-4)


@needs_releases
def test_made_up_paths_of_a_release_are_found(release):
    paths = dict(zip(release.ids, release.paths, strict=True))
    cases = [c for c in write_cases(release, 2000, seed=7) if c.half == "held-out"]
    got = measure_corrections(paths, cases, CategoryIndex(release).correct_many([c.raw for c in cases]))
    assert got["top1"] >= 0.96 and got["hF"] >= 0.985 and got["sure"] >= 0.99 and got["calibration"] < 0.03


@needs_releases
def test_paths_written_blind_and_retired_paths_are_found(release):
    import yaml
    rules = yaml.safe_load((SHARED / "2025-08-unstable/data/integrations/shopify/2024-10/mappings/to_shopify.yml").read_text())["rules"]
    moves = {r["input"]["product_category_id"]: r["output"]["product_category_id"][0] for r in rules}
    cases = read_cases(ROOT / "tests/data/natural_paths.tsv") + retired_cases(read_release(SHARED / "2024-10"), release, moves)
    got = measure_corrections(dict(zip(release.ids, release.paths, strict=True)), cases, CategoryIndex(release).correct_many([c.raw for c in cases]))
    assert got["n"] > 200 and got["top1"] >= 0.82


@needs_releases
def test_an_index_is_small_and_quickly_built():
    tax = read_release(SHARED / "2026-08-unstable")
    start = time.perf_counter(); CategoryIndex(tax); seconds = time.perf_counter() - start
    tracemalloc.start(); index = CategoryIndex(tax); size, _ = tracemalloc.get_traced_memory(); tracemalloc.stop()
    assert len(index._by_id) > 14_000
    assert seconds < 10 and size < 100e6


def test_importing_correct_loads_no_compiler():
    code = "import sys, shopvision.understanding.correct; sys.exit('numba' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_cases_are_reproducible_and_their_halves_share_no_category():
    cases = write_cases(make_shop(), 300)
    assert cases == write_cases(make_shop(), 300)
    made_from = [{c.accept[0] for c in cases if c.half == half} for half in HALVES]
    assert not made_from[0] & made_from[1]


NAMES = ("Navy", "Blue", "Teal", "Light blue", "Off-white", "Size 10")
COLORS = Attribute("1", "color", "Color", "", tuple(Value(str(i), f"color__{n.lower().replace(' ', '-')}", n) for i, n in enumerate(NAMES)))


@pytest.mark.parametrize(("raw", "kind", "name"), [
    ("Navy", "exact", "Navy"), ("color__off-white", "exact", "Off-white"), ("off white", "normalised", "Off-white"), ("OFFWHITE", "normalised", "Off-white"),
    ("light bleu", "fuzzy", "Light blue"), ("navy tone", "fuzzy", "Navy"), ("light blue cotton", "fuzzy", "Light blue"), ("teal-ish", "backed_off", None),
    ("Size 11", "backed_off", None), ("navy and teal", "backed_off", None), ("", "backed_off", None), ("🎨", "backed_off", None)])
def test_values_go_to_allowed_ones_or_nowhere(raw, kind, name):
    found = correct_value(raw, COLORS)
    assert (found.kind, found.value and found.value.name) == (kind, name)
    assert correct_value(raw, COLORS) is found  # remembered


def test_a_dropped_value_says_what_was_allowed():
    assert correct_value("teal-ish", COLORS).message == "attribute 'color': 'teal-ish' is not among 6 allowed values; nearest is 'Teal'"


def test_value_memory_is_bounded_and_tells_attributes_apart():
    other = Attribute("2", "size", "Size", "", (Value("9", "size__navy", "Navy"),))
    assert correct_value("Navy", other).value.id == "9" and correct_value("Navy", COLORS).value.id == "0"
    from shopvision.understanding import correct
    for i in range(3000): correct_value(f"v{i}", COLORS)
    assert len(correct._lists[id(COLORS.values)][2]) <= correct._KEPT
