"A broker for tests and demonstrations over Kafka's protocol: noida-db, one small process that keeps its data in a temporary folder"
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path


def free_port() -> int:
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


def wait_for(port: int, server: subprocess.Popen[bytes], seconds: float = 10.0) -> None:
    "Until something listens there; raises when it does not, or the server has ended"
    ends = time.monotonic() + seconds
    while True:
        try: socket.create_connection(('127.0.0.1', port), 1).close(); return
        except OSError:
            if time.monotonic() > ends or server.poll() is not None: raise
            time.sleep(0.05)


class NoBroker(RuntimeError):
    "There is none on this machine"


class Broker:
    "It keeps what was written over a clean restart, but not a transaction that was open"
    def __init__(self, folder: str, outside: str = ''): # outside: address of one that runs already
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        if outside: self.address = outside; return
        self.port = free_port()
        self.address = f'127.0.0.1:{self.port}'
        try: self.program = Path(str(files('noida_db')/'noida-db'))
        except ModuleNotFoundError: raise NoBroker('no broker here: pip install noida-db, or SHOPVISION_KAFKA=host:port') from None
        self.program.chmod(0o755)
        self.start()

    def start(self) -> None: # the program itself: its Python wrapper would leave it behind when it is stopped
        command = [self.program, 'start', '--data-dir', self.folder, '--only', 'kafka', '--kafka-port', str(self.port)]
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.port, self.process, 30)

    def stop(self) -> None:
        if not self.process: return
        self.process.terminate()
        self.process.wait()


@contextmanager
def running_broker() -> Iterator[Broker]:
    "One of our own; or the one that SHOPVISION_KAFKA names"
    folder = tempfile.mkdtemp(prefix='shopvision-kafka-')
    try:
        broker = Broker(folder, os.environ.get('SHOPVISION_KAFKA', ''))
        try: yield broker
        finally: broker.stop()
    finally: shutil.rmtree(folder, ignore_errors=True)
