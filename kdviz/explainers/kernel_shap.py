"""Shapley values of the cells of an image: mean contributions to the logit over all coalitions."""

from __future__ import annotations

from itertools import product
from math import comb
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from kdviz.explainers.baselines import one_each
from kdviz.explainers.batching import mixed_logits
from kdviz.types import Layer

if TYPE_CHECKING:
    from kdviz.models.network import Network


def kernel_shap(
    network: Network,
    images: Tensor,
    target: Tensor,
    *,
    layer: Layer = "last",
    baseline: Tensor | None = None,
    grid: int = 4,
    coalitions: int = 254,
    seed: int = 0,
) -> Tensor:
    """Shapley values of a grid × grid of cells for the target's logit, (N, grid, grid).

    An absent cell shows the baseline. Values add up to logit(image) − logit(baseline), exactly.
    coalitions: number of sets of present cells evaluated, besides the empty and the full one; if it is enough
    for all sets, the values are exact. seed: of the sets, which are the same for all images and networks.
    Chosen over RISE (Petsiuk et al. 2018, arXiv:1806.07421): with the same number of passes it is less noisy,
    and it has a unit, a sign and a sum that can be verified.
    Source: Lundberg & Lee 2017, arXiv:1705.07874, theorem 2; pairs of sets and the constrained solution after
    Covert & Lee 2021, arXiv:2012.01536, eq. 7.
    """
    present, weights = _sets(grid**2, coalitions, seed)
    cells = present.view(-1, 1, grid, grid).to(images)
    masks = F.interpolate(cells, images.shape[-2:], mode="nearest").squeeze(1)
    everything, nothing = torch.ones_like(masks[:1]), torch.zeros_like(masks[:1])
    masks = torch.cat([nothing, everything, masks]).expand(len(images), -1, -1, -1)
    logits = mixed_logits(network, images, one_each(baseline, images), masks, target)
    rises = (logits - logits[:, :1])[:, 1:].double()
    values = _shapley(present.to(rises), weights.to(rises), rises[:, 1:], rises[:, 0])
    return values.view(-1, grid, grid).to(images)


def _sets(players: int, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Coalitions, bool (M, players), neither empty nor full, and their weights, (M,)."""
    if 2**players - 2 <= count:
        every = torch.tensor(list(product([False, True], repeat=players)))[1:-1]
        return every, _kernel(players)[every.sum(1) - 1]
    drawn = _drawn(players, count // 2, torch.Generator().manual_seed(seed))
    return torch.cat([drawn, ~drawn]), torch.ones(2 * len(drawn))


def _kernel(players: int) -> Tensor:
    """Weight of the Shapley kernel for a coalition of 1, 2, … players − 1 members."""
    return torch.tensor([1 / (comb(players, size) * size * (players - size)) for size in range(1, players)])


def _drawn(players: int, count: int, generator: torch.Generator) -> Tensor:
    """Coalitions sampled from the kernel's distribution, bool (count, players)."""
    sizes = torch.arange(1, players)
    chances = 1.0 / (sizes * (players - sizes))
    size = sizes[torch.multinomial(chances, count, replacement=True, generator=generator)]
    place = torch.rand(count, players, generator=generator).argsort(1).argsort(1)
    return place < size.unsqueeze(1)


def _shapley(present: Tensor, weights: Tensor, rises: Tensor, totals: Tensor) -> Tensor:
    """Weighted least-squares solution, constrained to add up to the total.

    present: (M, players). rises: (N, M), gain of each coalition over the empty one. totals: (N,). -> (N,
    players).
    """
    weighted = present.T * weights
    inverse = torch.linalg.inv(weighted @ present)
    free = rises @ (weighted.T @ inverse)
    share = inverse.sum(1)
    values: Tensor = free - torch.outer(free.sum(1) - totals, share / share.sum())
    return values
