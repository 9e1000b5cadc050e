"""Rank correlations between scores of the same items."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kdviz.agreement.intervals import Floats

FEWEST = 3
"""Smallest number of items for which a rank correlation is informative."""


def rank_correlations(scores: ArrayLike) -> Floats:
    """Spearman's rank correlation of every two columns, (k, k), in [-1, 1]; over the rows without a NaN.

    scores: (n, k), a row per item, a column per score. NaN for fewer than 3 such
    rows, and for constant columns.
    Source: Spearman 1904; ties share their mean rank.
    """
    import pandas as pd

    table = pd.DataFrame(np.asarray(scores, dtype=np.float64)).dropna()
    return table.corr("spearman", min_periods=FEWEST).to_numpy()
