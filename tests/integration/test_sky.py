"""Every sky/*.yaml, read by SkyPilot's own parser; SkyPilot lives in an environment of its own (`make sky-check`, or SHOPVISION_SKY_PYTHON)"""
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKY_PYTHON = os.environ.get("SHOPVISION_SKY_PYTHON") or str(ROOT / ".venv-sky" / "bin" / "python")
FILES = sorted((ROOT / "sky").glob("*.yaml"))

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not Path(SKY_PYTHON).exists(), reason="no SkyPilot environment: make sky-check")]


def check(path: Path, home: Path) -> subprocess.CompletedProcess:
    return subprocess.run([SKY_PYTHON, str(ROOT / "sky" / "check.py"), str(path)], capture_output=True, text=True, timeout=120,
                          env=os.environ | {"HOME": str(home), "SKYPILOT_DISABLE_USAGE_COLLECTION": "1"})


@pytest.mark.parametrize("path", FILES, ids=[f.name for f in FILES])
def test_skypilot_accepts_the_file(path, tmp_path):
    done = check(path, tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"{path.name}: " in done.stdout


def test_skypilot_refuses_a_file_that_is_wrong(tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text((ROOT / "sky" / "serve.yaml").read_text().replace("any_of:", "one_of:"))
    assert check(bad, tmp_path).returncode != 0
