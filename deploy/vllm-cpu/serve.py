"""Start vLLM's OpenAI server on a CPU.

usage: python serve.py MODEL_FOLDER [any option of `vllm serve`]
       curl -s localhost:8000/v1/models

Needs the environment that `make vllm-env` builds. `sitecustomize.py` beside this file says why torchvision needs help.
"""
import os
import sys
from pathlib import Path

SETTINGS = {
    "VLLM_CPU_KVCACHE_SPACE": "1",          # GiB; the default takes half the machine
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",  # leave the placing of threads to the kernel: the machine is shared
    "VLLM_NO_USAGE_STATS": "1",
    "HF_HUB_OFFLINE": "1",                  # the model is a folder; nothing is fetched
}


def serve(argv: list[str]) -> None:
    "Replace this process by vLLM's API server on the model folder `argv[0]`, with the remaining options passed on"
    if not argv or not Path(argv[0], "config.json").exists():
        sys.exit(f"no model in {argv[0]!r}: no config.json there\n\n{__doc__}" if argv else __doc__)
    here = str(Path(__file__).resolve().parent)
    paths = [here, os.environ.get("PYTHONPATH", "")]
    env = SETTINGS | os.environ | {"PYTHONPATH": os.pathsep.join(p for p in paths if p)}
    # the command `vllm serve` looks its version up under the name `vllm`, which this build (vllm-cpu) has not
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", *argv]
    os.execve(sys.executable, command, env)


if __name__ == "__main__": serve(sys.argv[1:])
