"""What the marks of a person have changed: a run on marks, and the run that it goes on from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kdviz.agreement import paired_difference
from kdviz.comparison.across_runs.answer_changes import answer_changes
from kdviz.comparison.test_set.grading import difference
from kdviz.comparison.test_set.survey import Survey
from kdviz.types import Arm, Interval

_CONTROL: Arm = "teacher-maps"


@dataclass(frozen=True)
class Change:
    """A mean of the student before and after training on marks, each in [0, 1].

    gain: after − before, over the same images. over_control: after, minus that of the control, which was
    trained as long on the teacher's maps; None without one.
    """

    before: float
    after: float
    gain: Interval
    over_control: Interval | None


@dataclass(frozen=True)
class MarksEffect:
    """The student before and after training on marks, over the test images of both surveys.

    evidence: its share of the positive evidence on the object; None where no masks are known.
    """

    images: int
    accuracy: Change
    evidence: Change | None


def marks_effect(earlier: Survey, later: Survey) -> MarksEffect:
    """Compare a run on marks with the run that it goes on from: two surveys by one explainer."""
    changes = answer_changes(earlier, later)
    _common, at, then = np.intersect1d(earlier.indices, later.indices, return_indices=True)
    accuracy = Change(
        float(earlier.right("student")[at].mean()),
        float(later.right("student")[then].mean()),
        changes.accuracy,
        difference(later, _CONTROL).accuracy if _CONTROL in later.scores else None,
    )
    evidence = Change(*changes.evidence, _evidence_over_control(later)) if changes.evidence else None
    return MarksEffect(changes.images, accuracy, evidence)


def _evidence_over_control(later: Survey) -> Interval | None:
    arms = later.localization["object"].arms
    return paired_difference(arms["student"].share, arms[_CONTROL].share) if _CONTROL in arms else None
