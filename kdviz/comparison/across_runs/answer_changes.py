"""Answers that differ between two runs on the same test images: mended, broken, and class by class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kdviz.agreement import paired_difference
from kdviz.comparison.test_set.survey import Mask, Survey
from kdviz.types import Arm, IntArray, Interval


@dataclass(frozen=True)
class ClassChange:
    """One class in both runs. before, after: its accuracies, NaN without images."""

    name: str
    images: int
    before: float
    after: float
    mended: int
    broken: int


@dataclass(frozen=True, eq=False)
class AnswerChanges:
    """One arm of an earlier and of a later run, over the test images that both surveys contain.

    mended, broken: indices in the test set of the images that only the later, only the earlier, predicts
    correctly. accuracy: later − earlier. evidence: the same of the share of the positive evidence on the
    object, with both shares before it; None where no masks are known.
    """

    images: int
    mended: IntArray
    broken: IntArray
    accuracy: Interval
    evidence: tuple[float, float, Interval] | None
    classes: tuple[ClassChange, ...]


def answer_changes(earlier: Survey, later: Survey, arm: Arm = "student") -> AnswerChanges:
    """Compare two surveys of runs on the same test images."""
    common, at, then = np.intersect1d(earlier.indices, later.indices, return_indices=True)
    before, after = earlier.right(arm)[at], later.right(arm)[then]
    labels = earlier.labels[at]
    return AnswerChanges(
        len(common),
        common[after & ~before],
        common[before & ~after],
        paired_difference(after, before),
        _evidence(earlier, later, arm, at, then),
        tuple(
            _class(name, before[labels == label], after[labels == label])
            for label, name in enumerate(earlier.classes)
        ),
    )


def _evidence(
    earlier: Survey, later: Survey, arm: Arm, at: IntArray, then: IntArray
) -> tuple[float, float, Interval] | None:
    if not ("object" in earlier.localization and "object" in later.localization):
        return None
    before = earlier.localization["object"].arms[arm].share[at].astype(np.float64)
    after = later.localization["object"].arms[arm].share[then].astype(np.float64)
    both = ~np.isnan(before + after)
    if not both.any():
        return None
    return float(before[both].mean()), float(after[both].mean()), paired_difference(after, before)


def _class(name: str, before: Mask, after: Mask) -> ClassChange:
    shares = [float(right.mean()) if len(right) else np.nan for right in (before, after)]
    mended, broken = int((after & ~before).sum()), int((before & ~after).sum())
    return ClassChange(name, len(before), shares[0], shares[1], mended, broken)
