"""Median and maximum of a number over images."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

from torch import Tensor


@dataclass(frozen=True)
class Spread:
    """Median and maximum of a number over n images, such as completeness gaps; NaN if n is 0."""

    median: float
    highest: float
    n: int


def spread(values: Tensor) -> Spread:
    """values: (N,); NaN are left out."""
    defined = values[~values.isnan()].double()
    if not len(defined):
        return Spread(nan, nan, 0)
    return Spread(float(defined.quantile(0.5)), float(defined.max()), len(defined))
