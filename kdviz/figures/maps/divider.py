"""Where a divider between two maps shows something of both."""

from __future__ import annotations

import numpy as np

from kdviz.types import FloatArray

_STEPS, _FAINT = 100, 0.5


def divider_percent(left: FloatArray, right: FloatArray) -> int:
    """A place of the divider, in percent of the width, with the left map to the left of it.

    left, right: (h, w), at any sizes. What is seen of a map is its highest visible value, relative to its
    maximum: the smaller of the two is largest there; of several places the middle one. If it is below a half
    everywhere, the divider is on the right map's maximum, half of which is seen. 50 where a map has no
    positive value.
    """
    first, second = _columns(left), _columns(right)
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        return _STEPS // 2
    seen = np.minimum(np.maximum.accumulate(first)[:-1], np.maximum.accumulate(second[::-1])[::-1][1:])
    if seen.max() < _FAINT:
        seen = second[1:]
    best = (seen >= seen.max() - 1e-6).nonzero()[0]
    return int(best[len(best) // 2]) + 1


def _columns(values: FloatArray) -> FloatArray:
    """The highest value of each hundredth of the width, relative to the maximum; NaN without one above 0."""
    highest = values.max(0)
    if not np.isfinite(highest).all() or highest.max() <= 0:
        return np.full(_STEPS, np.nan)
    places: FloatArray = highest[np.arange(_STEPS) * len(highest) // _STEPS] / highest.max()
    return places
