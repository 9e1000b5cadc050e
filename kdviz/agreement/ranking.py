"""How well a score ranks two kinds of images: the area under the ROC curve, with its interval."""

from __future__ import annotations

from collections.abc import Callable
from math import nan, sqrt

import numpy as np
from numpy.typing import ArrayLike

from kdviz.agreement.limits import NORMAL, highest_that_holds
from kdviz.types import Interval


def chance_of_lower(first: ArrayLike, second: ArrayLike) -> Interval:
    """How often a score of the first kind is lower than one of the second, over all pairs; ties count half.

    first, second: (m,) and (n,) scores without NaN. That is the area under the ROC curve, 0.5 by chance, with
    its 95 % interval by method 5 of Newcombe 2006 (Statistics in Medicine 25:559-573), which has a width even
    where no pair is in the wrong order. NaN without scores of one kind.
    """
    low, high = (np.sort(np.asarray(scores, dtype=np.float64)) for scores in (first, second))
    m, n = len(low), len(high)
    if not m or not n:
        return Interval(nan, nan, nan)
    below, equal = np.searchsorted(low, high, "left"), np.searchsorted(low, high, "right")
    area = float((below + equal).sum()) / (2 * m * n)

    def reach(share: float) -> float:
        return NORMAL * _deviation(share, m, n)

    return Interval(area, 1 - _upper(1 - area, reach), _upper(area, reach))


def _deviation(share: float, m: int, n: int) -> float:
    """The standard deviation of the area if its true value is `share`."""
    half = (m + n) / 2 - 1
    spread = 1 + half * (1 - share) / (2 - share) + half * share / (1 + share)
    return sqrt(share * (1 - share) * spread / (m * n))


def _upper(area: float, reach: Callable[[float], float]) -> float:
    """The largest true value within reach of the area. The reach is the same on both sides of 0.5."""
    return highest_that_holds(lambda each: each - reach(each) < area, area)
