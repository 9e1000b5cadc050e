"""Which parts of a network get a gradient from a loss. `requires_grad` is not enough: it may be all zero."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from kdviz.types import Layer

if TYPE_CHECKING:
    from kdviz.models.network import Network


def unreached_blocks(
    network: Network, loss_value: Tensor, layer: Layer = "last", reaches_head: bool = True
) -> tuple[str, ...]:
    """Names of the blocks whose parameters get no gradient, or an all-zero one, from a loss.

    Blocks are the stages up to `layer`; with `reaches_head` also the stages after it and "head". Blocks
    without trainable parameters are ignored. The graph of the loss is retained.
    """
    blocks = _trainable_blocks(network, layer, reaches_head)
    reached = _reached({weights for block in blocks.values() for weights in block}, loss_value)
    return tuple(name for name, block in blocks.items() if reached.isdisjoint(block))


def _trainable_blocks(network: Network, layer: Layer, reaches_head: bool) -> dict[str, list[nn.Parameter]]:
    stages: list[tuple[str, nn.Module]] = list(network.stages.named_children())
    blocks = [*stages, ("head", network.head)] if reaches_head else stages[: network.explained[layer]]
    weights = {name: [w for w in block.parameters() if w.requires_grad] for name, block in blocks}
    return {name: block for name, block in weights.items() if block}


def _reached(parameters: Iterable[nn.Parameter], loss_value: Tensor) -> set[nn.Parameter]:
    """Those with a nonzero gradient."""
    if not loss_value.requires_grad:
        return set()
    trainable = list(parameters)
    gradients = torch.autograd.grad(loss_value, trainable, retain_graph=True, allow_unused=True)
    return {
        w for w, gradient in zip(trainable, gradients, strict=True) if gradient is not None and gradient.any()
    }
