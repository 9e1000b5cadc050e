"""Shapley values of the cells of an input: mean contributions to the logit over all coalitions."""

from __future__ import annotations

from functools import lru_cache
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
    coalitions: int | None = None,
    seed: int = 0,
) -> Tensor:
    """Shapley values of a grid × grid of cells for the target's logit, (N, grid, grid).

    Of a text, those of its words, (N, L). An absent cell shows the baseline. Values add up to
    logit(image) − logit(baseline), exactly.
    coalitions: number of sets of present cells evaluated, besides the empty and the full one; by default 254,
    and 1,022 for texts. If it is enough for all sets, the values are exact, as for texts of up to 10 words.
    seed: of the sets, which are the same for all networks, and for all inputs with as many cells.
    Chosen over RISE (Petsiuk et al. 2018, arXiv:1806.07421): with the same number of passes it is less noisy,
    and it has a unit, a sign and a sum that can be verified.
    Source: Lundberg & Lee 2017, arXiv:1705.07874, theorem 2; pairs of sets and the constrained solution after
    Covert & Lee 2021, arXiv:2012.01536, eq. 7.
    """
    rows = zip(images, one_each(baseline, images), target, network.players(images, grid), strict=True)
    return torch.stack([_of_one(network, *row, coalitions=coalitions, seed=seed) for row in rows])


def _of_one(
    network: Network,
    image: Tensor,
    absent: Tensor,
    target: Tensor,
    cells: Tensor,
    *,
    coalitions: int | None,
    seed: int,
) -> Tensor:
    """Values of one input (C, *S) on the grid of its cells, bool (*S'); 0 where there is none."""
    players = int(cells.sum())
    present, weights = _sets(players, coalitions or network.coalitions, seed)
    everything = torch.ones(1, players, dtype=torch.bool)
    shown = torch.cat([~everything, everything, present]).float().to(image.device)
    masks = shown.new_zeros(len(shown), *cells.shape)
    masks[:, cells] = shown
    masks = F.interpolate(masks[:, None], image.shape[1:], mode="nearest").squeeze(1)
    (logits,) = mixed_logits(network, image[None], absent[None], masks[None], target[None])
    rises = (logits - logits[0])[1:].double()
    values = torch.zeros_like(cells, dtype=torch.float32)
    values[cells] = _shapley(present.to(rises), weights.to(rises), rises[1:], rises[0]).float()
    return values


@lru_cache(maxsize=64)
def _sets(players: int, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Coalitions, bool (M, players), neither empty nor full, and their weights, (M,). Never modified."""
    if players < 2:
        return torch.ones(0, players, dtype=torch.bool), torch.ones(0)
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


def _shapley(present: Tensor, weights: Tensor, rises: Tensor, total: Tensor) -> Tensor:
    """Weighted least-squares solution, constrained to add up to the total, (players,).

    present: (M, players). rises: (M,), gain of each coalition over the empty one.
    """
    players = present.shape[1]
    if players < 2:
        return total.expand(players)
    weighted = present.T * weights
    inverse = torch.linalg.inv(weighted @ present)
    free = inverse @ (weighted @ rises)
    share = inverse.sum(1)
    values: Tensor = free - (free.sum() - total) * share / share.sum()
    return values
