"""Lets torchvision be imported beside a torch it was not compiled for; Python imports this file at start-up.

torchvision's compiled operators come in a wheel made for one exact build of torch. Beside a CPU build they do
not load, and `import torchvision` stops at "operator torchvision::nms does not exist". vLLM and transformers only
want its resizing, which is plain torch: declaring the two operators that it looks for while being imported is enough.
They have no body, so calling one is an error, not a wrong answer.

It has to be here rather than in `serve.py` because vLLM starts further Python processes of its own.
"""
import sys
from importlib.abc import MetaPathFinder

OPERATORS = {"nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
             "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"}


class DeclareOperators(MetaPathFinder):
    "Finds nothing; declares torchvision's operators the moment somebody looks for torchvision"
    def find_spec(self, fullname, path=None, target=None):
        if fullname == "torchvision":
            sys.meta_path.remove(self)
            import torch
            for name, schema in OPERATORS.items():
                if not hasattr(torch.ops.torchvision, name): torch.library.define(f"torchvision::{name}", schema)
        return None


sys.meta_path.insert(0, DeclareOperators())
