"Fixtures for all tests"
import os
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault('SHOPVISION_HOME', tempfile.mkdtemp(prefix='shopvision-tests-'))


@pytest.fixture(scope='session')
def shared() -> Path:
    "The folder with real listings and taxonomies, beside the repository; tests that need it are skipped without it"
    folder = Path(os.environ.get('SHOPVISION_SHARED') or Path(__file__).parents[2]/'shared')
    if not (folder/'taxonomy').is_dir(): pytest.skip(f'no real taxonomies and listings in {folder}')
    return folder


@pytest.fixture(scope='session')
def data() -> Path:
    "The small invented files beside the tests"
    return Path(__file__).parent/'data'
