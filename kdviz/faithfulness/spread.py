"""One number an image, summed up for a person."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

from torch import Tensor


@dataclass(frozen=True)
class Spread:
    """The middle and the highest of a number over n images, as of completeness gaps; NaN where n is 0."""

    median: float
    highest: float
    n: int


def spread(values: Tensor) -> Spread:
    """values: (N,); undefined ones, NaN, are left out."""
    defined = values[~values.isnan()].double()
    if not len(defined):
        return Spread(nan, nan, 0)
    return Spread(float(defined.quantile(0.5)), float(defined.max()), len(defined))
