"A real PostgreSQL and a real Redis for the tests, started on free ports of this machine in temporary folders"
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]/'deploy'/'stream-demo'))
from broker import NoBroker, free_port, running_broker, wait_for  # noqa: E402


def postgres_folder() -> Path | None:
    "Where initdb and postgres are: on the path, or where Debian puts them"
    found = sorted(Path('/usr/lib/postgresql').glob('*/bin'), reverse=True) + [Path(p).parent for p in [shutil.which('initdb')] if p]
    return found[0] if found else None


@contextmanager
def running_postgres():
    "Its address; PostgreSQL refuses to run as root, so root becomes the user that Debian's package made"
    programs = postgres_folder()
    if not programs: pytest.skip('PostgreSQL is not installed (Debian: apt-get install postgresql)')
    as_user = ['runuser', '-u', 'postgres', '--'] if os.getuid() == 0 else []
    folder, port = Path(tempfile.mkdtemp(prefix='shopvision-pg-')), free_port()
    if as_user: shutil.chown(folder, 'postgres', 'postgres')
    quiet = dict(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd='/')
    subprocess.run([*as_user, programs/'initdb', '-D', folder/'data', '-U', 'shopvision', '-A', 'trust', '-E', 'UTF8', '--locale=C'], check=True, **quiet)
    options = ['-c', 'listen_addresses=127.0.0.1', '-c', f'unix_socket_directories={folder}', '-p', str(port)]
    server = subprocess.Popen([*as_user, programs/'postgres', '-D', folder/'data', *options], **quiet)
    try:
        import psycopg
        url = f'postgresql://shopvision@127.0.0.1:{port}/postgres'
        for attempt in range(300):
            try: psycopg.connect(url, connect_timeout=1).close(); break
            except psycopg.OperationalError:
                if attempt == 299 or server.poll() is not None: raise
                time.sleep(0.05)
        yield url.replace('postgresql:', 'postgresql+psycopg:')
    finally:
        subprocess.run([*as_user, programs/'pg_ctl', '-D', folder/'data', '-m', 'immediate', 'stop'], **quiet)
        server.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_redis(port: int = 0):
    "Its address and its process"
    program = shutil.which('redis-server') or shutil.which('valkey-server')
    if not program: pytest.skip('Redis is not installed (Debian: apt-get install redis-server)')
    port = port or free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [program, '--port', str(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
        server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
        try:
            wait_for(port, server)
            yield f'redis://127.0.0.1:{port}/0', server
        finally:
            server.kill()
            server.wait()


@contextmanager
def running_kafka():
    "A broker over Kafka's protocol, see `broker.py`"
    with ExitStack() as stack:
        try: broker = stack.enter_context(running_broker())
        except NoBroker as e: pytest.skip(str(e))
        yield broker
