"""Signatures of deliberate mistakes: a curve and a number that tell a faulty run from a correct one."""

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
from kdviz.store.packaged_runs import is_packaged, packaged_runs
from kdviz.types import Arm, Measured, Results

_EXACT = 1e-3
"""Relative difference below which two factors count as equal: metrics are stored in single precision."""

_LAST = 5
"""Number of last values over which a loss is averaged."""

_Z = 1.96


@dataclass(frozen=True)
class Evidence:
    """A finished run with its metrics."""

    run: Run
    measured: tuple[Measured, ...]

    @property
    def results(self) -> Results:
        """The final figures by arm."""
        return self.run.results or {}

    def values(self, arm: Arm, metric: str) -> list[float]:
        """A metric of the students' training, by epoch ascending."""
        return list(self.by_epoch(arm, metric).values())

    def by_epoch(self, arm: Arm, metric: str) -> dict[float, float]:
        """The same by epoch. A resumed run has measured some epochs twice: the last value counts."""
        found = {
            each.epoch: each.values[metric]
            for each in self.measured
            if each.stage == "students" and each.arm == arm and metric in each.values
        }
        return dict(sorted(found.items()))

    @property
    def soft_label_losses(self) -> list[float]:
        """The student's soft-label loss by epoch, ascending; the first value is that of the first batch."""
        return self.values("student", "kd")

    @property
    def counts(self) -> Counts:
        """The number of classes and images of the run's data set."""
        config = self.run.config
        return counted(config.dataset, config.data, config.columns)


@dataclass(frozen=True)
class Signature:
    """curve: the metric that differs, for the correct run (A) and the faulty one (B).

    label: what the number is. right, wrong: its value in both runs. verdict: what it means, in a sentence.
    """

    curve: RunCurvesInfo
    label: str
    right: str
    wrong: str
    verdict: str


def evidence(store: Store, run: Run) -> Evidence:
    """A finished run with its metrics: from the store, or packaged."""
    if is_packaged(run.id):
        return Evidence(run, packaged_runs().measured[run.id])
    return Evidence(run, tuple(grouped(store.metrics(run.id))))


def signature(mistake: str, right: Evidence, wrong: Evidence) -> Signature:
    """What tells the faulty run from the correct one. mistake: a name in `MISTAKES`, not "none"."""
    return _SIGNATURES[mistake](right, wrong)


def common_curves(right: Evidence, wrong: Evidence) -> tuple[RunCurvesInfo, ...]:
    """The same four charts for every mistake, so that their choice does not give it away."""
    return (
        _soft_label_curve(right, wrong),
        _agreement_curve(right, wrong),
        _accuracy_curve(right, wrong),
        _teacher_curve(right, wrong),
    )


# --- the signatures -----------------------------------------------------------------------------


def _scaled_loss(right: Evidence, wrong: Evidence) -> Signature:
    first, scaled = (each.soft_label_losses[0] for each in (right, wrong))
    factor = first / scaled
    return Signature(
        _soft_label_curve(right, wrong),
        _("Soft-label loss of the first batch"),
        decimal(first, 3),
        decimal(scaled, 3),
        _(
            "On the first batch, before any update, the loss is too small by a factor of **{factor}**: "
            "{name}."
        ).format(factor=decimal(factor), name=_factor_name(factor, right)),
    )


def _factor_name(factor: float, run: Evidence) -> str:
    """The quantity that a factor equals, if any."""
    squared, classes = float(run.run.config.temperature) ** 2, run.counts.classes
    if math.isclose(factor, classes, rel_tol=_EXACT):
        return _("the number of classes, {classes}").format(classes=classes)
    if math.isclose(factor, squared, rel_tol=_EXACT):
        return _("T², {squared}").format(squared=f"{squared:g}")
    return _("neither the number of classes, {classes}, nor T², {squared}").format(
        classes=classes, squared=f"{squared:g}"
    )


def _no_gradient(right: Evidence, wrong: Evidence) -> Signature:
    gaps = [max(abs(student - twin) for student, twin in _paired(each)) for each in (right, wrong)]
    return Signature(
        _agreement_curve(right, wrong),
        _("Largest difference between student and twin in any metric"),
        decimal(gaps[0], 3),
        decimal(gaps[1], 3),
        _no_gradient_verdict(wrong, gaps[1]),
    )


def _no_gradient_verdict(wrong: Evidence, gap: float) -> str:
    if gap:
        return _("Student and twin differ by up to **{gap}**: λ has an effect.").format(gap=decimal(gap, 3))
    return _(
        "λ is {weight}, yet student and twin are equal in all {count} metrics that both have: the "
        "explanation loss has no gradient."
    ).format(weight=f"{wrong.run.config.explanation_weight:g}", count=len(list(_paired(wrong))))


def _paired(run: Evidence) -> Iterator[tuple[float, float]]:
    """Every metric of student and twin that both have, undefined ones left out."""
    for metric in ("ce", "kd", "train_accuracy", "validation_accuracy", "agreement", "fidelity"):
        both = zip(run.values("student", metric), run.values("twin", metric), strict=True)
        yield from (pair for pair in both if all(map(math.isfinite, pair)))


def _drifting_teacher(right: Evidence, wrong: Evidence) -> Signature:
    first, *later = wrong.values("teacher", "validation_accuracy")
    changed = sum(value != first for value in later)
    return Signature(
        _teacher_curve(right, wrong),
        _("Calibration error of the teacher on the test set; training a student must not change it"),
        percent(right.results["teacher"].calibration_error, 2),
        percent(wrong.results["teacher"].calibration_error, 2),
        _(
            "The teacher was not trained, yet its accuracy differs from its initial value after "
            "**{changed} of {count}** epochs, by up to **{points}** points."
        ).format(
            changed=changed,
            count=len(later),
            points=decimal(100 * max(abs(value - first) for value in later), 1),
        ),
    )


def _misaligned_targets(right: Evidence, wrong: Evidence) -> Signature:
    left = [
        math.fsum(losses[-_LAST:]) / len(losses[-_LAST:]) / losses[0]
        for losses in (right.soft_label_losses, wrong.soft_label_losses)
    ]
    classes = right.counts.classes
    return Signature(
        _soft_label_curve(right, wrong),
        _("Fidelity on the test set: the same predicted class as the teacher"),
        percent(right.results["student"].fidelity),
        percent(wrong.results["student"].fidelity),
        _(
            "The soft-label loss fell to {right} of its first value; with the misread cache, to **{wrong}**. "
            "Random guessing among {classes} classes has a fidelity of {chance}."
        ).format(
            right=percent(left[0]), wrong=percent(left[1]), classes=classes, chance=percent(1 / classes)
        ),
    )


def _leaked_test(right: Evidence, wrong: Evidence) -> Signature:
    gaps = [_test_lead(each) for each in (right, wrong)]
    tested, (lead, margin) = wrong.results["student"].accuracy, gaps[1]
    return Signature(
        _accuracy_curve(right, wrong),
        _("Test accuracy − validation accuracy"),
        _points(*gaps[0]),
        _points(*gaps[1]),
        _(
            "The faulty student is correct on {validation} of the validation images, which it was not "
            "trained on, and on {test} of the test images: **{lead} points** more, where the choice of "
            "images alone gives ± {margin} (95 %)."
        ).format(
            validation=percent(tested - lead),
            test=percent(tested),
            lead=decimal(100 * lead, 1),
            margin=decimal(100 * margin, 1),
        ),
    )


def _test_lead(run: Evidence) -> tuple[float, float]:
    """Test accuracy minus validation accuracy of the student, and its 95 % margin from sampling alone."""
    tested = run.results["student"].accuracy
    validated = latest_value(run.measured, "student", "validation_accuracy")
    samples = ((tested, run.counts.test), (validated, run.counts.validation))
    variance = sum(share * (1 - share) / count for share, count in samples)
    return tested - validated, _Z * math.sqrt(variance)


_SIGNATURES: Mapping[str, Callable[[Evidence, Evidence], Signature]] = {
    "kl-mean": _scaled_loss,
    "no-t-squared": _scaled_loss,
    "mse-on-softmax": _scaled_loss,
    "detached-map": _no_gradient,
    "teacher-in-train-mode": _drifting_teacher,
    "shuffled-cache": _misaligned_targets,
    "trains-on-the-test": _leaked_test,
}


# --- their curves -------------------------------------------------------------------------------


def _overlaid(curves: Sequence[CurveInfo], arms: Sequence[Arm] = ("student",)) -> RunCurvesInfo:
    return run_curves_info(curves, (_("correct"), _("faulty")), arms)


def _soft_label_curve(right: Evidence, wrong: Evidence) -> RunCurvesInfo:
    return _overlaid([loss_info(each.measured, "kd") for each in (right, wrong)])


def _agreement_curve(right: Evidence, wrong: Evidence) -> RunCurvesInfo:
    return _overlaid([agreement_info(each.measured) for each in (right, wrong)], ("student", "twin"))


def _accuracy_curve(right: Evidence, wrong: Evidence) -> RunCurvesInfo:
    """The students' validation accuracy, and a point for the test accuracy of each."""
    curve = _overlaid([_of_student(accuracy_info(each.measured)) for each in (right, wrong)])
    tested = tuple((place, each.results["student"].accuracy) for place, each in enumerate((right, wrong)))
    return replace(curve, tested=tested)


def _of_student(info: CurveInfo) -> CurveInfo:
    return replace(info, lines=tuple(line for line in info.lines if line.arm == "student"))


def _teacher_curve(right: Evidence, wrong: Evidence) -> RunCurvesInfo:
    """The teacher's accuracy while its students are trained. A fixed teacher is measured once."""
    title, about = _("Accuracy of the teacher"), _("Share of validation images classified correctly.")
    return _overlaid(
        [CurveInfo(title, about, (_teacher_line(each),), percent=True) for each in (right, wrong)],
        ("teacher",),
    )


def _teacher_line(run: Evidence) -> CurveLine:
    found = run.by_epoch("teacher", "validation_accuracy")
    if len(found) == 1:
        found |= {float(run.run.config.epochs): found[0.0]}
    return CurveLine("teacher", tuple(found), tuple(found.values()))


# --- numbers ------------------------------------------------------------------------------------


def _points(lead: float, margin: float) -> str:
    signed = decimal(100 * lead, 1, sign=True)
    return _("{lead} ± {margin} points").format(lead=signed, margin=decimal(100 * margin, 1))
