"""Start vLLM's OpenAI server on a CPU.

usage: python serve.py MODEL_FOLDER [any option of `vllm serve`]
       curl -s localhost:8000/v1/models

torchvision's compiled operators come from a wheel built for one exact torch; beside a CPU build of torch
they do not load, and importing torchvision stops at `operator torchvision::nms does not exist`. vLLM and
transformers only want torchvision's resizing, which is plain torch, so declaring the operators that
torchvision looks for at import is enough. They stay declared without a body: calling one is an error.
"""
import os
import sys

import torch

OPERATORS = ("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
             "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")


def declare_operators() -> None:
    "Declare torchvision's operators, unless the compiled ones are there; needed in every process, so it runs on import"
    for schema in OPERATORS:
        name = schema.partition("(")[0]
        if not hasattr(torch.ops.torchvision, name): torch.library.define(f"torchvision::{name}", schema.removeprefix(name))


declare_operators()  # vLLM's worker processes import this file again (spawn) or inherit it (fork)


def serve(argv: list[str]) -> None:
    "Run vLLM's API server on the model folder `argv[0]`, with the remaining options passed on"
    if not argv: sys.exit(__doc__)
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "1")     # GiB; the default takes half the machine
    os.environ.setdefault("VLLM_CPU_OMP_THREADS_BIND", "nobind")
    os.environ.setdefault("VLLM_NO_USAGE_STATS", "1")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    sys.argv = ["api_server", "--model", *argv]
    import runpy
    runpy.run_module("vllm.entrypoints.openai.api_server", run_name="__main__")


if __name__ == "__main__": serve(sys.argv[1:])
