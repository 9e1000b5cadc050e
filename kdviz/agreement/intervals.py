"""How far a mean over images can be trusted: bootstrap intervals, and what they say in words."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kdviz.types import Interval

Floats = NDArray[np.float64]


def bootstrap(
    columns: Floats, statistic: Callable[[Floats], Floats], rng: np.random.Generator, *, resamples: int = 1000
) -> Interval:
    """A statistic of the columns' means, with its 95 % percentile interval over images.

    columns: (n, k), a row for each image: what belongs to one image is drawn together.
    statistic: means (…, k) -> (…).
    The ends are NaN for n < 2, the value too for n = 0.
    """
    n = len(columns)
    value = float(statistic(means(columns)))
    if n < 2:
        return Interval(value, np.nan, np.nan)
    # One resample at a time: all at once would take n × resamples numbers, and is no faster. How often
    # each row was drawn, times the rows, is their sum: a third of the time that gathering them takes.
    drawn = np.stack([np.bincount(rng.integers(n, size=n), minlength=n) @ columns for _ in range(resamples)])
    low, high = np.quantile(statistic(drawn / n), (0.025, 0.975))
    return Interval(value, float(low), float(high))


def means(columns: Floats) -> Floats:
    """Mean of each column; NaN where there are no rows."""
    return columns.mean(0) if len(columns) else np.full(columns.shape[1], np.nan)


def paired_difference(a: ArrayLike, b: ArrayLike, *, seed: int = 0, resamples: int = 1000) -> Interval:
    """Mean of a − b over the same images, with its 95 % paired bootstrap interval.

    a, b: (n,) scores of the same images in the same order; pairs with a NaN are left out.
    """
    differences = np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64)
    defined = differences[~np.isnan(differences)]
    return bootstrap(defined[:, None], _only_column, np.random.default_rng(seed), resamples=resamples)


def _only_column(values: Floats) -> Floats:
    return values[..., 0]


def verdict(difference: Interval, *, n: int, seeds: int) -> str:
    """What a difference says, in words, with the number of images and of seeds.

    With one seed the interval covers the choice of images only, not that of the start weights, and
    the words say so.
    """
    images = f"n = {n} image{'' if n == 1 else 's'}"
    trust = "no error bar: 1 seed" if seeds == 1 else f"{seeds} seeds"
    return f"{_direction(difference)} ({images}, {trust})"


def _direction(difference: Interval) -> str:
    if isnan(difference.low) or isnan(difference.high):
        return "undefined: too few images"
    if difference.low > 0:
        return "better"
    if difference.high < 0:
        return "worse"
    return "not distinguishable from noise"
