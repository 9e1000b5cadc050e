"""Networks without weights, whose shapes are computed in little time."""

from __future__ import annotations

from copy import deepcopy
from typing import TypeVar

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

Module = TypeVar("Module", bound=nn.Module)


def bare(module: Module) -> Module:
    """A copy on the meta device, in evaluation mode, without batch normalization.

    That changes no shape and is not counted, but on the meta device takes most of the time, and at first
    imports torch._dynamo.
    """
    copied = deepcopy(module).to("meta").eval()
    for part in [*copied.modules()]:
        for name, child in part.named_children():
            if isinstance(child, _BatchNorm):
                part.register_module(name, nn.Identity())
    return copied
