"""Rank correlations between ways of scoring the same things."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kdviz.agreement.intervals import Floats

FEWEST = 3
"""Smallest number of scored things for which a rank correlation is informative."""


def rank_correlations(scores: ArrayLike) -> Floats:
    """Spearman's rank correlation of every two columns, (k, k), in [-1, 1]; over the rows without a NaN.

    scores: (n, k), a row for each scored thing, a column for each way of scoring. NaN for fewer than 3 such
    rows, and for constant columns.
    Source: Spearman 1904; ties share their mean rank.
    """
    from scipy.stats import rankdata

    table = np.asarray(scores, dtype=np.float64)
    table = table[~np.isnan(table).any(1)]
    count = table.shape[1]
    if len(table) < FEWEST:
        return np.full((count, count), np.nan)
    ranks = rankdata(table, axis=0)
    centred = ranks - ranks.mean(0)
    lengths = np.sqrt((centred**2).sum(0))
    lengths[lengths == 0] = np.nan
    unit = centred / lengths
    correlations: Floats = np.clip(unit.T @ unit, -1, 1)
    return correlations
