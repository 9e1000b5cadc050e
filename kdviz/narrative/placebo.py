"""The student against its placebo, and whether that is an opponent.

It is none if it only guesses, or if the wrong maps did harm to it.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from kdviz.agreement import Verdict, verdict
from kdviz.language import _, decimal, percentage, sentences
from kdviz.narrative.above_guessing import guessing
from kdviz.narrative.accuracy_gains import NO_SURVEYS, Surveys, accuracy_gain_over_twin, largest_with
from kdviz.narrative.intervals import spoken_points
from kdviz.types import Arm, Gain, Interval, Results

if TYPE_CHECKING:
    from kdviz.comparison import Survey


@dataclass(frozen=True)
class WeakPlacebo:
    """A placebo that is no opponent: being more accurate than it shows little.

    accuracy: its own, and guessed: that of guessing, where it is not clearly above that, else NaN both.
    behind: its accuracy minus the twin's. gain: the student's minus the twin's; both of no images without a
    twin.
    """

    accuracy: float
    guessed: float
    behind: Gain
    gain: Gain

    @property
    def guesses(self) -> bool:
        """Whether it only guesses; otherwise it is clearly less accurate than the twin."""
        return math.isfinite(self.guessed)


def weak_placebo(results: Results | None, surveys: Surveys = NO_SURVEYS) -> WeakPlacebo | None:
    """The placebo where it is no opponent; None where it is one, and without one.

    It is none where it only guesses though the twin does not, which the labels of a survey tell, and where
    it is clearly less accurate than the twin: then maps of other images do harm, and a student with maps of
    its own is ahead of it even if they do no good.
    """
    behind = accuracy_gain_over_twin(results, surveys, "placebo")
    gain = accuracy_gain_over_twin(results, surveys, "student")
    if found := _guessed(surveys):
        return WeakPlacebo(*found, behind, gain)
    if behind.n and verdict(behind) is Verdict.WORSE:
        return WeakPlacebo(math.nan, math.nan, behind, gain)
    return None


def _guessed(surveys: Surveys) -> tuple[float, float] | None:
    """The placebo's accuracy and that of guessing, if it only guesses; None if the twin does as well.

    Where a planted cue is random, all that rely on it are right as often as by guessing.
    """
    if (largest := largest_with(surveys, "placebo")) is None:
        return None
    counts = list(Counter(largest.labels.tolist()).values())
    if len(counts) < 2:
        return None

    def guess(arm: Arm) -> float | None:
        return guessing(float(largest.right(arm).mean()), counts)

    guessed = guess("placebo")
    if guessed is None or ("twin" in largest.predictions and guess("twin") is not None):
        return None
    return float(largest.right("placebo").mean()), guessed


def placebo_warning(results: Results | None, surveys: Surveys = NO_SURVEYS) -> str:
    """That being ahead of the placebo shows little, and what counts instead; "" where it is an opponent."""
    weak = weak_placebo(results, surveys)
    if weak is None:
        return ""
    if weak.guesses:
        text = _(
            "The placebo is right on {share}, no more often than by guessing ({guessed}), so being ahead of "
            "it shows little."
        ).format(share=percentage(weak.accuracy), guessed=percentage(weak.guessed))
    else:
        text = _(
            "The placebo is worse than the twin, by {points}: maps of other images do harm here, so being "
            "ahead of it shows little."
        ).format(points=spoken_points(weak.behind.negated))
    counts = _("What counts is the accuracy beyond the twin's: {points}.")
    return sentences(text, counts.format(points=spoken_points(weak.gain, signed=True)) if weak.gain.n else "")


def gain_over_placebo(surveys: Surveys) -> Interval | None:
    """The student's accuracy minus the placebo's over the same images; None while no survey has both."""
    largest = largest_with(surveys, "placebo")
    return None if largest is None else _surveyed_gain(largest)


@lru_cache(maxsize=16)
def _surveyed_gain(survey: Survey) -> Interval:
    from kdviz.agreement import paired_difference  # imports NumPy, which a run without surveys does not need

    return paired_difference(survey.right("student"), survey.right("placebo"))


def against_placebo(results: Results, surveys: Surveys = NO_SURVEYS, *, early: bool = False) -> str:
    """The placebo's accuracy, and whether it is clearly another than the student's; "" without a placebo.

    early: it is too early for a finding; then, and while no survey is known, its accuracy alone.
    """
    if "placebo" not in results or not math.isfinite(results["placebo"].accuracy):
        return ""
    gain = None if early else gain_over_placebo(surveys)
    texts = {
        None: _("Its placebo, with the maps of other images, is right on {share}."),
        Verdict.BETTER: _("Its placebo, with the maps of other images, is right on {share}: clearly less."),
        Verdict.WORSE: _("Its placebo, with the maps of other images, is right on {share}: clearly more."),
        Verdict.NOT_DISTINGUISHABLE: _(
            "Its placebo, with the maps of other images, is right on {share}: not clearly different."
        ),
    }
    found = None if gain is None else verdict(gain)
    return texts.get(found, texts[None]).format(share=percentage(results["placebo"].accuracy))


def of_any_maps(results: Results, surveys: Surveys = NO_SURVEYS) -> str:
    """How much of the student's gain over the twin the placebo has, too.

    "" unless both are clearly more accurate than the twin, and the student than the placebo.
    """
    student, placebo = (accuracy_gain_over_twin(results, surveys, arm) for arm in ("student", "placebo"))
    if not student.n or not placebo.n:
        return ""
    gains = (student, placebo, _beyond_placebo(results, surveys, student.n))
    if any(verdict(each) is not Verdict.BETTER for each in gains):
        return ""
    text = _(
        "Of the student's {student} points over the twin, {placebo} come with any maps, even those of other "
        "images; the other {rest} only with each image's own."
    )
    whole, part = (round(100 * each.value, 1) for each in (student, placebo))
    return text.format(student=decimal(whole, 1), placebo=decimal(part, 1), rest=decimal(whole - part, 1))


def _beyond_placebo(results: Results, surveys: Surveys, n: int) -> Interval:
    """The student's accuracy minus the placebo's; without a survey, with the widest interval there can be."""
    from kdviz.agreement import share_difference  # imports NumPy, which a run without a placebo does not need

    if (surveyed := gain_over_placebo(surveys)) is not None:
        return surveyed
    return share_difference(results["student"].accuracy, results["placebo"].accuracy, n)


def placebo_reservation(weak: WeakPlacebo) -> str:
    """What is not shown because of it."""
    if weak.guesses:
        text = _(
            "That being ahead of the placebo shows much: at this λ the placebo is right on {share}, no more "
            "often than by guessing ({guessed})."
        )
        return text.format(share=percentage(weak.accuracy), guessed=percentage(weak.guessed))
    text = _(
        "That being ahead of the placebo shows much: maps of other images do harm here, the placebo is worse "
        "than the twin, by {points}."
    )
    return text.format(points=spoken_points(weak.behind.negated))
