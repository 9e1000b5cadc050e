"""The limits of intervals that are found by inverting a test, without NumPy, which not every page needs."""

from __future__ import annotations

from collections.abc import Callable

NORMAL = 1.959964
"""97.5 % quantile of the normal distribution."""

_HALVINGS = 40


def highest_that_holds(holds: Callable[[float], bool], low: float) -> float:
    """The largest value from `low` to 1 that a condition holds for, by bisection: beyond it, it must not."""
    high = 1.0
    for _halving in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
