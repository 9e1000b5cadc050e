"""Triage of images: whether maps look alike, and which images to inspect first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kdviz.comparison.test_set.survey import Mask, Survey
from kdviz.types import BOXES, MAIN_MEASURE, Arm, Box

ALIKE_QUANTILE = 0.95
"""Two maps of an image look alike if they score above this share of pairs of unrelated images."""


@dataclass(frozen=True)
class Wanted:
    """A filter of images; all given conditions must hold.

    label: of this class. right: whether the arm's prediction is correct. broken: the arm's prediction differs
    from the teacher's. box: in this box. chosen: indices in the test set, such as a selection.
    """

    label: int | None = None
    right: bool | None = None
    broken: bool = False
    box: Box | None = None
    chosen: frozenset[int] | None = None


EVERYTHING = Wanted()


@dataclass(frozen=True)
class TriageRow:
    """One image of a survey.

    index: in the test set. teacher, predicted: predictions of the teacher and the arm, with the arm's
    confidence. score, corrected: NaN, and box: None, if a map is undefined.
    """

    index: int
    label: int
    teacher: int
    predicted: int
    confidence: float
    score: float
    corrected: float
    box: Box | None


def alike_above(
    survey: Survey, arm: Arm = "student", *, measure: str = MAIN_MEASURE, corrected: bool = False
) -> float:
    """The score above which an arm's map looks like the teacher's; NaN if no map is defined.

    corrected: on the scale of corrected scores, as in figures.
    """
    scores = survey.scores[arm][measure]
    defined = scores.unrelated[~np.isnan(scores.unrelated)]
    raw = float(np.quantile(defined, ALIKE_QUANTILE)) if len(defined) else np.nan
    return float(scores.correct(np.array([raw]))[0]) if corrected else raw


def boxes(survey: Survey, arm: Arm = "student", *, measure: str = MAIN_MEASURE) -> tuple[Box | None, ...]:
    """(N,) the box of each image; None if a map is undefined."""
    scores = survey.scores[arm][measure]
    alike = scores.raw > alike_above(survey, arm, measure=measure)
    right = survey.right(arm) & survey.right("teacher")
    return tuple(
        BOXES[2 * (not both_right) + (not look_alike)] if defined else None
        for both_right, look_alike, defined in zip(right, alike, scores.defined, strict=True)
    )


def box_counts(
    survey: Survey, arm: Arm = "student", *, measure: str = MAIN_MEASURE
) -> Mapping[Box | None, int]:
    """Number of images in each box; None: those with an undefined map."""
    counts = Counter(boxes(survey, arm, measure=measure))
    return {box: counts[box] for box in (*BOXES, None)}


def triage(
    survey: Survey, wanted: Wanted = EVERYTHING, *, arm: Arm = "student", measure: str = MAIN_MEASURE
) -> list[TriageRow]:
    """The images that pass the filter, worst agreement first, undefined maps last."""
    scores, answers = survey.scores[arm][measure], survey.answers[arm]
    of_image = boxes(survey, arm, measure=measure)
    kept = np.flatnonzero(_meets(survey, wanted, arm, of_image))
    order = kept[np.argsort(scores.raw[kept], kind="stable")]
    return [
        TriageRow(
            int(survey.indices[place]),
            int(survey.labels[place]),
            int(survey.answers["teacher"].predicted[place]),
            int(answers.predicted[place]),
            float(answers.confidence[place]),
            float(scores.raw[place]),
            float(scores.corrected[place]),
            of_image[place],
        )
        for place in order
    ]


def _meets(survey: Survey, wanted: Wanted, arm: Arm, of_image: tuple[Box | None, ...]) -> Mask:
    meets = np.ones(len(survey), dtype=np.bool_)
    if wanted.label is not None:
        meets &= survey.labels == wanted.label
    if wanted.right is not None:
        meets &= survey.right(arm) == wanted.right
    if wanted.broken:
        meets &= ~survey.faithful(arm)
    if wanted.box is not None:
        meets &= np.array([box == wanted.box for box in of_image], dtype=np.bool_)
    if wanted.chosen is not None:
        meets &= np.isin(survey.indices, list(wanted.chosen))
    return meets
