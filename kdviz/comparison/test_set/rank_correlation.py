"""Rank correlations: whether measures, or explainers, rank the same images alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from kdviz.agreement import MEASURES, rank_correlations
from kdviz.comparison.test_set.survey import Survey
from kdviz.explainers import EXPLAINERS
from kdviz.types import Arm


@dataclass(frozen=True)
class RankCorrelations:
    """Rank correlations between measures or explainers, over the n images that all of them score.

    labels: of measures or of explainers, in English. cells: (k, k) in [-1, 1]; NaN where undefined.
    """

    labels: tuple[str, ...]
    cells: tuple[tuple[float, ...], ...]
    n: int


def between_measures(survey: Survey, arm: Arm) -> RankCorrelations:
    """Rank correlations between measures over the images of a survey.

    Correction for chance does not change them.
    """
    scores = survey.scores[arm]
    columns = [of_measure.raw for of_measure in scores.values()]
    return _between([MEASURES[name].label for name in scores], np.stack(columns, axis=1))


def between_explainers(surveys: Sequence[Survey], arm: Arm, *, measure: str) -> RankCorrelations:
    """Rank correlations between explainers by one measure, over the images in all surveys of a run."""
    shared: NDArray[np.int64] = reduce(np.intersect1d, [survey.indices for survey in surveys])
    columns = []
    for survey in surveys:
        order = survey.indices.argsort()
        places = order[np.searchsorted(survey.indices, shared, sorter=order)]
        columns.append(survey.scores[arm][measure].raw[places])
    labels = [EXPLAINERS[survey.explainer].label for survey in surveys]
    return _between(labels, np.stack(columns, axis=1))


def _between(labels: Sequence[str], scores: NDArray[np.float64]) -> RankCorrelations:
    cells = rank_correlations(scores)
    n = int((~np.isnan(scores).any(1)).sum())
    return RankCorrelations(tuple(labels), tuple(tuple(row) for row in cells.tolist()), n)
