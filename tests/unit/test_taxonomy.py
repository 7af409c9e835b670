"Taxonomies: the starter and, where it is there, the real one"
import json
import re
import time
from pathlib import Path

import pytest
import yaml

from shopvision.taxonomy.load import TaxonomyError, read_release
from shopvision.taxonomy.releases import download, load_folder, load_taxonomy, pull, use

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
    assert meet == '' or (meet in tree.ancestors(a) and meet in tree.ancestors(b))
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


def tiny_json(folder, parent='aa'):
    gid = 'gid://shopify/TaxonomyCategory/'
    folder.mkdir()
    rows = [{'id': gid + 'aa', 'name': 'A', 'parent_id': None, 'attributes': []},
            {'id': gid + 'aa-1', 'name': 'B', 'parent_id': gid + parent, 'attributes': []}]
    (folder/'categories.json').write_text(json.dumps({'verticals': [{'categories': rows}]}))
    (folder/'attributes.json').write_text('{"attributes": []}')
    return folder


def test_a_pull_that_failed_leaves_nothing_that_spoils_the_next(tmp_path, monkeypatch):
    monkeypatch.setenv('SHOPVISION_HOME', str(tmp_path/'home'))
    good, torn, other = tiny_json(tmp_path/'good'), tiny_json(tmp_path/'torn', parent='zz'), tiny_json(tmp_path/'other')
    (other/'categories.json').write_text((other/'categories.json').read_text().replace('"B"', '"C"'))
    with pytest.raises(TaxonomyError, match='is the file complete'): pull('2026-01', str(torn))
    assert not list((tmp_path/'home'/'taxonomies').iterdir())
    assert pull('shopify/2026-01', str(good)).path('aa-1') == 'A > B'
    with pytest.raises(TaxonomyError, match='differs from the one locked'): pull('2026-01', str(other))
    assert pull('2026-01', str(good)).path('aa-1') == load_taxonomy('2026-01').path('aa-1') == 'A > B'
    assert pull('2026-01', str(other), replace=True).path('aa-1') == load_taxonomy('shopify/2026-01').path('aa-1') == 'A > C'
    assert [p.name for p in (tmp_path/'home'/'taxonomies').iterdir()] == ['2026-01']


@pytest.mark.parametrize('version', ['..', '.', '../x', '/tmp/x', 'starter'])
def test_a_version_that_is_no_folder_name_is_refused(tmp_path, monkeypatch, version):
    monkeypatch.setenv('SHOPVISION_HOME', str(tmp_path))
    (tmp_path/'selected').write_text('starter')
    with pytest.raises(TaxonomyError, match='cannot be the name of a release'): pull(version, str(STARTER))
    assert (tmp_path/'selected').exists()


def test_a_folder_means_the_folder_from_here_and_is_read_again_when_it_changes(tmp_path, monkeypatch):
    monkeypatch.setenv('SHOPVISION_HOME', str(tmp_path/'home'))
    monkeypatch.delenv('SHOPVISION_TAXONOMY', raising=False)
    pull('mine', str(STARTER))
    folder = tiny_json(tmp_path/'release')
    monkeypatch.chdir(folder)
    assert len(load_taxonomy('.')) == 2
    (folder/'categories.json').write_text((folder/'categories.json').read_text().replace('"B"', '"Bee"'))
    assert use('.').path('aa-1') == 'A > Bee'
    monkeypatch.chdir(tmp_path)
    assert load_taxonomy().path('aa-1') == 'A > Bee'
    (tmp_path/'mine').mkdir()  # a folder of the same name does not take the place of what was pulled
    use('mine')
    assert (tmp_path/'home'/'selected').read_text() == 'mine'


def test_a_download_asks_for_plain_bytes(tmp_path):
    import http.server
    import threading
    asked = []

    class Plain(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers['Accept-Encoding'])
            self.send_response(200); self.send_header('Content-Length', '2'); self.end_headers(); self.wfile.write(b'{}')
        def log_message(self, *a): pass
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Plain)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    download(f'http://127.0.0.1:{server.server_port}/x.json', tmp_path/'x.json')
    server.shutdown()
    assert asked == ['identity'] and (tmp_path/'x.json').read_text() == '{}'
