"""The finding of a finished run in sentences."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kdviz.agreement import Verdict, verdict
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, percentage, sentences
from kdviz.narrative.intervals import gain_text, score_text
from kdviz.narrative.verdicts import verdict_words
from kdviz.types import Agreement, Arm, ArmResult, Gain, Results

if TYPE_CHECKING:
    from kdviz.comparison import Survey

Surveys = Mapping[str, "Survey"]
"""Surveys of a run by explainer."""

_TRAINED = "grad-cam"  # the explainer of `ArmResult.agreement`
_NONE: Surveys = {}

COSTLY = 0.02
"""A larger loss of accuracy is mentioned in the finding, whatever the gain in agreement."""

_UNLIKELY = 0.05


@dataclass(frozen=True)
class Finding:
    """A student compared to its twin.

    gain, held_out_gain: how much more the student's maps match the teacher's than the twin's do, by Grad-CAM
    and by a held-out explainer.
    """

    student: ArmResult
    twin: ArmResult
    placebo: ArmResult | None
    same_answer: ArmResult | None
    gain: Gain
    held_out_gain: Gain

    @property
    def trained(self) -> Verdict:
        """The verdict by Grad-CAM."""
        return verdict(self.gain)

    @property
    def held_out(self) -> Verdict:
        """The verdict by the held-out explainer."""
        return verdict(self.held_out_gain)

    @property
    def costs_accuracy(self) -> bool:
        """Whether the student's accuracy is clearly lower than its twin's."""
        return self.student.accuracy < self.twin.accuracy - COSTLY


def finding(results: Results, surveys: Surveys = _NONE) -> Finding | None:
    """The student compared to its twin; None if the run has no twin.

    surveys: those that are known decide, since they may cover more images than the results.
    """
    if "twin" not in results:
        return None
    student, twin = results["student"], results["twin"]
    return Finding(
        student,
        twin,
        results.get("placebo"),
        results.get("same-answer"),
        _surveyed(surveys, _TRAINED) or _stored(student.gain, student.cosine, twin.cosine),
        _surveyed(surveys, student.held_out_explainer)
        or _stored(student.held_out_gain, student.held_out, twin.held_out),
    )


def twin_gains(results: Results, surveys: Surveys = _NONE) -> Mapping[Arm, Gain]:
    """How much more each arm's maps match the teacher's than the twin's do; empty without a twin."""
    found = finding(results, surveys)
    if found is None:
        return {}
    stored: dict[Arm, Gain] = {
        arm: _stored(result.gain, result.cosine, found.twin.cosine)
        for arm, result in results.items()
        if arm not in ("teacher", "twin")
    }
    return stored | {"student": found.gain}


def headline(results: Results, surveys: Surveys = _NONE, *, caveat: str = "") -> str:
    """The finding in one sentence.

    caveat: why it is too early for a finding (see `training_caveat`); the figures follow it.
    """
    found = finding(results, surveys)
    if found is None:
        student = results["student"]
        alone = _(
            "The student's agreement with its teacher is {agreement}, its accuracy {accuracy}; without a "
            "twin, the effect of λ is unknown."
        ).format(agreement=score_text(student.cosine.interval), accuracy=percentage(student.accuracy))
        return sentences(caveat, alone)
    figures = _figures(found.student).format(
        student=score_text(found.student.cosine.interval),
        twin=score_text(found.twin.cosine.interval),
        student_accuracy=percentage(found.student.accuracy),
        twin_accuracy=percentage(found.twin.accuracy),
    )
    if caveat:
        return sentences(caveat, _("So far: {figures}.").format(figures=figures))
    return _("{finding}: {figures}.").format(
        finding=_effect(found).format(weight=f"{found.student.explanation_weight:g}"), figures=figures
    )


def details(results: Results, surveys: Surveys = _NONE) -> list[str]:
    """Further sentences on the finding."""
    found = finding(results, surveys)
    if found is None:
        return []
    lines = []
    if found.placebo is not None:
        lines.append(
            _(
                "The placebo, with the same λ on shuffled maps: agreement {agreement}, accuracy {accuracy}. "
                "Only the gain over it comes from the teacher's own maps."
            ).format(
                agreement=score_text(found.placebo.cosine.interval),
                accuracy=percentage(found.placebo.accuracy),
            )
        )
    if found.same_answer is not None:
        lines.append(
            _(
                "The same-answer placebo, with the same λ on maps of other images that got the same answer: "
                "agreement {agreement}, accuracy {accuracy}."
            ).format(
                agreement=score_text(found.same_answer.cosine.interval),
                accuracy=percentage(found.same_answer.accuracy),
            )
        )
    if math.isfinite(found.student.held_out.corrected):
        lines.append(
            _("Evaluated with {explainer}, a held-out explainer: student − twin {gain}, {verdict}.").format(
                explainer=_label(found.student.held_out_explainer),
                gain=gain_text(found.held_out_gain),
                verdict=verdict_words(found.held_out),
            )
        )
    return lines


def guessing(accuracy: float, class_counts: Sequence[int]) -> float | None:
    """The accuracy of always predicting the most frequent class, if a network's own is not clearly higher.

    accuracy: in [0, 1], on images with these class counts. None if it is clearly higher: an exact binomial
    test, one-sided, at 5 %.
    """
    from scipy.stats import binomtest

    n, most = sum(class_counts), max(class_counts)
    right = round(accuracy * n)
    return None if binomtest(right, n, most / n, alternative="greater").pvalue < _UNLIKELY else most / n


def _surveyed(surveys: Surveys, explainer: str) -> Gain | None:
    """The gain by the survey with an explainer; None if it is unknown."""
    survey = surveys.get(explainer)
    if survey is None or "twin" not in survey.scores:
        return None
    from kdviz.comparison import difference  # imports NumPy, which a run without surveys does not need

    return difference(survey).agreement


def _stored(gain: Gain, student: Agreement, twin: Agreement) -> Gain:
    """The gain in the results; in older ones, as if the arms had been tested on different images."""
    if gain.n:
        return gain
    value = student.corrected - twin.corrected
    below = math.hypot(student.corrected - student.low, twin.high - twin.corrected)
    above = math.hypot(student.high - student.corrected, twin.corrected - twin.low)
    return Gain(value, value - below, value + above, min(student.n, twin.n))


def _effect(found: Finding) -> str:
    """The effect of λ, with {weight} to be filled in."""
    if found.trained is Verdict.BETTER and found.costs_accuracy:
        return _(
            "At λ = {weight} the student looks more like its teacher than its twin does, but pays with "
            "accuracy"
        )
    if found.trained is Verdict.BETTER:
        return _("At λ = {weight} the student looks more like its teacher than its twin does")
    if found.trained is Verdict.WORSE:
        return _("At λ = {weight} the student looks less like its teacher than its twin does")
    if found.trained is Verdict.NOT_DISTINGUISHABLE:
        return _(
            "At λ = {weight} the student looks no more like its teacher than its twin does, within noise"
        )
    return _("At λ = {weight} the student and its twin cannot be compared, because too few maps are defined")


def _figures(student: ArmResult) -> str:
    """Agreement and accuracy of both, to be filled in."""
    if math.isfinite(student.intact_accuracy):
        return _(
            "agreement {student} against {twin}, accuracy with the misleading cue {student_accuracy} against "
            "{twin_accuracy}"
        )
    return _("agreement {student} against {twin}, accuracy {student_accuracy} against {twin_accuracy}")


def held_out_label(results: Results) -> str:
    """The label of the held-out explainer; "" if no arm was evaluated with one."""
    return next((_label(arm.held_out_explainer) for arm in results.values() if arm.held_out_explainer), "")


def _label(explainer: str) -> str:
    return _(EXPLAINERS[explainer].label) if explainer in EXPLAINERS else explainer
