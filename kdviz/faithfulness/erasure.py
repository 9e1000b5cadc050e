"""Comprehensiveness and sufficiency: what the highest words of a map do to the prediction."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from kdviz.errors import ShapeError
from kdviz.faithfulness.removal import Classifier, ranked, target_probability, varies
from kdviz.resolution import absent as absent_cells

FRACTIONS = (0.01, 0.05, 0.1, 0.2, 0.5)
"""Shares of a text's words, of each at least one word."""


@dataclass(frozen=True, eq=False)
class Erasure:
    """Drops of the target's probability, (N,), means over `FRACTIONS`; NaN if a map is constant.

    comprehensiveness: without a map's highest words; higher is better. sufficiency: with them alone; lower is
    better. random_comprehensiveness, random_sufficiency: means over random orders of the same words.
    """

    comprehensiveness: Tensor
    sufficiency: Tensor
    random_comprehensiveness: Tensor
    random_sufficiency: Tensor


def erasure(
    model: Classifier,
    texts: Tensor,
    target: Tensor,
    maps: Tensor,
    *,
    baseline: Tensor | None = None,
    orders: int = 4,
    seed: int = 0,
) -> Erasure:
    """Comprehensiveness and sufficiency of each text by its map, and by random orders.

    texts: (N, C, L). target: (N,). maps: (N, L) signed, NaN where no word is. baseline: what an absent word
    looks like; None is no word. orders: number of random orders, seeded. Raises ShapeError if there is not
    one map for each text.
    Source: DeYoung et al. 2020, arXiv:1911.03429, eq. 1-3.
    """
    if maps.shape != (len(texts), texts.shape[-1]):
        raise ShapeError(f"maps: must be {(len(texts), texts.shape[-1])}, got {tuple(maps.shape)}.")
    absent = torch.zeros_like(texts) if baseline is None else baseline.to(texts).expand_as(texts)
    maps, whole = maps.to(texts.device), target_probability(model, texts, target)

    def drops(ordered: Tensor) -> tuple[Tensor, Tensor]:
        kept = [top.unsqueeze(1) for top in _highest(ordered)]
        without, alone = (
            torch.stack([whole - target_probability(model, mixed, target) for mixed in texts_left])
            for texts_left in (
                [torch.where(top, absent, texts) for top in kept],
                [torch.where(top, texts, absent) for top in kept],
            )
        )
        return without.mean(0), alone.mean(0)

    noise = torch.rand(orders, maps.shape[1], generator=torch.Generator().manual_seed(seed)).to(maps)
    nothing, defined = absent_cells(maps), varies(maps)
    drawn = [drops(order.expand_as(maps).masked_fill(nothing, torch.nan)) for order in noise]
    own, by_chance = drops(maps), [torch.stack(each).mean(0) for each in zip(*drawn, strict=True)]
    return Erasure(*(each.where(defined, torch.nan) for each in (*own, *by_chance)))


def _highest(maps: Tensor) -> list[Tensor]:
    """For each of `FRACTIONS` the highest words of each map, at least one if there is one, bool (N, L)."""
    ranks, words = ranked(maps)
    return [ranks < (fraction * words).round().clamp(min=1).minimum(words) for fraction in FRACTIONS]
