"""Read sky/*.yaml with SkyPilot's own parser; run by SkyPilot's environment: `make sky-check`

usage: python sky/check.py [FILE...]
"""
import sys
from pathlib import Path

import sky


def describe(path: Path) -> str:
    "One line on the task in a YAML file; raises what SkyPilot raises when the file is wrong"
    task = sky.Task.from_yaml(str(path))
    wanted = sorted({" + ".join(f"{name}:{count:g}" for name, count in (r.accelerators or {}).items()) or "CPU" for r in task.resources})
    service = f"; ready when {task.service.readiness_path} answers, {task.service.min_replicas} or more replicas" if task.service else ""
    return f"{path.name}: {task.name}, {task.num_nodes} node(s), any of {', '.join(wanted)}{service}"


if __name__ == "__main__":
    files = [Path(f) for f in sys.argv[1:]] or sorted(Path(__file__).parent.glob("*.yaml"))
    print(f"SkyPilot {sky.__version__}")
    for f in files: print(describe(f))
