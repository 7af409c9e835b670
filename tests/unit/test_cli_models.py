"The registry from the command line: every change wants a reason, and errors tell."
import pytest
from typer.testing import CliRunner

from shopvision.cli import app
from shopvision.cli_models import models_app
from shopvision.training.registry import Registry

assert models_app
run = CliRunner().invoke


@pytest.fixture
def registry(tmp_path):
    for k in range(2):
        (folder := tmp_path / f'model{k}').mkdir()
        (folder / 'weights.safetensors').write_text(str(k))
        Registry(tmp_path / 'registry').register('tuned', folder, 'embedded', 'corpus 1', dict(exact=.5 + k / 10))
    return tmp_path / 'registry'


def test_promote_roll_back_and_fetch(registry, tmp_path):
    one, two = (e.version for e in Registry(registry).entries())
    for version in (one, two):
        assert run(app, ['models', 'promote', 'tuned', version, '--reason', 'better', '-r', str(registry)]).exit_code == 0
    listed = run(app, ['models', 'list', '-r', str(registry), '--json'])
    assert '"stage": "promoted"' in listed.stdout and '"stage": "retired"' in listed.stdout
    assert one in run(app, ['models', 'rollback', 'tuned', '--reason', 'too slow', '-r', str(registry)]).stdout
    done = run(app, ['models', 'fetch', 'tuned', '--out', str(tmp_path / 'here'), '-r', str(registry)])
    assert done.exit_code == 0 and (tmp_path / 'here' / 'weights.safetensors').read_text() == '0'


def test_errors_say_what_there_is(registry):
    for args, said in ((['promote', 'tund', 'newest', '--reason', 'x'], "nearest is 'tuned'"),
                       (['promote', 'tuned', 'newest', '--reason', ' '], 'why is it promoted'),
                       (['rollback', 'tuned', '--reason', 'x'], 'no version')):
        result = run(app, ['models', *args, '-r', str(registry)])
        assert result.exit_code == 2 and said in result.output.replace('\n', ' '), result.output
    assert run(app, ['models', 'promote', 'tuned', 'newest', '-r', str(registry)]).exit_code == 2
