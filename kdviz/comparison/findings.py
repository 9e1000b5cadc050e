"""What a finished run has shown: its final figures as rows, and the finding in one sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kdviz.explainers import EXPLAINERS
from kdviz.types import ARMS, Arm, Interval

Outcome = Literal["more", "less", "not distinguishable"]

COSTLY = 0.02
"""A loss of accuracy of more than this is named in the finding, whatever the agreement gained."""

_SHARES = ("object_share", "object_area", "cue_share", "cue_area")
_NAN = math.nan
_NO_INTERVAL = Interval(_NAN, _NAN, _NAN)


@dataclass(frozen=True)
class ArmResult:
    """One arm on the test set. What does not apply to it is NaN.

    accuracy: with the cue broken, where there is one. agreement: Grad-CAM cosine with the teacher,
    corrected for chance, over n images; raw and chance stand behind it. untrained: the same by an
    explainer that no loss was made of. object_share, cue_share: share of the evidence there, to be read
    against the area's own share of the picture.
    """

    arm: Arm
    parameters: int
    accuracy: float
    intact_accuracy: float = _NAN
    fidelity: float = _NAN
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
        _outcome(student.agreement, twin.agreement),
        _outcome(student.untrained, twin.untrained),
    )


def headline(results: Mapping[str, Any]) -> str:
    """The finding in one sentence, made from the numbers, for a person."""
    found = finding(results)
    if found is None:
        student = next(row for row in final_table(results) if row.arm == "student")
        return (
            f"The student agrees with its teacher by {_interval(student.agreement)} and is right on "
            f"{_percent(student.accuracy)}; without a twin nobody can say what λ did."
        )
    looks = {
        "more": "looks more like its teacher than its twin does",
        "less": "looks less like its teacher than its twin does",
        "not distinguishable": "looks no more like its teacher than its twin does, within noise",
    }[found.trained]
    pays = ", but pays with accuracy" if found.costs_accuracy and found.trained == "more" else ""
    return (
        f"At λ = {found.explanation_weight:g} the student {looks}{pays}: "
        f"agreement {_interval(found.student.agreement)} against {_interval(found.twin.agreement)}, "
        f"accuracy{_where(found.student)} {_percent(found.student.accuracy)} against "
        f"{_percent(found.twin.accuracy)}."
    )


def details(results: Mapping[str, Any]) -> list[str]:
    """What must be said beside the headline, a sentence each."""
    found = finding(results)
    if found is None:
        return []
    lines = []
    if found.placebo is not None:
        lines.append(
            f"The placebo, with the same λ on shuffled maps: agreement {_interval(found.placebo.agreement)}, "
            f"accuracy {_percent(found.placebo.accuracy)}. Only what goes beyond it is knowledge."
        )
    if math.isfinite(found.student.untrained.value):
        verdict = {"more": "more", "less": "less"}.get(found.untrained, "not distinguishable from noise")
        lines.append(
            f"Graded by {_label(found.student.untrained_explainer)}, on which nothing was trained: "
            f"{_interval(found.student.untrained)} against {_interval(found.twin.untrained)}, {verdict}."
        )
    return lines


def _arm_result(arm: Arm, figures: Mapping[str, Any]) -> ArmResult:
    cosine = figures.get("agreement", {}).get("cosine", {})
    untrained = figures.get("untrained_agreement", {})
    return ArmResult(
        arm=arm,
        parameters=int(figures["parameters"]),
        accuracy=figures["test_accuracy"],
        intact_accuracy=figures.get("cue_intact_accuracy", _NAN),
        fidelity=figures.get("fidelity", _NAN),
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


def _where(row: ArmResult) -> str:
    return " with the cue broken" if math.isfinite(row.intact_accuracy) else ""


def _label(explainer: str) -> str:
    return EXPLAINERS[explainer].label if explainer in EXPLAINERS else explainer


def _interval(score: Interval) -> str:
    if not math.isfinite(score.value):
        return "undefined"
    ends = f" ({score.low:z.2f} to {score.high:z.2f})" if math.isfinite(score.low) else ""
    return f"{score.value:z.2f}{ends}".replace("-", "\N{MINUS SIGN}")


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", "\N{NO-BREAK SPACE}%")
