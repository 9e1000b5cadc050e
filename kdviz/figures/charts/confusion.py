"""Classes that an arm confuses more or less often than its teacher."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from kdviz.figures.charts.matrix import matrix_figure
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _, decimal, percentage
from kdviz.types import Arm

_FAINTEST_REACH = 0.05  # so that noise stays faint
_MOST_WRITTEN = 12  # classes with numbers in their cells


@dataclass(frozen=True)
class ConfusionInfo:
    """cells: by label, then by predicted class: the arm's share of the label's images minus the teacher's.

    reach: the value of the strongest colour.
    """

    title: str
    about: str
    arm: Arm
    classes: tuple[str, ...]
    cells: tuple[tuple[float, ...], ...]
    reach: float


def confusion_info(arm: Arm, classes: Sequence[str], difference: NDArray[np.floating]) -> ConfusionInfo:
    """difference: (classes, classes), labels by predictions; NaN for a class without images."""
    known = np.abs(difference[~np.isnan(difference)])
    about = _(
        "Share of a class's images with this prediction, {arm} − teacher. On the diagonal higher is better,"
        " elsewhere lower."
    ).format(arm=ARM_STYLES[arm].label)
    return ConfusionInfo(
        _("Predictions compared to the teacher's"),
        about,
        arm,
        tuple(classes),
        tuple(tuple(row) for row in difference.tolist()),
        max(_FAINTEST_REACH, float(known.max(initial=0.0))),
    )


def confusion_figure(info: ConfusionInfo) -> go.Figure:
    """Orange where the arm predicts the class more often, purple where the teacher does."""
    count = len(info.classes)
    figure = matrix_figure(
        info.classes,
        info.cells,
        words=[[_points(value) for value in row] for row in info.cells],
        written=count <= _MOST_WRITTEN,
        hover=_("{label} predicted as {answer}: {change}").format(
            label="%{customdata[0]}", answer="%{customdata[1]}", change="%{hovertext}<extra></extra>"
        ),
        hovers=[[percentage(value, sign=True) for value in row] for row in info.cells],
        reach=info.reach,
        key={"tickformat": "+.0%"},
        height=140 + 26 * min(count, 40),
    )
    figure.update_layout(uirevision="kept", xaxis_title=_("answer"), yaxis_title=_("label"))
    return figure


def confusion_alt(info: ConfusionInfo) -> str:
    """The largest increase and the largest decrease."""
    name = ARM_STYLES[info.arm].label
    cells = [
        (value, label, answer)
        for label, row in zip(info.classes, info.cells, strict=True)
        for answer, value in zip(info.classes, row, strict=True)
        if not math.isnan(value)
    ]
    if not cells:
        return _("{title}: no values yet.").format(title=info.title)
    if not any(value for value, *_names in cells):
        return _("{title}: {arm} and teacher make the same predictions.").format(title=info.title, arm=name)
    return _("{title}: {arm} predicts more often {most}, less often {least}.").format(
        title=info.title, arm=name, most=_cell(max(cells)), least=_cell(min(cells))
    )


def _points(value: float) -> str:
    """Percentage points with their sign; "" if they round to 0."""
    text = "" if math.isnan(value) else decimal(100 * value, 0, sign=True)
    return "" if text == "0" else text


def _cell(cell: tuple[float, str, str]) -> str:
    value, label, answer = cell
    change = percentage(value, sign=True)
    return _("{label} as {answer} ({change})").format(label=label, answer=answer, change=change)
