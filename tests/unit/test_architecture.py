"What depends on what, and what the core may import"
import ast
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[2]/'shopvision'
LAYERS = ['listing', 'fetch', 'images', 'records', 'shopify', 'readers', 'taxonomy', 'understanding']  # later ones may know earlier ones


def imports(path: Path, top_level_only: bool = False):
    "Names of modules that a file imports, absolute"
    tree = ast.parse(path.read_text())
    here = path.relative_to(PACKAGE.parent).with_suffix('').parts
    for node in (tree.body if top_level_only else ast.walk(tree)):
        if isinstance(node, ast.Import): yield from (a.name for a in node.names)
        if isinstance(node, ast.ImportFrom):
            base = '.'.join(here[:len(here) - node.level]) if node.level else ''
            yield '.'.join(filter(None, (base, node.module or '')))


def layer(module: str) -> int | None:
    parts = module.split('.')
    return LAYERS.index(parts[1]) if parts[0] == 'shopvision' and len(parts) > 1 and parts[1] in LAYERS else None


def test_imports_point_one_way():
    wrong = []
    for path in PACKAGE.rglob('*.py'):
        mine = layer('.'.join(path.relative_to(PACKAGE.parent).with_suffix('').parts))
        if mine is None: continue
        for name in imports(path):
            if not name.startswith('shopvision.'): continue
            theirs = layer(name)
            if theirs is None or theirs > mine: wrong.append(f'{path.relative_to(PACKAGE)} imports {name}')
    assert not wrong, wrong


def test_importing_the_core_pulls_in_nothing_heavy():
    heavy = {'torch', 'transformers', 'ray', 'apache_beam', 'datasets', 'pandas', 'plotly', 'numba', 'papermill', 'IPython'}
    code = ('import sys, shopvision, shopvision.understanding.predict, shopvision.understanding.bulk, shopvision.cli, shopvision.runs, shopvision.demo\n'
            f'print(sorted({heavy} & set(sys.modules)))')
    out = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True).stdout
    assert out.strip() == '[]'


def test_every_module_stays_readable():
    lengths = {str(p.relative_to(PACKAGE)): len(p.read_text().splitlines()) for p in PACKAGE.rglob('*.py') if p.name != '_modidx.py'}
    assert {name: n for name, n in lengths.items() if n > 450} == {}
