"""Whether an accuracy is no better than guessing."""

from __future__ import annotations

import math
from collections.abc import Sequence

from kdviz.agreement import binomial_at_most

_UNLIKELY = 0.05


def guessing(accuracy: float, class_counts: Sequence[int]) -> float | None:
    """The accuracy of always predicting the most frequent class, if a network's own is not clearly higher.

    accuracy: in [0, 1], on images with these class counts. None if it is clearly higher: an exact binomial
    test, one-sided, at 5 %; also if it is unknown.
    """
    if math.isnan(accuracy):
        return None
    n, most = sum(class_counts), max(class_counts)
    right = round(accuracy * n)
    by_luck = binomial_at_most(n - right, n, 1 - most / n)
    return None if by_luck < _UNLIKELY else most / n
