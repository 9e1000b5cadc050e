"""What a finished run has shown: its final figures as rows, and the finding in one sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kdviz.types import ARMS, Arm, Interval

Outcome = Literal["more", "less", "not distinguishable"]

COSTLY = 0.02
"""A loss of accuracy of more than this is named in the finding, whatever the agreement gained."""

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
    """A student against its twin. more: whether it looks more like the teacher, by intervals that part."""

    explanation_weight: float
    student: ArmResult
    twin: ArmResult
    more: Outcome

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
    weight = float(results["student"]["explanation_weight"])
    return Finding(weight, student, twin, _outcome(student.agreement, twin.agreement))


def sentence(results: Mapping[str, Any]) -> str:
    """The finding, made from the numbers, for a person."""
    found = finding(results)
    if found is None:
        return _plain_sentence(final_table(results))
    student, twin = found.student, found.twin
    looks = {
        "more": "looks more like its teacher than its twin",
        "less": "looks less like its teacher than its twin",
        "not distinguishable": "looks no more like its teacher than its twin, within noise",
    }[found.more]
    price = (
        "but it pays for that with accuracy" if found.costs_accuracy and found.more == "more" else "accuracy"
    )
    broken = " with the cue broken" if math.isfinite(student.intact_accuracy) else ""
    return (
        f"At λ = {found.explanation_weight:g} the student {looks}: agreement {_interval(student.agreement)} "
        f"against {_interval(twin.agreement)}; {price}{broken} {_percent(student.accuracy)} "
        f"against {_percent(twin.accuracy)}."
    )


def _plain_sentence(rows: list[ArmResult]) -> str:
    student = next(row for row in rows if row.arm == "student")
    return (
        f"Without a twin there is nothing to compare λ with: the student's agreement is "
        f"{_interval(student.agreement)}, its accuracy {_percent(student.accuracy)}."
    )


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


def _interval(score: Interval) -> str:
    if not math.isfinite(score.value):
        return "undefined"
    if not math.isfinite(score.low):
        return f"{score.value:.2f}"
    return f"{score.value:.2f} ({score.low:.2f} to {score.high:.2f})"


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")
