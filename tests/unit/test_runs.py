"Jobs: parameters checked first, failures kept and named"
import json

import nbformat
import pytest

from shopvision.runs import RunError, check_parameters, find_notebook, latest_run, read_parameters, run_notebook


@pytest.fixture
def job(tmp_path):
    def make(*cells: str, parameters: str = 'n = 3  # how many\nname = "x"\nout_dir = ""'):
        nb = nbformat.v4.new_notebook(metadata={'kernelspec': {'name': 'python3', 'display_name': 'python3', 'language': 'python'}})
        nb.cells = [nbformat.v4.new_code_cell(parameters, metadata={'tags': ['parameters']}), *map(nbformat.v4.new_code_cell, cells)]
        path = tmp_path/'nbs'/'jobs'/'job.ipynb'
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nb, path)
        return path
    return make


def test_a_run_leaves_parameters_environment_metrics_notebook_and_a_line(job, tmp_path):
    path = job('import json, pathlib\npathlib.Path(out_dir, "metrics.json").write_text(json.dumps({"n": n}))\nn')
    result = run_notebook('job', {'n': '7'}, root=tmp_path, progress=False)
    assert (result.status, result.metrics) == ('ok', {'n': 7})
    assert {p.name for p in result.folder.iterdir()} == {'params.yaml', 'environment.json', 'metrics.json', 'executed.ipynb'}
    assert 'job' in (tmp_path/'runs'/'README.md').read_text().splitlines()[-1]
    assert json.loads((result.folder/'environment.json').read_text())['python']
    assert str(tmp_path) not in (result.folder/'executed.ipynb').read_text().replace('\\', '/') or path


def test_a_failing_cell_is_named_and_what_was_done_is_kept(job, tmp_path):
    job('first = 1\nfirst', 'x = 1\nraise ValueError("the shop is closed")')
    result = run_notebook('job', root=tmp_path, progress=False)
    assert result.status == 'failed' and 'cell 4' in result.error and 'line 2' in result.error and 'the shop is closed' in result.error
    executed = json.loads((result.folder/'executed.ipynb').read_text())
    assert any(c.get('outputs') for c in executed['cells'])
    assert '| failed |' in (tmp_path/'runs'/'README.md').read_text()


def test_a_failure_inside_the_package_names_the_exported_line(job, tmp_path):
    job('from shopvision.taxonomy.releases import load_taxonomy\nload_taxonomy("2031-01")')
    assert 'shopvision/taxonomy/releases.py line' in run_notebook('job', root=tmp_path, progress=False).error


@pytest.mark.parametrize('given, says', [({'m': '1'}, 'unknown parameter'), ({'n': 'many'}, 'n is int'), ({'n': '1.5'}, 'n is int')])
def test_wrong_parameters_are_refused_before_anything_runs(job, tmp_path, given, says):
    job('n')
    with pytest.raises(RunError, match=says): run_notebook('job', given, root=tmp_path)
    assert not (tmp_path/'runs').exists()


def test_a_notebook_without_parameters_or_that_is_none_is_refused(tmp_path):
    (tmp_path/'x.ipynb').write_text('{"cells": []}')
    with pytest.raises(RunError, match='no cell tagged'): read_parameters(tmp_path/'x.ipynb')
    (tmp_path/'x.ipynb').write_text('half a note')
    with pytest.raises(RunError, match='is not a notebook'): read_parameters(tmp_path/'x.ipynb')
    with pytest.raises(RunError, match='no notebook'): find_notebook('missing', tmp_path)


def test_two_runs_of_one_day_do_not_overwrite_each_other(job, tmp_path):
    job('n')
    assert run_notebook('job', root=tmp_path, progress=False).folder != run_notebook('job', root=tmp_path, progress=False).folder


def test_booleans_lists_and_none_are_read_as_typed(job):
    known = read_parameters(job(parameters='a = True\nb = ["x"]\nc = None\nd = 1.5'))
    assert check_parameters(known, {'a': 'no', 'b': '["y", "z"]', 'c': 'text', 'd': '2'}) == {'a': False, 'b': ['y', 'z'], 'c': 'text', 'd': 2.0}


def test_a_path_means_what_was_typed_where_the_command_was_given(job, tmp_path, monkeypatch):
    job('import pathlib\nassert pathlib.Path(name).read_text() == "here"\npathlib.Path(out_dir, "metrics.json").write_text("{}")')
    (tmp_path/'shop').mkdir()
    (tmp_path/'shop'/'listings.txt').write_text('here')
    monkeypatch.chdir(tmp_path/'shop')
    assert run_notebook('job', {'name': 'listings.txt'}, root=tmp_path, progress=False).status == 'ok'
    assert latest_run(tmp_path/'runs', 'job').name.endswith('_job')


def test_a_kernel_that_dies_is_a_failed_run_and_is_never_quoted(job, tmp_path):
    job('import pathlib\npathlib.Path(out_dir, "metrics.json").write_text("{\'half")', 'import os\nos._exit(9)')
    result = run_notebook('job', root=tmp_path, progress=False)
    assert result.status == 'failed' and 'ied' in result.error and '| failed |' in (tmp_path/'runs'/'README.md').read_text()
    with pytest.raises(RunError, match='holds no run of job'): latest_run(tmp_path/'runs', 'job')


def test_parameters_that_are_not_python_are_refused_and_comments_are_found_behind_any_letters(job):
    assert read_parameters(job(parameters='a = "größer"  # how big'))['a'].help == 'how big'
    with pytest.raises(RunError, match='not plain Python'): read_parameters(job(parameters='%time a = 1'))
