"""A transformer whose class token attends to other cells: with as much attention, in another order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from kdviz.models.vit import Attention, Block, ClassTokenTransformer


@contextmanager
def shuffled_attention(network: ClassTokenTransformer, generator: torch.Generator) -> Iterator[None]:
    """While it lasts, the class token's attention in the last block is shuffled among the cells it reaches.

    Every input has an order of its own, drawn on the CPU in each forward pass and the same for all heads. The
    attention to itself stays.
    Source: Jain & Wallace 2019, arXiv:1902.10186, section 4.2.1.
    """
    block = network.stages[-1]
    assert isinstance(block, Block)

    def mixed(attention: nn.Module, given: tuple[Tensor, Tensor | None], _: Tensor) -> Tensor:
        assert isinstance(attention, Attention)
        weights = attention.weights(*given)
        return attention.by(_shuffled(weights, generator), given[0])

    hook = block.attention.register_forward_hook(mixed)
    try:
        yield
    finally:
        hook.remove()


def _shuffled(weights: Tensor, generator: torch.Generator) -> Tensor:
    """Attention (N, heads, T, T) with the first row's cells in another order; those of no weight stay."""
    row = weights[:, :, 0, 1:]
    reached = row.sum(1) > 0
    drawn = torch.rand(reached.shape, generator=generator).to(row.device)
    source = drawn.masked_fill(~reached, 2).argsort(
        1
    )  # the cells reached, in the drawn order, and then the others
    place = (~reached).long().argsort(dim=1, stable=True)  # the same cells as they stand
    row = torch.empty_like(row).scatter(2, _for_heads(place, row), row.gather(2, _for_heads(source, row)))
    shuffled = weights.clone()
    shuffled[:, :, 0, 1:] = row
    return shuffled


def _for_heads(cells: Tensor, row: Tensor) -> Tensor:
    return cells[:, None].expand_as(row)
