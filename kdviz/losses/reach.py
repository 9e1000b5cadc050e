"""Which parts of a network a loss teaches: `requires_grad` proves nothing, a gradient above 0 does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from kdviz.types import Layer

if TYPE_CHECKING:
    from kdviz.models.network import Network


def unreached_blocks(
    network: Network, loss_value: Tensor, layer: Layer = "last", reaches_head: bool = True
) -> tuple[str, ...]:
    """Names of the blocks whose parameters get no gradient, or one that is all zero, from a loss.

    Blocks are the stages before the cut at `layer`; with `reaches_head` also the stages after it and
    "head". Blocks without trainable parameters are not counted. Keeps the loss's graph.
    """
    blocks = {name: _trainable(block) for name, block in _blocks(network, layer, reaches_head).items()}
    return tuple(name for name, weights in blocks.items() if weights and not _is_reached(weights, loss_value))


def _blocks(network: Network, layer: Layer, reaches_head: bool) -> dict[str, nn.Module]:
    stages = dict(network.stages.named_children())
    if reaches_head:
        return {**stages, "head": network.head}
    return dict(list(stages.items())[: network.explained[layer]])


def _trainable(block: nn.Module) -> list[nn.Parameter]:
    return [weights for weights in block.parameters() if weights.requires_grad]


def _is_reached(weights: list[nn.Parameter], loss_value: Tensor) -> bool:
    if not loss_value.requires_grad:
        return False
    gradients = torch.autograd.grad(loss_value, weights, retain_graph=True, allow_unused=True)
    return any(bool(gradient.any()) for gradient in gradients if gradient is not None)
