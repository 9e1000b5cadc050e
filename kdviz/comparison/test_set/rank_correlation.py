"""Does the measure matter: whether measures, or explainers, put the same images in the same order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from kdviz.agreement import MEASURES, rank_correlations
from kdviz.comparison.test_set.survey import Survey
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, decimal, plural
from kdviz.types import Arm

NEARLY_THE_SAME, ALIKE = 0.8, 0.5
"""Rank correlations from which on two orders are called so."""


@dataclass(frozen=True)
class SameOrder:
    """Rank correlations between ways of scoring an arm's maps, over n images that all of them score.

    labels: of measures or of explainers, in the language being spoken. cells: (k, k) in [-1, 1]; NaN where
    undefined.
    """

    labels: tuple[str, ...]
    cells: tuple[tuple[float, ...], ...]
    n: int


def between_measures(survey: Survey, arm: Arm) -> SameOrder:
    """Every measure's order of the images of a survey, from the best agreement to the worst.

    Correcting for chance changes no order.
    """
    columns = [survey.scores[arm][name].raw for name in MEASURES]
    return _same_order([_(spec.label) for spec in MEASURES.values()], np.stack(columns, axis=1))


def between_explainers(surveys: Sequence[Survey], arm: Arm, *, measure: str) -> SameOrder:
    """Every explainer's order by one measure, on the images that all surveys of one run hold."""
    shared: NDArray[np.int64] = reduce(np.intersect1d, [survey.indices for survey in surveys])
    columns = []
    for survey in surveys:
        order = survey.indices.argsort()
        places = order[np.searchsorted(survey.indices, shared, sorter=order)]
        columns.append(survey.scores[arm][measure].raw[places])
    labels = [_(EXPLAINERS[survey.explainer].label) for survey in surveys]
    return _same_order(labels, np.stack(columns, axis=1))


def same_order_sentence(found: SameOrder) -> str:
    """What the correlations say: how alike the orders are, and which two are the least and the most so."""
    pairs = [
        (found.cells[a][b], a, b)
        for a, b in combinations(range(len(found.labels)), 2)
        if math.isfinite(found.cells[a][b])
    ]
    if not pairs:
        return _("Too few maps are defined to compare orders.")
    told = _verdict(min(pairs)[0]).format(images=plural("{count} image", "{count} images", found.n))
    if len(pairs) == 1:
        return _("{told} {first} and {second}: {value}.").format(told=told, **_pair(found, pairs[0]))
    least, most = _pair(found, min(pairs)), _pair(found, max(pairs))
    return _(
        "{told} Least alike: {first} and {second}, {value}. Most alike: {third} and {fourth}, {other}."
    ).format(told=told, **least, third=most["first"], fourth=most["second"], other=most["value"])


def _same_order(labels: Sequence[str], scores: NDArray[np.float64]) -> SameOrder:
    cells = rank_correlations(scores)
    n = int((~np.isnan(scores).any(1)).sum())
    return SameOrder(tuple(labels), tuple(tuple(row) for row in cells.tolist()), n)


def _verdict(lowest: float) -> str:
    if lowest >= NEARLY_THE_SAME:
        return _("It hardly matters here: all put the {images} in nearly the same order.")
    if lowest >= ALIKE:
        return _("It matters a little here: the orders of the {images} are alike, not the same.")
    return _("It matters here: some put the {images} in quite different orders.")


def _pair(found: SameOrder, pair: tuple[float, int, int]) -> dict[str, str]:
    value, first, second = pair
    return {
        "first": found.labels[first],
        "second": found.labels[second],
        "value": decimal(value),
    }
