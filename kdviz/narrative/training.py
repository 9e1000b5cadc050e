"""Whether a run was trained long enough for a finding, in a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, variance

from kdviz.language import _, decimal, plural
from kdviz.narrative.above_guessing import guessing
from kdviz.store import Run
from kdviz.types import Arm, Measured

RISING = 0.03
"""A larger rise of the mean validation accuracy from one quarter of the epochs to the next is not the end."""

MATTERS = 0.25
"""A rise by a smaller share of the difference between student and twin leaves the finding as it is."""

FEWEST_EPOCHS = 4
FAR = 0.5
"""Below this share of the teacher's accuracy, a student has hardly learnt anything."""

_COMPARED: tuple[Arm, Arm] = ("student", "twin")

Curve = Mapping[int, float]
"""Accuracy in [0, 1] by epochs done."""


def training_caveat(run: Run, measured: Sequence[Measured], test_counts: Sequence[int] = ()) -> str:
    """Why it is too early for a finding; "" if it is not.

    measured: the metrics of the run. test_counts: the number of test images of each class, empty where it is
    unknown. A student or twin that was stopped, had few epochs, is still improving, or is far from its
    teacher may yet change places with the other one; a teacher that only guesses teaches neither.
    """
    curves = {arm: _curve(measured, arm, "validation_accuracy") for arm in _COMPARED}
    done = max((epoch for curve in curves.values() for epoch in curve), default=0)
    if run.ended and run.state != "finished" and done:
        words = _("Stopped after {done} of {epochs} epochs: too early to tell.")
        return words.format(done=done, epochs=run.config.epochs)
    if guesses := teacher_guesses(run, test_counts):
        return guesses
    if 0 < done < FEWEST_EPOCHS:
        return plural(
            "Trained for {count} epoch only: too early to tell.",
            "Trained for {count} epochs only: too early to tell.",
            done,
        )
    if done and (rising := _still_rising(curves)):
        return rising
    if _far_from_teacher(measured):
        return _("Student and twin are far from their teacher: more epochs or images would tell more.")
    return ""


def teacher_guesses(run: Run, test_counts: Sequence[int]) -> str:
    """That the teacher of a finished run is no better than guessing; "" if it is, or that is unknown."""
    teacher = (run.results or {}).get("teacher")
    if teacher is None or not test_counts or guessing(teacher.accuracy, test_counts) is None:
        return ""
    return _("The teacher is not clearly better than guessing, so there is little to learn from it.")


def _still_rising(curves: Mapping[Arm, Curve]) -> str:
    """That a curve still rises, and by so much that it matters beside the difference of the two; else ""."""
    ends = [curve[max(curve)] for curve in curves.values() if curve]
    gap = abs(ends[0] - ends[-1])
    rises = {arm: latest_rise(curve) if is_clear_rise(curve) else 0.0 for arm, curve in curves.items()}
    arm = max(rises, key=lambda each: rises[each])
    if rises[arm] <= max(RISING, MATTERS * gap):
        return ""
    text = (
        _(
            "Still improving at the end: the student's validation accuracy rose by {points} points over the "
            "last quarter of the epochs. More epochs would tell more."
        )
        if arm == "student"
        else _(
            "Still improving at the end: the twin's validation accuracy rose by {points} points over the "
            "last quarter of the epochs. More epochs would tell more."
        )
    )
    return text.format(points=decimal(100 * rises[arm], 1))


def latest_rise(curve: Curve) -> float:
    """Mean of the last quarter of the epochs minus that of the quarter before; 0 with fewer than 4 epochs."""
    before, last = _last_quarters(curve)
    return fmean(last) - fmean(before) if last else 0.0


def is_clear_rise(curve: Curve) -> bool:
    """Whether the latest rise is more than the zigzag of a curve of few validation images.

    More than two standard errors, by the scatter within the two quarters; unknown of quarters of one epoch,
    which count as clear.
    """
    before, last = _last_quarters(curve)
    if len(last) < 2:
        return True
    return latest_rise(curve) > 2 * math.sqrt((variance(before) + variance(last)) / len(last))


def _last_quarters(curve: Curve) -> tuple[list[float], list[float]]:
    """The values of the last but one and of the last quarter of the epochs; empty with fewer than 4."""
    values = [curve[epoch] for epoch in sorted(curve)]
    quarter = len(values) // 4
    return (values[-2 * quarter : -quarter], values[-quarter:]) if quarter else ([], [])


def _far_from_teacher(measured: Sequence[Measured]) -> bool:
    """Whether both are, at the end; where the cue helps if there is one, as they were trained."""
    teacher = _values(measured, "teacher", "validation_accuracy")
    ends = [
        (_values(measured, arm, "cue_intact_accuracy") or _values(measured, arm, "validation_accuracy"))[-1:]
        for arm in _COMPARED
    ]
    reached = [value for end in ends for value in end]
    return bool(teacher and reached) and max(reached) < FAR * teacher[-1]


def _curve(measured: Sequence[Measured], arm: Arm, name: str) -> Curve:
    """Without the state before the first epoch."""
    return {
        int(each.epoch): each.values[name]
        for each in measured
        if (each.stage, each.arm) == ("students", arm) and name in each.values and each.epoch >= 1
    }


def _values(measured: Sequence[Measured], arm: Arm, name: str) -> list[float]:
    """In order of time, the state before the first epoch included."""
    return [
        each.values[name]
        for each in measured
        if (each.stage, each.arm) == ("students", arm) and name in each.values
    ]
