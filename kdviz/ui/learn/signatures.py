"""What a deliberate mistake looks like beside the right run: the telling curve, a number, and a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kdviz.datasets import Counts, counted
from kdviz.figures.charts import (
    CurveInfo,
    CurveLine,
    RunCurvesInfo,
    accuracy_info,
    agreement_info,
    latest_value,
    loss_info,
    run_curves_info,
)
from kdviz.figures.style import percent
from kdviz.language import _, decimal
from kdviz.store import Run, Store, grouped
from kdviz.types import Arm, Measured, Results

_EXACT = 1e-3
"""Relative distance below which two factors are the same one: the numbers are stored in single precision."""

_Z = 1.96


@dataclass(frozen=True)
class Evidence:
    """A finished run with its numbers."""

    run: Run
    measured: tuple[Measured, ...]

    @property
    def results(self) -> Results:
        """The final figures on the test set."""
        return self.run.results or {}


@dataclass(frozen=True)
class Signature:
    """curve: the telling quantity, right (A) and wrong (B). label, right, wrong: its number.

    verdict: what that says, in a sentence.
    """

    curve: RunCurvesInfo
    label: str
    right: str
    wrong: str
    verdict: str


def evidence(store: Store, run: Run) -> Evidence:
    """What a finished run has to show."""
    return Evidence(run, tuple(grouped(store.metrics(run.id))))


def signature(mistake: str, right: Evidence, wrong: Evidence) -> Signature:
    """What tells the wrong run from the right one. mistake: a name in `MISTAKES`, not "none"."""
    return _SIGNATURES[mistake](right, wrong)


def unnamed(right: Evidence, wrong: Evidence) -> tuple[RunCurvesInfo, ...]:
    """The same curves for every mistake, so that which they are does not give it away."""
    return (
        _overlaid([loss_info(each.measured, "kd") for each in (right, wrong)]),
        _agreement(right, wrong),
        _accuracy(right, wrong),
        _teachers(right, wrong),
    )


def _too_small(right: Evidence, wrong: Evidence) -> Signature:
    first, small = (_soft_label_values(each)[0] for each in (right, wrong))
    factor = first / small
    return Signature(
        _overlaid([loss_info(each.measured, "kd") for each in (right, wrong)]),
        _("Soft-label loss of the first batch"),
        f"{first:.3f}",
        f"{small:.3f}",
        _(
            "On the first batch, before anything is learnt, the term is smaller by a factor of **{factor}**: "
            "{name}."
        ).format(factor=f"{factor:.2f}", name=_factor(factor, right.run.config.temperature, _classes(right))),
    )


def _factor(factor: float, temperature: float, classes: int) -> str:
    """What a factor is, if it is anything."""
    squared = temperature**2
    if math.isclose(factor, classes, rel_tol=_EXACT):
        return _("the number of classes, {classes}").format(classes=classes)
    if math.isclose(factor, squared, rel_tol=_EXACT):
        return _("T², {squared}").format(squared=f"{squared:g}")
    return _("neither the number of classes, {classes}, nor T², {squared}").format(
        classes=classes, squared=f"{squared:g}"
    )


def _no_gradient(right: Evidence, wrong: Evidence) -> Signature:
    gaps = [_furthest(each) for each in (right, wrong)]
    return Signature(
        _agreement(right, wrong),
        _("Largest difference between student and twin"),
        f"{gaps[0]:.3f}",
        f"{gaps[1]:.3f}",
        _(
            "λ is {weight}, yet in {count} numbers that both have, the student and its twin differ by "
            "**{gap}**: the explanation loss teaches nothing."
        ).format(
            weight=f"{wrong.run.config.explanation_weight:g}",
            count=len(list(_pairs(wrong))),
            gap=f"{gaps[1]:g}",
        )
        if gaps[1] == 0
        else _("Student and twin differ by up to **{gap}**: λ does something.").format(gap=f"{gaps[1]:.3f}"),
    )


def _drifting(right: Evidence, wrong: Evidence) -> Signature:
    first, *later = _values(wrong, "teacher", "validation_accuracy")
    moved = sum(value != first for value in later)
    return Signature(
        _teachers(right, wrong),
        _("The teacher's calibration error on the test, which training a student must not change"),
        _exact(right.results["teacher"].calibration_error),
        _exact(wrong.results["teacher"].calibration_error),
        _(
            "Nobody trained the teacher, yet after **{moved} of {count}** epochs its accuracy was another "
            "one than before, by up to **{points}** points."
        ).format(
            moved=moved,
            count=len(later),
            points=f"{100 * max(abs(value - first) for value in later):.1f}",
        ),
    )


def _out_of_order(right: Evidence, wrong: Evidence) -> Signature:
    left = [_mean(values[-_FEW:]) / values[0] for values in map(_soft_label_values, (right, wrong))]
    return Signature(
        _overlaid([loss_info(each.measured, "kd") for each in (right, wrong)]),
        _("The teacher's answer given, on the test"),
        percent(right.results["student"].fidelity),
        percent(wrong.results["student"].fidelity),
        _(
            "The soft-label loss fell to {right} of what it was; read out of order, to **{wrong}**. A guess "
            "among {classes} classes would be the teacher's answer in {chance}."
        ).format(
            right=percent(left[0]),
            wrong=percent(left[1]),
            classes=_classes(right),
            chance=percent(1 / _classes(right)),
        ),
    )


def _leaked(right: Evidence, wrong: Evidence) -> Signature:
    gaps = [_lead(each) for each in (right, wrong)]
    tested = wrong.results["student"].accuracy
    return Signature(
        _accuracy(right, wrong),
        _("Test accuracy less validation accuracy"),
        _points(*gaps[0]),
        _points(*gaps[1]),
        _(
            "It is right on {validation} of the images that it has not seen, and on {test} of the test's: "
            "**{lead} points** more, where chance alone gives ± {chance}."
        ).format(
            validation=percent(tested - gaps[1][0]),
            test=percent(tested),
            lead=f"{100 * gaps[1][0]:.1f}",
            chance=f"{100 * gaps[1][1]:.1f}",
        ),
    )


_FEW = 5
"""Newest numbers of which a mean is taken: a single batch's is noisy."""

_SIGNATURES: Mapping[str, Callable[[Evidence, Evidence], Signature]] = {
    "kl-mean": _too_small,
    "no-t-squared": _too_small,
    "mse-on-softmax": _too_small,
    "detached-map": _no_gradient,
    "teacher-in-train-mode": _drifting,
    "shuffled-cache": _out_of_order,
    "trains-on-the-test": _leaked,
}


def _overlaid(curves: Sequence[CurveInfo], arms: Sequence[Arm] = ("student",)) -> RunCurvesInfo:
    return run_curves_info(curves, (_("right"), _("wrong")), arms)


def _agreement(right: Evidence, wrong: Evidence) -> RunCurvesInfo:
    return _overlaid([agreement_info(each.measured) for each in (right, wrong)], ("student", "twin"))


def _accuracy(right: Evidence, wrong: Evidence) -> RunCurvesInfo:
    """The students' accuracy on validation images, and the wrong run's on the test as a level."""
    curve = _overlaid([_students(accuracy_info(each.measured)) for each in (right, wrong)])
    tested = wrong.results["student"].accuracy
    return replace(curve, level=(tested, _("B on the test: {accuracy}").format(accuracy=percent(tested))))


def _teachers(right: Evidence, wrong: Evidence) -> RunCurvesInfo:
    """The teacher's accuracy while its students learn; measured once where it cannot change."""
    title, about = _("The teacher's accuracy"), _("Share of validation images named correctly.")
    return _overlaid(
        [CurveInfo(title, about, (_teacher(each),), percent=True) for each in (right, wrong)], ("teacher",)
    )


def _teacher(of: Evidence) -> CurveLine:
    found = _by_epoch(of, "teacher", "validation_accuracy")
    if len(found) == 1:
        found |= {float(of.run.config.epochs): found[0.0]}
    return CurveLine("teacher", tuple(found), tuple(found.values()))


def _students(info: CurveInfo) -> CurveInfo:
    return replace(info, lines=tuple(line for line in info.lines if line.arm == "student"))


def _soft_label_values(of: Evidence) -> list[float]:
    return _values(of, "student", "kd")


def _values(of: Evidence, arm: Arm, name: str) -> list[float]:
    """One number of the students' training, in the order of the epochs."""
    return list(_by_epoch(of, arm, name).values())


def _by_epoch(of: Evidence, arm: Arm, name: str) -> dict[float, float]:
    """One number of the students' training by epoch, ascending: a resumed run tells its teacher's anew."""
    found = {
        each.epoch: each.values[name]
        for each in of.measured
        if each.stage == "students" and each.arm == arm and name in each.values
    }
    return dict(sorted(found.items()))


def _furthest(of: Evidence) -> float:
    return max(abs(student - twin) for student, twin in _pairs(of))


def _pairs(of: Evidence) -> Iterator[tuple[float, float]]:
    """What student and twin have both been measured for, undefined numbers left out."""
    for name in ("ce", "kd", "train_accuracy", "validation_accuracy", "agreement", "fidelity"):
        both = zip(_values(of, "student", name), _values(of, "twin", name), strict=True)
        yield from (pair for pair in both if all(map(math.isfinite, pair)))


def _lead(of: Evidence) -> tuple[float, float]:
    """By how much a student is better on test than on validation images, and what chance gives (95 %)."""
    tested, validated = (
        of.results["student"].accuracy,
        latest_value(of.measured, "student", "validation_accuracy"),
    )
    images = _counts(of)
    shares = ((tested, images.test), (validated, images.validation))
    spread = sum(share * (1 - share) / count for share, count in shares)
    return tested - validated, _Z * math.sqrt(spread)


def _counts(of: Evidence) -> Counts:
    return counted(of.run.config.dataset, of.run.config.data)


def _classes(of: Evidence) -> int:
    return _counts(of).classes


def _points(lead: float, chance: float) -> str:
    signed = decimal(100 * lead, "+z.1f")
    return _("{lead} ± {chance} points").format(lead=signed, chance=f"{100 * chance:.1f}")


def _exact(share: float) -> str:
    """A percentage with a digit more than usual."""
    return f"{share:.2%}".replace("%", "\N{NO-BREAK SPACE}%")


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
