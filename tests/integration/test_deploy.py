"What deploy/ types: the options exist, the pipeline builds, the files are read"
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def test_dataflow_is_launched_with_options_that_exist():
    pytest.importorskip('apache_beam')
    given = dict(PROJECT='shop', REGION='europe-west4', BUCKET='gs://shop', IMAGE='registry/shopvision-beam:0.1.0', BROKERS='kafka:9092',
                 STORE='postgresql+psycopg://db/shopvision', ENGINE='openai:http://a/v1?model=m,openai:http://b/v1?model=m')
    environment = os.environ | given | dict(PATH=f'{Path(sys.executable).parent}:{os.environ["PATH"]}')
    command, how = ['bash', str(ROOT/'deploy/dataflow/launch.sh')], dict(capture_output=True, text=True, timeout=120, check=False)
    done = subprocess.run([*command, '--dry-run'], env=environment, **how)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ['runner', 'DataflowRunner', 'read', 'batch', 'work', 'tell']
    del environment['STORE']
    refused = subprocess.run(command, env=environment, **how)
    assert refused.returncode and 'STORE' in refused.stderr


def test_flinks_services_are_there():
    services = yaml.safe_load((ROOT/'deploy/flink/compose.yaml').read_text())['services']
    assert set(services) == {'kafka', 'jobmanager', 'taskmanager', 'jobserver', 'workers'}
    assert (ROOT/'deploy/flink'/services['workers']['build']['context']/services['workers']['build']['dockerfile']).is_file()
