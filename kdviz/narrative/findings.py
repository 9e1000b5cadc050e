"""The finding of a finished run in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kdviz.agreement import Verdict
from kdviz.explainers import EXPLAINERS
from kdviz.language import _, percentage
from kdviz.narrative.intervals import score_text
from kdviz.types import ArmResult, Interval, Results

COSTLY = 0.02
"""A larger loss of accuracy is mentioned in the finding, whatever the gain in agreement."""

_UNLIKELY = 0.05


@dataclass(frozen=True)
class Finding:
    """A student compared to its twin.

    trained, held_out: whether the student's maps match the teacher's more than the twin's do, by the
    explainer of the loss and by a held-out one; from disjoint or overlapping intervals.
    """

    student: ArmResult
    twin: ArmResult
    placebo: ArmResult | None
    same_answer: ArmResult | None
    trained: Verdict
    held_out: Verdict

    @property
    def costs_accuracy(self) -> bool:
        """Whether the student's accuracy is clearly lower than its twin's."""
        return self.student.accuracy < self.twin.accuracy - COSTLY


def finding(results: Results) -> Finding | None:
    """The student compared to its twin; None if the run has no twin."""
    if "twin" not in results:
        return None
    student, twin = results["student"], results["twin"]
    return Finding(
        student,
        twin,
        results.get("placebo"),
        results.get("same-answer"),
        _outcome(student.cosine.interval, twin.cosine.interval),
        _outcome(student.held_out.interval, twin.held_out.interval),
    )


def headline(results: Results) -> str:
    """The finding in one sentence."""
    found = finding(results)
    if found is None:
        student = results["student"]
        return _(
            "The student's agreement with its teacher is {agreement}, its accuracy {accuracy}; without a "
            "twin, the effect of λ is unknown."
        ).format(agreement=score_text(student.cosine.interval), accuracy=percentage(student.accuracy))
    return _("{finding}: {figures}.").format(
        finding=_effect(found).format(weight=f"{found.student.explanation_weight:g}"),
        figures=_figures(found.student).format(
            student=score_text(found.student.cosine.interval),
            twin=score_text(found.twin.cosine.interval),
            student_accuracy=percentage(found.student.accuracy),
            twin_accuracy=percentage(found.twin.accuracy),
        ),
    )


def details(results: Results) -> list[str]:
    """Further sentences on the finding."""
    found = finding(results)
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
            _held_out(found.held_out).format(
                explainer=_label(found.student.held_out_explainer),
                student=score_text(found.student.held_out.interval),
                twin=score_text(found.twin.held_out.interval),
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


def _outcome(student: Interval, twin: Interval) -> Verdict:
    if student.low > twin.high:
        return Verdict.BETTER
    return Verdict.WORSE if student.high < twin.low else Verdict.NOT_DISTINGUISHABLE


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
    return _("At λ = {weight} the student looks no more like its teacher than its twin does, within noise")


def _figures(student: ArmResult) -> str:
    """Agreement and accuracy of both, to be filled in."""
    if math.isfinite(student.intact_accuracy):
        return _(
            "agreement {student} against {twin}, accuracy with the misleading cue {student_accuracy} against "
            "{twin_accuracy}"
        )
    return _("agreement {student} against {twin}, accuracy {student_accuracy} against {twin_accuracy}")


def _held_out(outcome: Verdict) -> str:
    """The result of the held-out explainer, to be filled in."""
    if outcome is Verdict.BETTER:
        return _("Evaluated with {explainer}, a held-out explainer: {student} against {twin}, clearly more.")
    if outcome is Verdict.WORSE:
        return _("Evaluated with {explainer}, a held-out explainer: {student} against {twin}, clearly less.")
    return _(
        "Evaluated with {explainer}, a held-out explainer: {student} against {twin}. The intervals "
        "overlap: no clear difference."
    )


def held_out_label(results: Results) -> str:
    """The label of the held-out explainer; "" if no arm was evaluated with one."""
    return next((_label(arm.held_out_explainer) for arm in results.values() if arm.held_out_explainer), "")


def _label(explainer: str) -> str:
    return _(EXPLAINERS[explainer].label) if explainer in EXPLAINERS else explainer
