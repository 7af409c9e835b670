"What the sglang adapter relies on, read in SGLang's own source; runs where its files are (`pip install --no-deps sglang` is enough)"
import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

from shopvision.understanding.engines.base import Request
from shopvision.understanding.engines.sglang import sampling_params

spec = find_spec("sglang")
pytestmark = pytest.mark.skipif(spec is None, reason="sglang's source is not here")


def definition(path: str, name: str) -> ast.ClassDef:
    tree = ast.parse((Path(spec.submodule_search_locations[0]) / path).read_text(encoding="utf-8"))
    return next(n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == name)


def test_async_generate_takes_what_we_pass():
    methods = {n.name: n for n in definition("srt/entrypoints/engine.py", "Engine").body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))}
    assert isinstance(methods["async_generate"], ast.AsyncFunctionDef) and "shutdown" in methods
    names = [a.arg for a in methods["async_generate"].args.args]
    assert names[:3] == ["self", "prompt", "sampling_params"] and {"image_data", "return_logprob"} <= set(names)


def test_sampling_params_knows_our_options():
    fields = {n.target.id for n in definition("srt/sampling/sampling_params.py", "SamplingParams").body if isinstance(n, ast.AnnAssign)}
    assert set(sampling_params(Request((), schema={}, seed=1))) <= fields
