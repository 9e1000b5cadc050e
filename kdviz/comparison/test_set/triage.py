"""Triage of images: whether maps look alike, and which images to inspect first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kdviz.agreement import chance_of_lower
from kdviz.comparison.test_set.cue_split import survey_cue_classes
from kdviz.comparison.test_set.survey import Mask, Survey
from kdviz.types import BOXES, MAIN_MEASURE, Arm, Box, Interval

ALIKE_QUANTILE = 0.95
"""Two maps of an image look alike if they score above this share of pairs of unrelated images."""


FEWEST_ERRORS = 10
"""Of fewer images with an error, or without one, agreement cannot be said to tell them apart."""


@dataclass(frozen=True)
class ImageFilter:
    """A filter of images; all given conditions must hold.

    label: of this class. correct: whether the arm's prediction is correct. unfaithful: only images where the
    arm's prediction differs from the teacher's. box: in this box. indices: in the test set. lucky: whether a
    random cue indicates the label, of a run with a cue.
    """

    label: int | None = None
    correct: bool | None = None
    unfaithful: bool = False
    box: Box | None = None
    indices: frozenset[int] | None = None
    lucky: bool | None = None


ALL_IMAGES = ImageFilter()


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


def error_ranking(survey: Survey, arm: Arm = "student", *, measure: str = MAIN_MEASURE) -> Interval | None:
    """How often an image that an arm gets wrong has a lower agreement than one that it gets right.

    With its 95 % interval; 0.5 if agreement does not tell. Over images with defined maps; None of too few.
    """
    scores = survey.scores[arm][measure]
    right, defined = survey.right(arm), scores.defined
    kinds = [scores.raw[defined & kind] for kind in (~right, right)]
    return chance_of_lower(*kinds) if min(map(len, kinds)) >= FEWEST_ERRORS else None


def triage(
    survey: Survey, kept: ImageFilter = ALL_IMAGES, *, arm: Arm = "student", measure: str = MAIN_MEASURE
) -> list[TriageRow]:
    """The images that pass the filter, worst agreement first, undefined maps last."""
    scores, predictions = survey.scores[arm][measure], survey.predictions[arm]
    of_image = boxes(survey, arm, measure=measure)
    passing = np.flatnonzero(_passes(survey, kept, arm, of_image))
    order = passing[np.argsort(scores.raw[passing], kind="stable")]
    return [
        TriageRow(
            int(survey.indices[place]),
            int(survey.labels[place]),
            int(survey.predictions["teacher"].predicted[place]),
            int(predictions.predicted[place]),
            float(predictions.confidence[place]),
            float(scores.raw[place]),
            float(scores.corrected[place]),
            of_image[place],
        )
        for place in order
    ]


def _passes(survey: Survey, kept: ImageFilter, arm: Arm, of_image: tuple[Box | None, ...]) -> Mask:
    """(N,) whether each image passes the filter."""
    passes = np.ones(len(survey), dtype=np.bool_)
    if kept.label is not None:
        passes &= survey.labels == kept.label
    if kept.correct is not None:
        passes &= survey.right(arm) == kept.correct
    if kept.unfaithful:
        passes &= ~survey.faithful(arm)
    if kept.box is not None:
        passes &= np.array([box == kept.box for box in of_image], dtype=np.bool_)
    if kept.lucky is not None:
        passes &= (survey_cue_classes(survey) == survey.labels) == kept.lucky
    if kept.indices is not None:
        passes &= np.isin(survey.indices, list(kept.indices))
    return passes
