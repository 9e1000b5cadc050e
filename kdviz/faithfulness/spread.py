"""Median and maximum of a number over images, and how sure the median is."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, nan

from torch import Tensor

from kdviz.types import Interval

_OUTSIDE = 0.05


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


def median_interval(values: Tensor) -> Interval:
    """The median of (N,), and a 95 % interval for that of all images, between two of the values.

    NaN are left out. The interval is NaN for fewer than 6, whose lowest and highest value are no 95 %.
    Source: David & Nagaraja 2003, Order Statistics, sec. 7.1.
    """
    ordered = values[~values.isnan()].double().sort().values
    n, median = len(ordered), spread(values).median
    below = [sum(comb(n, k) for k in range(rank + 1)) / 2**n for rank in range(n // 2)]
    fitting = [rank for rank, share in enumerate(below) if 2 * share <= _OUTSIDE]
    if not fitting:
        return Interval(median, nan, nan)
    return Interval(median, float(ordered[fitting[-1]]), float(ordered[n - 1 - fitting[-1]]))
