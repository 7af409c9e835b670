"Taxonomies: the starter and, where it is there, the real one"
import re
import time
from pathlib import Path

import pytest
import yaml

from shopvision.taxonomy.load import TaxonomyError, read_release
from shopvision.taxonomy.releases import load_folder, load_taxonomy, pull, use

STARTER = Path(__file__).parents[2]/'taxonomy'/'starter'


@pytest.fixture(params=['starter', '2025-08-unstable', '2024-10', '2026-08-unstable'])
def tree(request):
    if request.param == 'starter': return load_taxonomy('starter')
    return load_folder(request.getfixturevalue('shared')/'taxonomy'/request.param)


def test_every_category_is_reachable_and_its_path_leads_back_to_it(tree):
    below = {i for r in tree.roots for i in (r, *tree.descendants(r))}
    assert below == set(tree.ids)
    assert all(tree.by_path[tree.path(i)] == i for i in tree.ids[::37])


def test_a_path_is_the_names_of_the_ancestors(tree):
    for id in tree.ids[::53]:
        assert tree.path(id) == ' > '.join(tree[a].name for a in (*tree.ancestors(id), id))


def test_two_categories_meet_in_an_ancestor_of_both(tree):
    a, b = tree.leaves[0], tree.leaves[1]
    meet = tree.lca(a, b)
    assert meet == '' or meet in tree.ancestors(a) and meet in tree.ancestors(b)
    assert tree.lca(a, a) == a
    assert tree.lca(tree.roots[0], tree.roots[1]) == ''


def test_search_finds_a_category_by_its_own_name(tree):
    for id in tree.leaves[::211]:
        name = tree[id].name
        if re.fullmatch(r'[\w &]+', name): assert id in [c.id for c in tree.search(name, 50)]


def test_all_verticals_are_there(tree): assert len(tree.roots) == (25 if '2024' in tree.version else 26)


def test_the_starter_is_deep_and_wide_and_its_own():
    tree = load_taxonomy('starter')
    assert len(tree) >= 600 and all(i.startswith('sv-') for i in tree.ids)
    assert max(tree[i].level for i in tree.leaves) >= 3
    handles = [h for i in tree.leaves for h in tree[i].attributes]
    assert len(handles)/len(tree.leaves) > 2
    assert all(len({v.name for v in a.values}) == len(a.values) >= 3 for a in tree.attributes.values())
    assert any(a.base for a in tree.attributes.values()), 'extended attributes are used'
    assert {a.multi for a in tree.attributes.values()} == {True, False}


def test_attributes_are_told_apart_by_handle_also_where_they_share_an_id(shared):
    tree = load_folder(shared/'taxonomy'/'2025-08-unstable')
    shares = [i for i in tree.ids if len({a.id for a in tree.attributes_of(i)}) < len(tree.attributes_of(i))]
    assert len(shares) == 330
    assert all(len({a.handle for a in tree.attributes_of(i)}) == len(tree.attributes_of(i)) for i in shares)
    assert len(tree.attributes) == 1987 + 312
    assert sum(len(a.values) for a in tree.attributes.values() if not a.base) > 20_000


def test_the_text_and_the_yaml_of_a_release_are_the_same_tree(shared):
    from shopvision.taxonomy.load import read_text_release
    folder = shared/'taxonomy'/'2024-10'
    text = read_text_release(folder/'dist'/'en', 'x')
    yml = load_folder(folder)
    assert dict(zip(text.ids, text.paths)) == dict(zip(yml.ids, yml.paths))


def test_a_compiled_copy_says_the_same_and_follows_its_source(tmp_path, monkeypatch):
    monkeypatch.setenv('SHOPVISION_HOME', str(tmp_path/'home'))
    import shutil
    shutil.copytree(STARTER, tmp_path/'release')
    first, second = load_folder(tmp_path/'release'), load_folder(tmp_path/'release')
    assert list(first) == list(second) and first.attributes == second.attributes
    path = next((tmp_path/'release'/'data'/'categories').glob('fr_*.yml'))
    time.sleep(0.01)
    path.write_text(path.read_text().replace('name: Furniture\n', 'name: Furnishings\n'))
    assert load_folder(tmp_path/'release')['sv-fr'].name == 'Furnishings'


@pytest.mark.parametrize('part', ['data/attributes.yml', 'data/values.yml', 'data/categories/fr_furniture.yml'])
@pytest.mark.parametrize('keep', [0.2, 0.5, 0.83])
def test_a_file_cut_in_half_is_named_and_never_loaded(tmp_path, part, keep):
    import shutil
    shutil.copytree(STARTER, tmp_path/'release')
    path = tmp_path/'release'/part
    text = path.read_text()
    path.write_text(text[:int(len(text)*keep)])
    with pytest.raises((TaxonomyError, ValueError), match=r'(damaged|complete|missing|parent)'): read_release(tmp_path/'release')


def test_an_unknown_version_says_what_is_here(tmp_path, monkeypatch):
    monkeypatch.setenv('SHOPVISION_HOME', str(tmp_path))
    with pytest.raises(TaxonomyError, match=r"'2031-01' is not here. Here are: starter"): load_taxonomy('2031-01')


def test_a_folder_can_be_pulled_used_and_is_locked(tmp_path, monkeypatch):
    monkeypatch.setenv('SHOPVISION_HOME', str(tmp_path))
    monkeypatch.delenv('SHOPVISION_TAXONOMY', raising=False)
    taxonomy = pull('mine', str(STARTER))
    assert len(taxonomy) == len(load_taxonomy('starter'))
    use('mine')
    assert load_taxonomy().version == taxonomy.version
    assert '"data/values.yml"' in (tmp_path/'taxonomies.lock').read_text()


def test_the_yaml_of_the_starter_uses_the_keys_of_shopifys_schema():
    keys = {k for p in (STARTER/'data'/'categories').glob('*.yml') for c in yaml.safe_load(p.read_text()) for k in c}
    assert keys == {'id', 'name', 'children', 'attributes'}
