"""The 95 % interval of a difference of two shares of the same images, where few images tell them apart."""

from __future__ import annotations

from math import sqrt

from kdviz.agreement.limits import NORMAL, highest_that_holds
from kdviz.types import Interval

FEW_PAIRS = 10
"""With fewer images that count for one share alone, resampled ones hardly vary: an interval of no width."""


def paired_share_difference(first_only: int, second_only: int, n: int) -> Interval:
    """Share of the first minus that of the second, with Tango's score interval.

    first_only, second_only: the number of the n images that count for one of the two shares alone. The
    interval has a width without any such image too: ± z²/(n + z²). NaN for n = 0.
    Tango 1998, Statistics in Medicine 17:891-908.
    """
    if n == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    value = (first_only - second_only) / n
    high = _limit(first_only, second_only, n)
    return Interval(value, -_limit(second_only, first_only, n), high)


def _limit(more: int, less: int, n: int) -> float:
    """The upper limit: the largest difference that the score test does not reject."""
    return highest_that_holds(lambda each: _score(more, less, n, each) > -NORMAL, (more - less) / n)


def _score(more: int, less: int, n: int, difference: float) -> float:
    """How many standard errors the observed difference is above this one, by the likeliest other share."""
    slope = (2 * n - more + less) * difference - more - less
    root = sqrt(max(slope**2 + 8 * n * less * difference * (1 - difference), 0.0))
    share = (root - slope) / (4 * n)
    variance = n * (2 * share + difference * (1 - difference))
    return (more - less - n * difference) / sqrt(variance) if variance > 0 else 0.0
