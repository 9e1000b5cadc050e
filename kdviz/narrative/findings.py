"""What a finished run has shown: its final figures as rows, and the finding in one sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kdviz.explainers import EXPLAINERS
from kdviz.language import _, decimal, with_interval
from kdviz.types import ARMS, Arm, Interval

Outcome = Literal["more", "less", "not distinguishable"]

COSTLY = 0.02
"""A loss of accuracy of more than this is named in the finding, whatever the agreement gained."""

_UNLIKELY = 0.05
_SHARES = ("object_share", "object_area", "cue_share", "cue_area")
_NAN = math.nan
_NO_INTERVAL = Interval(_NAN, _NAN, _NAN)


@dataclass(frozen=True)
class ArmResult:
    """One arm on the test set. What does not apply to it is NaN.

    accuracy: with the cue broken, where there is one. calibration_error: how far confidence is from
    accuracy. fidelity, fidelity_kl: share of the teacher's own answers, and divergence from its
    probabilities. agreement: Grad-CAM cosine with the teacher,
    corrected for chance, over n images; raw and chance stand behind it. untrained: the same by an
    explainer that no loss was made of. object_share, cue_share: share of the evidence there, to be read
    against the area's own share of the picture.
    """

    arm: Arm
    parameters: int
    accuracy: float
    intact_accuracy: float = _NAN
    calibration_error: float = _NAN
    fidelity: float = _NAN
    fidelity_kl: float = _NAN
    agreement: Interval = _NO_INTERVAL
    raw: float = _NAN
    chance: float = _NAN
    n: int = 0
    untrained: Interval = _NO_INTERVAL
    untrained_explainer: str = ""
    object_share: float = _NAN
    object_area: float = _NAN
    cue_share: float = _NAN
    cue_area: float = _NAN


@dataclass(frozen=True)
class Finding:
    """A student against its twin.

    trained, untrained: whether the student's maps match the teacher's more than the twin's do, by the
    explainer of the loss and by one that no loss was made of; from intervals that part or overlap.
    """

    explanation_weight: float
    student: ArmResult
    twin: ArmResult
    placebo: ArmResult | None
    same_answer: ArmResult | None
    trained: Outcome
    untrained: Outcome

    @property
    def costs_accuracy(self) -> bool:
        """Whether the student names clearly fewer images correctly than its twin."""
        return self.student.accuracy < self.twin.accuracy - COSTLY


def final_table(results: Mapping[str, Any]) -> list[ArmResult]:
    """A run's results, arm by arm, the teacher first."""
    return [_arm_result(arm, results[arm]) for arm in ARMS if arm in results]


def finding(results: Mapping[str, Any]) -> Finding | None:
    """The student against its twin; None where the run has no twin."""
    rows = {row.arm: row for row in final_table(results)}
    if "twin" not in rows:
        return None
    student, twin = rows["student"], rows["twin"]
    return Finding(
        float(results["student"]["explanation_weight"]),
        student,
        twin,
        rows.get("placebo"),
        rows.get("same-answer"),
        _outcome(student.agreement, twin.agreement),
        _outcome(student.untrained, twin.untrained),
    )


def headline(results: Mapping[str, Any]) -> str:
    """The finding in one sentence, made from the numbers, for a person."""
    found = finding(results)
    if found is None:
        student = next(row for row in final_table(results) if row.arm == "student")
        return _(
            "The student agrees with its teacher by {agreement} and is right on {accuracy}; without a twin "
            "nobody can say what λ did."
        ).format(agreement=_interval(student.agreement), accuracy=_percent(student.accuracy))
    return _("{finding}: {figures}.").format(
        finding=_told(found).format(weight=f"{found.explanation_weight:g}"),
        figures=_figures(found.student).format(
            student=_interval(found.student.agreement),
            twin=_interval(found.twin.agreement),
            student_accuracy=_percent(found.student.accuracy),
            twin_accuracy=_percent(found.twin.accuracy),
        ),
    )


def details(results: Mapping[str, Any]) -> list[str]:
    """What must be said beside the headline, a sentence each."""
    found = finding(results)
    if found is None:
        return []
    lines = []
    if found.placebo is not None:
        lines.append(
            _(
                "The placebo, with the same λ on shuffled maps: agreement {agreement}, accuracy {accuracy}. "
                "Only what goes beyond it is knowledge."
            ).format(agreement=_interval(found.placebo.agreement), accuracy=_percent(found.placebo.accuracy))
        )
    if found.same_answer is not None:
        lines.append(
            _(
                "The same-answer placebo, with the same λ on maps of other images that got the same answer: "
                "agreement {agreement}, accuracy {accuracy}."
            ).format(
                agreement=_interval(found.same_answer.agreement),
                accuracy=_percent(found.same_answer.accuracy),
            )
        )
    if math.isfinite(found.student.untrained.value):
        lines.append(
            _graded(found.untrained).format(
                explainer=_label(found.student.untrained_explainer),
                student=_interval(found.student.untrained),
                twin=_interval(found.twin.untrained),
            )
        )
    return lines


def guessing(accuracy: float, class_counts: Sequence[int]) -> float | None:
    """The accuracy of naming always the commonest class, where a network's own is no clear gain over it.

    accuracy: in [0, 1], on images of which there are so many of each class. None where it is clearly higher:
    an exact binomial test, one-sided, at 5 %.
    """
    from scipy.stats import binomtest

    n, most = sum(class_counts), max(class_counts)
    right = round(accuracy * n)
    return None if binomtest(right, n, most / n, alternative="greater").pvalue < _UNLIKELY else most / n


def _arm_result(arm: Arm, figures: Mapping[str, Any]) -> ArmResult:
    cosine = figures.get("agreement", {}).get("cosine", {})
    untrained = figures.get("untrained_agreement", {})
    return ArmResult(
        arm=arm,
        parameters=int(figures["parameters"]),
        accuracy=figures["test_accuracy"],
        intact_accuracy=figures.get("cue_intact_accuracy", _NAN),
        calibration_error=figures.get("calibration_error", _NAN),
        fidelity=figures.get("fidelity", _NAN),
        fidelity_kl=figures.get("fidelity_kl", _NAN),
        agreement=_corrected(cosine),
        raw=cosine.get("raw", _NAN),
        chance=cosine.get("chance", _NAN),
        n=int(cosine.get("n", 0)),
        untrained=_corrected(untrained.get("cosine", {})),
        untrained_explainer=untrained.get("explainer", ""),
        **{
            name: figures.get(name, _NAN) for name in ("object_share", "object_area", "cue_share", "cue_area")
        },
    )


def _corrected(score: Mapping[str, float]) -> Interval:
    return Interval(*(score.get(name, _NAN) for name in ("corrected", "low", "high")))


def _outcome(student: Interval, twin: Interval) -> Outcome:
    if student.low > twin.high:
        return "more"
    return "less" if student.high < twin.low else "not distinguishable"


def _told(found: Finding) -> str:
    """What λ did, with {weight} to fill in."""
    if found.trained == "more" and found.costs_accuracy:
        return _(
            "At λ = {weight} the student looks more like its teacher than its twin does, but pays with "
            "accuracy"
        )
    if found.trained == "more":
        return _("At λ = {weight} the student looks more like its teacher than its twin does")
    if found.trained == "less":
        return _("At λ = {weight} the student looks less like its teacher than its twin does")
    return _("At λ = {weight} the student looks no more like its teacher than its twin does, within noise")


def _figures(student: ArmResult) -> str:
    """Agreement and accuracy of both, to fill in."""
    if math.isfinite(student.intact_accuracy):
        return _(
            "agreement {student} against {twin}, accuracy with the cue broken {student_accuracy} against "
            "{twin_accuracy}"
        )
    return _("agreement {student} against {twin}, accuracy {student_accuracy} against {twin_accuracy}")


def _graded(outcome: Outcome) -> str:
    """What the untrained explainer says, to fill in."""
    if outcome == "more":
        return _(
            "Graded by {explainer}, on which nothing was trained: {student} against {twin}, clearly more."
        )
    if outcome == "less":
        return _(
            "Graded by {explainer}, on which nothing was trained: {student} against {twin}, clearly less."
        )
    return _(
        "Graded by {explainer}, on which nothing was trained: {student} against {twin}. The intervals "
        "overlap: this alone does not tell the two apart."
    )


def _label(explainer: str) -> str:
    return _(EXPLAINERS[explainer].label) if explainer in EXPLAINERS else explainer


def _interval(score: Interval) -> str:
    if not math.isfinite(score.value):
        return _("undefined")
    if not math.isfinite(score.low):
        return decimal(score.value)
    return with_interval(decimal(score.value), decimal(score.low), decimal(score.high))


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", "\N{NO-BREAK SPACE}%")
