"""Metrics of a study's students: those of an arm, and gains in accuracy over control arms."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from kdviz.agreement import hierarchical_bootstrap
from kdviz.language import _, decimal
from kdviz.metrics import METRICS
from kdviz.study import Student
from kdviz.types import Interval

_GAIN = "less_"


def metric_labels(students: Sequence[Student]) -> dict[str, str]:
    """Labels by name of the metrics that at least one student has."""
    return {name: label for name, label in _labels().items() if defined_values(students, name)}


def metric_label(metric: str) -> str:
    """Its name in the language of the page."""
    return _labels()[metric]


def metric_help(metric: str) -> str:
    """What its values are."""
    gains = {
        "less_twin": _("Accuracy − accuracy of the same student with λ = 0, in percentage points."),
        "less_placebo": _(
            "Accuracy − accuracy of the placebo, in percentage points: the effect of the teacher's own maps."
        ),
        "less_same-answer": _(
            "Accuracy − accuracy of the same-answer placebo, in percentage points: the effect of where the "
            "evidence is in each image."
        ),
    }
    if metric in gains:
        return gains[metric]
    return _(METRICS[metric].about).format(explainer=_("a held-out explainer"))


def metric_text(metric: str, value: float) -> str:
    """A value with its unit."""
    if is_gain(metric):
        return _("{points} points").format(points=decimal(100 * value, 1, sign=True))
    return METRICS[metric].text(value)


def mean_of(metric: str, values: Sequence[float]) -> Interval:
    """The mean over seeds with its 95 % interval, of which nothing is beyond what the metric can be."""
    found = hierarchical_bootstrap(values)
    return found if is_gain(metric) else METRICS[metric].possible(found)


def is_gain(metric: str) -> bool:
    """Whether it is a difference between two arms."""
    return metric.startswith(_GAIN)


def in_percent(metric: str) -> bool:
    """Whether it is a share of images, or a difference of shares."""
    return is_gain(metric) or METRICS[metric].unit == "share"


def defined_values(students: Sequence[Student], metric: str) -> list[float]:
    """The values that are not NaN."""
    values = (student.figures[metric] for student in students)
    return [value for value in values if isfinite(value)]


def _labels() -> dict[str, str]:
    own = {name: _(METRICS[name].label) for name in ("accuracy", "agreement", "agreement_untrained")}
    return {
        **own,
        "less_twin": _("Gain in accuracy over the twin"),
        "less_placebo": _("Gain in accuracy over the placebo"),
        "less_same-answer": _("Gain in accuracy over the same-answer placebo"),
    }
