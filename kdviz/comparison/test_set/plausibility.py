"""How well maps of texts mark the words that a person marked, beside two levels of chance."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from kdviz.faithfulness import average_precision, token_f1

_ORDERS = 20
"""Random orders of the words."""


@dataclass(frozen=True)
class Plausibility:
    """How well maps mark the words that a person marked, means over n texts; no check of a map's truth.

    precision, f1: of `average_precision` and `token_f1`. chance_precision, chance_f1: of the same maps with
    their words in random orders. other_precision, other_f1: of the map of the text of the nearest length.
    """

    n: int
    precision: float
    f1: float
    chance_precision: float
    chance_f1: float
    other_precision: float
    other_f1: float


def plausibility(maps: Tensor, masks: Tensor) -> Plausibility:
    """Of maps (N, L), NaN where no word is, and masks (N, L)."""
    masks, draws = masks.to(maps.device), torch.Generator().manual_seed(0)
    orders = torch.cat([_shuffled(maps, draws) for _ in range(_ORDERS)])
    others = maps[_of_like_length(maps)].nan_to_num(nan=0.0).masked_fill(maps.isnan(), torch.nan)
    levels = [
        float(measure(each, masks.repeat(len(each) // len(maps), 1)).nanmean())
        for each in (maps, orders, others)
        for measure in (average_precision, token_f1)
    ]
    return Plausibility(int((~average_precision(maps, masks).isnan()).sum()), *levels)


def _of_like_length(maps: Tensor) -> list[int]:
    """For each text the other one whose number of words is nearest."""
    words = (~maps.isnan()).sum(1)
    apart = (words[:, None] - words).abs().float().fill_diagonal_(torch.inf)
    return [int(each) for each in apart.argmin(1)]


def _shuffled(maps: Tensor, draws: torch.Generator) -> Tensor:
    """Maps with the values of each in a random order."""
    keys = torch.rand(maps.shape, generator=draws).to(maps).masked_fill(maps.isnan(), 2)
    places = maps.isnan().float().argsort(dim=1, stable=True)
    return torch.empty_like(maps).scatter(1, places, maps.gather(1, keys.argsort(dim=1)))
