"""ReLUs with the gradient of guided backpropagation, limited to one thread, without hooks on the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from kdviz.errors import ModelError

if TYPE_CHECKING:
    from kdviz.models.network import Network

_RELUS = (F.relu, torch.relu, Tensor.relu)


@contextmanager
def guided_relus(network: Network) -> Iterator[None]:
    """In this context, every ReLU passes only positive gradients back. Raises ModelError if there was none.

    A function mode belongs to its thread, so two threads can explain one network at once. It also covers
    functional ReLUs, which captum's module hooks miss.
    """
    mode = _GuidedReLUs()
    with mode:
        yield
    if not mode.met:
        raise ModelError(
            f"guided-backprop: {type(network).__name__} has no ReLU to guide. "
            "Choose saliency, or a network of ReLUs."
        )


class _GuidedReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, features: Tensor) -> Tensor:
        ctx.save_for_backward(features)
        return features.clamp(min=0)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (features,) = ctx.saved_tensors
        kept: Tensor = gradient.clamp(min=0) * (features > 0)
        return kept


class _GuidedReLUs(TorchFunctionMode):
    """Replaces each ReLU by a guided one."""

    met = False

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if func not in _RELUS:
            return func(*args, **(kwargs or {}))
        self.met = True
        return _GuidedReLU.apply(args[0])
