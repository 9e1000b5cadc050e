"""Statistics of a survey: measures against chance, differences between arms, classes, confusion."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kdviz.agreement import (
    MEASURES,
    Verdict,
    gain_over,
    paired_difference,
    summary,
    verdict,
)
from kdviz.agreement.intervals import Floats, bootstrap
from kdviz.comparison.test_set.survey import Survey
from kdviz.language import _
from kdviz.types import MAIN_MEASURE, Agreement, Arm, FloatArray, Gain, IntArray, Interval

# A survey never changes, its intervals take 30 ms each, and a page needs them at every rerun.
_cached = lru_cache(maxsize=64)


@dataclass(frozen=True)
class MeasureRow:
    """One measure of one arm over the whole survey.

    unsigned: of the maps' absolute values; None if maps are not compared with signs.
    """

    arm: Arm
    measure: str
    score: Agreement
    unsigned: Agreement | None

    @property
    def label(self) -> str:
        """The measure's name in the language of the page."""
        return _(MEASURES[self.measure].label)

    @property
    def about(self) -> str:
        """The description of the measure."""
        return _(MEASURES[self.measure].about)


@dataclass(frozen=True)
class Difference:
    """The difference of two arms over the same images.

    agreement: of corrected agreements, over the images whose maps are defined for both; undefined if those
    are too few. accuracy: over all images of the survey.
    """

    arm: Arm
    other: Arm
    measure: str
    agreement: Gain
    accuracy: Interval

    @property
    def n(self) -> int:
        """The number of images that the difference in agreement is over."""
        return self.agreement.n

    @property
    def verdict(self) -> Verdict:
        """The verdict on the difference in agreement."""
        return verdict(self.agreement)


@dataclass(frozen=True)
class ClassRow:
    """One class for one arm. count: number of images. accuracy: share of them classified correctly."""

    label: int
    name: str
    count: int
    accuracy: float
    score: Agreement


@_cached
def by_measure(survey: Survey) -> tuple[MeasureRow, ...]:
    """Every measure of every arm but the teacher, measure by measure."""
    return tuple(
        MeasureRow(arm, name, summary(scores[name]), _unsigned(survey, arm, name))
        for name in survey.measures
        for arm, scores in survey.scores.items()
    )


def _unsigned(survey: Survey, arm: Arm, measure: str) -> Agreement | None:
    return summary(survey.unsigned[arm][measure]) if survey.unsigned else None


@_cached
def difference(
    survey: Survey, other: Arm = "twin", *, arm: Arm = "student", measure: str = MAIN_MEASURE
) -> Difference:
    """The difference of an arm to another one. One run is one seed."""
    own, others = survey.scores[arm][measure], survey.scores[other][measure]
    return Difference(
        arm,
        other,
        measure,
        gain_over(others, own).of(len(survey)),
        paired_difference(survey.right(arm), survey.right(other)),
    )


@_cached
def paired_levels(survey: Survey, *, measure: str = MAIN_MEASURE) -> tuple[float, float]:
    """The agreements of student and twin that `difference` compares, over the images defined for both."""
    own, others = (survey.scores[arm][measure] for arm in ("student", "twin"))
    both = own.defined & others.defined
    return summary(own.take(both)).corrected, summary(others.take(both)).corrected


@_cached
def by_class(survey: Survey, arm: Arm = "student", *, measure: str = MAIN_MEASURE) -> tuple[ClassRow, ...]:
    """An arm by class, in the order of classes. The chance level is that of all images of the survey."""
    scores, right = survey.scores[arm][measure], survey.right(arm)
    rows = []
    for label, name in enumerate(survey.classes):
        of_class = survey.labels == label
        count = int(of_class.sum())
        accuracy = float(right[of_class].mean()) if count else np.nan
        rows.append(ClassRow(label, name, count, accuracy, summary(scores.take(of_class))))
    return tuple(rows)


def calibration(survey: Survey, arm: Arm) -> float:
    """The expected calibration error of an arm, in [0, 1]."""
    import torch  # imported here, since other statistics of a stored survey do not need it

    from kdviz.agreement import confidence_error

    return confidence_error(
        torch.from_numpy(survey.predictions[arm].confidence), torch.from_numpy(survey.right(arm))
    )


@_cached
def calibration_difference(survey: Survey, arm: Arm = "student", other: Arm = "twin") -> Interval:
    """The expected calibration error of an arm minus that of another, with its 95 % bootstrap interval.

    Images are drawn together for both.
    """
    import torch  # as above

    from kdviz.agreement.calibration import BINS, bin_gaps

    gaps = np.hstack(
        [
            bin_gaps(
                torch.from_numpy(survey.predictions[each].confidence), torch.from_numpy(survey.right(each))
            ).numpy()
            for each in (arm, other)
        ]
    )

    def lead(means: Floats) -> Floats:
        sizes = np.abs(means)
        found: Floats = sizes[..., :BINS].sum(-1) - sizes[..., BINS:].sum(-1)
        return found

    return bootstrap(gaps, lead, np.random.default_rng(0))


def confusion(survey: Survey, arm: Arm) -> IntArray:
    """(classes, classes), numbers of images by label (rows) and predicted class (columns)."""
    counts = np.zeros((len(survey.classes),) * 2, dtype=np.int64)
    np.add.at(counts, (survey.labels, survey.predictions[arm].predicted), 1)
    return counts


def confusion_difference(survey: Survey, arm: Arm = "student") -> FloatArray:
    """(classes, classes), an arm's confusion minus the teacher's, as shares of the label's images.

    Rows sum to 0; NaN for a class without images.
    """
    counts = confusion(survey, arm) - confusion(survey, "teacher")
    images = np.bincount(survey.labels, minlength=len(survey.classes))[:, None].astype(np.float32)
    images[images == 0] = np.nan
    shares: FloatArray = counts.astype(np.float32) / images
    return shares
