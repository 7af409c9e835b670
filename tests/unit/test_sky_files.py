"sky/*.yaml without SkyPilot: keys that it knows, what is said of them, variables that are there"
import re
from pathlib import Path

import pytest
import yaml

FILES = sorted((Path(__file__).parents[2] / 'sky').glob('*.yaml'))
TASK = {'name', 'workdir', 'num_nodes', 'resources', 'file_mounts', 'service', 'setup', 'run', 'envs', 'secrets', 'volumes', 'config', 'inputs',
        'outputs'}  # SkyPilot 0.14
RESOURCES = {'cloud', 'region', 'zone', 'infra', 'cpus', 'memory', 'accelerators', 'instance_type', 'use_spot', 'job_recovery', 'disk_size',
             'disk_tier', 'network_tier', 'local_disk', 'max_hourly_cost', 'ports', 'labels', 'image_id', 'autostop', 'any_of', 'ordered'}
MOUNT = {'name', 'source', 'store', 'persistent', 'mode', 'type', 'config'}
GIVEN = {'HOME', 'PATH', 'SKYPILOT_NODE_RANK', 'SKYPILOT_NUM_GPUS_PER_NODE', 'SKYPILOT_NODE_IPS', 'SKYPILOT_NUM_NODES', 'SKYPILOT_TASK_ID'}


@pytest.fixture(params=FILES, ids=lambda f: f.name)
def file(request): return request.param


def test_keys_are_skypilots(file):
    task = yaml.safe_load(file.read_text())
    assert not set(task) - TASK
    every = [task['resources'], *task['resources'].get('any_of', ())]
    assert not set().union(*every) - RESOURCES
    for mount in task.get('file_mounts', {}).values():
        if isinstance(mount, dict):
            assert not set(mount) - MOUNT
            assert mount.get('mode', 'MOUNT') in ('MOUNT', 'COPY', 'MOUNT_CACHED')


def test_the_header_says_what_to_type(file):
    head = [l for l in file.read_text().split('\nname:')[0].splitlines() if l.strip()]
    assert all(l.startswith('#') for l in head)
    assert any(re.match(rf'#\s+sky (launch|jobs launch|serve up) .*sky/{file.name}', l) for l in head)


def test_variables_of_the_scripts_are_declared(file):
    task = yaml.safe_load(file.read_text())
    scripts = f'{task.get("setup", "")}\n{task["run"]}'
    used = set(re.findall(r'\$\{?([A-Z][A-Z0-9_]*)', scripts))
    made = set(re.findall(r'(?:export |^\s*|\s)([A-Z][A-Z0-9_]*)=', scripts, re.M))
    assert not used - made - set(task.get('envs', {})) - set(task.get('secrets', {})) - GIVEN


NAMED = dict(finetune={'base', 'method', 'data', 'work', 'registry'}, evaluate={'data', 'engine', 'actors', 'gpus', 'work'})


@pytest.mark.parametrize('name, least', NAMED.items())
def test_jobs_are_given_parameters_that_they_have(name, least):
    from shopvision.runs import read_parameters
    root = Path(__file__).parents[2]
    text = (root / 'sky' / f'{name}.yaml').read_text()
    assert least <= set(re.findall(r'-p (\w+)=', text)) <= set(read_parameters(root / 'nbs' / 'jobs' / f'{name}.ipynb'))
    assert yaml.safe_load(text)['resources']['accelerators'] == 'A100-80GB:4'
