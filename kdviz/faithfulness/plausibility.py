"""Whether a map marks the words that a person marked."""

from __future__ import annotations

from math import nan

import torch
from torch import Tensor

from kdviz.resolution import absent as absent_cells


def average_precision(maps: Tensor, masks: Tensor) -> Tensor:
    """Area under the curve of precision and recall of a map's words, (N,), in [0, 1].

    maps: (N, L) signed, NaN where no word is. masks: bool (N, L). Words of the same value count at once. The
    expected value for a map without information is about the mask's share of the words. NaN if the mask has
    none, or all, of the words.
    Source: DeYoung et al. 2020, arXiv:1911.03429, section 4.2 (AUPRC).
    """
    return torch.tensor([_of_one(*_words(*pair)) for pair in zip(maps, masks, strict=True)])


def token_f1(maps: Tensor, masks: Tensor) -> Tensor:
    """F1 of a map's highest words, as many as the mask has, against the mask, (N,), in [0, 1].

    With as many words on both sides, precision, recall and F1 are equal. Shapes and NaN as in
    `average_precision`; words of the value of the last one count in part.
    """
    return torch.tensor([_shared(*_words(*pair)) for pair in zip(maps, masks, strict=True)])


def _words(values: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The values and the mask of the words that there are."""
    here = ~absent_cells(values[None])[0]
    return values[here].double(), mask.to(values.device)[here]


def _of_one(values: Tensor, mask: Tensor) -> float:
    if not 0 < mask.sum() < len(mask):
        return nan
    levels = torch.unique(values).flip(0)
    chosen = values[None] >= levels[:, None]
    right = (chosen & mask).sum(1)
    precision, recall = right / chosen.sum(1), right / mask.sum()
    return float((precision * recall.diff(prepend=recall.new_zeros(1))).sum())


def _shared(values: Tensor, mask: Tensor) -> float:
    if not 0 < (count := int(mask.sum())) < len(mask):
        return nan
    last = values.sort(descending=True).values[count - 1]
    above, at = values > last, values == last
    in_part = (count - above.sum()) / at.sum()
    return float(((above & mask).sum() + in_part * (at & mask).sum()) / count)
