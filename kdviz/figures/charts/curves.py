"""Training curves of a run: their data, and the Plotly figure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import plotly.graph_objects as go

from kdviz.figures.charts.level_line import draw_level
from kdviz.figures.style import ARM_STYLES, LEGEND_BELOW, NEUTRAL, percent, score
from kdviz.language import _, decimal, listed, percentage
from kdviz.types import ARMS, ELAPSED, Arm, Measured, Stage

CurveAxis = Literal["epochs", "time"]
"""The x axis: epochs done, or seconds of work since the stage began."""

SHARES = {"clipmin": -0.02, "clipmax": 1.04}
"""Axis range for shares: a single point would otherwise be drawn between −50 % and 150 %."""

_HALF_LIFE_EPOCHS = 0.4
"""Half-life of the weights of a smoothed line."""


@dataclass(frozen=True)
class CurveLine:
    """One arm's values by epochs done.

    low, high: its band, or empty. intact: where the cue helps. seconds: since its stage began; empty if not
    recorded. smooth: running means, or empty.
    """

    arm: Arm
    epochs: tuple[float, ...]
    values: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    intact: bool = False
    seconds: tuple[float, ...] = ()
    smooth: tuple[float, ...] = ()

    @property
    def last(self) -> float:
        """The latest defined value; NaN without one."""
        return next((value for value in reversed(self.values) if math.isfinite(value)), math.nan)


@dataclass(frozen=True)
class CurveInfo:
    """The data of a chart.

    about: what its numbers are. note: how to read its lines, if not obvious. percent: values are shares.
    level: value and name of a horizontal line. from_zero: the axis begins at 0. up_to_one: it shows 0 and 1,
    whatever the values, so that it does not move while they rise.
    """

    title: str
    about: str
    lines: tuple[CurveLine, ...]
    note: str = ""
    percent: bool = False
    level: tuple[float, str] | None = None
    from_zero: bool = False
    up_to_one: bool = False

    @property
    def has_time(self) -> bool:
        """Whether it can be drawn over time."""
        return bool(self.lines) and all(line.seconds for line in self.lines)


def current_stage(measured: Iterable[Measured]) -> Stage:
    """The students' stage as soon as it has a metric, else the teacher's."""
    return "students" if any(m.stage == "students" and m.arm != "teacher" for m in measured) else "teacher"


def accuracy_info(measured: Sequence[Measured]) -> CurveInfo:
    """Validation accuracy of the current stage; the teacher is a horizontal line beside its students."""
    stage = current_stage(measured)
    lines = [_line(measured, stage, arm, "validation_accuracy") for arm in ARMS]
    intact = [_line(measured, stage, arm, "cue_intact_accuracy", intact=True) for arm in ARMS]
    kept = _defined(lines + intact)
    if stage == "students":
        students = [line for line in kept if line.arm != "teacher"]
        kept = _teacher_level(measured, students) + students
    note = _("solid: random cue, dashed: the cue helps") if any(line.intact for line in kept) else ""
    about = _("Share of validation images classified correctly. Final figures are of the test images.")
    return CurveInfo(_("Validation accuracy"), about, tuple(kept), note=note, percent=True, up_to_one=True)


def agreement_info(measured: Sequence[Measured]) -> CurveInfo:
    """Agreement of each arm's Grad-CAM with the teacher's, corrected for chance, with its 95 % band."""
    lines = [
        _line(measured, "students", arm, "agreement", low="agreement_low", high="agreement_high")
        for arm in ARMS
        if arm != "teacher"
    ]
    about = _(
        "Grad-CAM cosine with the teacher's maps, corrected: 0 is chance, 1 the same map. Band: 95 %. "
        "Final figures are of the test images."
    )
    title, level = _("Agreement on validation images"), (0.0, _("chance"))
    return CurveInfo(title, about, tuple(_defined(lines)), level=level, up_to_one=True)


LOSS_PARTS = ("ce", "kd", "explanation")
"""The terms of the loss, as recorded."""


def loss_info(measured: Sequence[Measured], part: str) -> CurveInfo:
    """One term of the loss, within epochs. part: one of LOSS_PARTS."""
    title, about = _loss_words()[part]
    stage = current_stage(measured)
    known = stage == "students" or part == "ce"  # a teacher learns from labels alone
    lines = [_line(measured, stage, arm, part) for arm in ARMS if known]
    return CurveInfo(title, about, tuple(_defined(lines)), from_zero=True)


def smoothed(info: CurveInfo) -> CurveInfo:
    """The same with a running mean of each line, with exponentially decaying weights."""
    lines = tuple(replace(line, smooth=_running_means(line.epochs, line.values)) for line in info.lines)
    return replace(info, lines=lines)


def latest_value(measured: Iterable[Measured], arm: Arm, name: str) -> float:
    """The latest defined value of a metric of an arm; NaN without one."""
    values = [m.values[name] for m in measured if m.arm == arm and name in m.values]
    return next((value for value in reversed(values) if math.isfinite(value)), math.nan)


def curve_figure(
    info: CurveInfo, *, height: int = 300, over: CurveAxis = "epochs", epochs: int = 0
) -> go.Figure:
    """The figure. It keeps its zoom when it is redrawn with more points.

    over: "time" only for an info that has it. epochs: those of the whole stage, which the axis shows from the
    first on; 0 for those that are done.
    """
    figure = go.Figure()
    for line in info.lines:
        if line.low:
            figure.add_trace(_band(line, over))
    for line in info.lines:
        if line.smooth:
            figure.add_trace(_raw(line, over))
    for line in info.lines:
        figure.add_trace(_trace(line, info.percent, over))
    if info.note:  # dashes mean the same in every colour
        dashed = {"color": NEUTRAL, "width": 1.5, "dash": "dash"}
        figure.add_scatter(x=[None], y=[None], mode="lines", line=dashed, name=_("dashed: the cue helps"))
    right = draw_level(figure, info.level)
    axis = _("epochs") if over == "epochs" else _("elapsed seconds")
    whole = {"include": epochs} if epochs and over == "epochs" else {}
    bounds = {**(SHARES if info.percent else {}), **({"include": [0, 1]} if info.up_to_one else {})}
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": right, "t": 12, "b": 8},
        uirevision=over,  # a zoom is kept for as long as the axis means the same
        hovermode="x unified",
        legend=LEGEND_BELOW,
        showlegend=True,
        xaxis={"title": axis, "rangemode": "tozero", "fixedrange": False, "autorangeoptions": whole},
        yaxis={
            "tickformat": ".0%" if info.percent else ".2~f",
            "automargin": True,
            "rangemode": "tozero" if info.from_zero else "normal",
            "autorangeoptions": bounds,
        },
    )
    return figure


def curve_alt(info: CurveInfo) -> str:
    """The latest values of a chart, line by line."""
    if not info.lines:
        return _("{title}: no values yet.").format(title=info.title)
    words = percent if info.percent else score
    parts = [f"{_line_name(line)} {words(line.last)}" for line in info.lines]
    end = max(line.epochs[-1] for line in info.lines)
    return _("{title} after {epochs} epochs: {values}.").format(
        title=info.title, epochs=f"{end:.3g}", values=listed(parts)
    )


def _line(
    measured: Iterable[Measured],
    stage: Stage,
    arm: Arm,
    name: str,
    *,
    low: str = "",
    high: str = "",
    intact: bool = False,
) -> CurveLine:
    found = [m for m in measured if m.stage == stage and m.arm == arm and name in m.values]
    times = _seconds(measured, stage, arm)

    def column(key: str) -> tuple[float, ...]:
        return tuple(m.values.get(key, math.nan) for m in found) if key else ()

    epochs = tuple(m.epoch for m in found)
    seconds = tuple(times[epoch] for epoch in epochs) if times.keys() >= set(epochs) else ()
    return CurveLine(arm, epochs, column(name), column(low), column(high), intact, seconds)


def _seconds(measured: Iterable[Measured], stage: Stage, arm: Arm) -> Mapping[float, float]:
    """When an arm had completed an epoch, in seconds since its stage began.

    Students begin at epoch 0, which is measured; a teacher begins with the run.
    """
    kept = [m for m in measured if m.stage == stage and ELAPSED in m.values]
    began = min((m.values[ELAPSED] for m in kept if m.arm != "teacher"), default=0.0)
    return {m.epoch: m.values[ELAPSED] - began for m in kept if m.arm == arm}


def _running_means(epochs: Sequence[float], values: Sequence[float]) -> tuple[float, ...]:
    """Means of the values so far, weighted by 2^(−epochs since / half-life).

    Undefined values are left out; NaN before the first defined one.
    """
    means, total, weight, before = [], 0.0, 0.0, None
    for epoch, value in zip(epochs, values, strict=True):
        kept = 0.0 if before is None else 2.0 ** ((before - epoch) / _HALF_LIFE_EPOCHS)
        total, weight, before = total * kept, weight * kept, epoch
        if math.isfinite(value):
            total, weight = total + value, weight + 1.0
        means.append(total / weight if weight else math.nan)
    return tuple(means)


def _loss_words() -> dict[str, tuple[str, str]]:
    """Title and description of each term, in the language of the page."""
    return {
        "ce": (_("Label loss"), _("Cross-entropy with the labels, in nats. Not weighted.")),
        "kd": (
            _("Soft-label loss"),
            _("T² · KL divergence from the teacher's soft labels, in nats. Not weighted."),
        ),
        "explanation": (
            _("Explanation loss"),
            _("Distance between the maps, not multiplied by λ; for arms with λ."),
        ),
    }


def _defined(lines: Iterable[CurveLine]) -> list[CurveLine]:
    return [line for line in lines if math.isfinite(line.last)]


def _teacher_level(measured: Iterable[Measured], students: Sequence[CurveLine]) -> list[CurveLine]:
    accuracy = latest_value(measured, "teacher", "validation_accuracy")
    end = max((line.epochs[-1] for line in students), default=0.0)
    if not (math.isfinite(accuracy) and end):
        return []
    timed = all(line.seconds for line in students)
    seconds = (0.0, max(line.seconds[-1] for line in students)) if timed else ()
    return [CurveLine("teacher", (0.0, end), (accuracy, accuracy), seconds=seconds)]


def _along(line: CurveLine, over: CurveAxis) -> tuple[float, ...]:
    """The x coordinates of a line's points."""
    return line.epochs if over == "epochs" else line.seconds


def _trace(line: CurveLine, percent: bool, over: CurveAxis) -> go.Scatter:
    style = ARM_STYLES[line.arm]
    per_epoch = all(epoch == int(epoch) for epoch in line.epochs)
    label = style.label
    return go.Scatter(
        x=_along(line, over),
        y=line.smooth or line.values,
        name=_("{arm}, cue helps").format(arm=label) if line.intact else label,
        legendgroup=line.arm,
        showlegend=not line.intact,
        mode="lines+markers",
        cliponaxis=False,
        line={
            "color": style.color,
            "width": 1.5 if line.intact else 2.5,
            "dash": "dash" if line.intact else "solid",
        },
        marker={"symbol": style.symbol, "size": 7, "maxdisplayed": 0 if per_epoch else 8},
        hovertext=_hovers(line, percent=percent),
        hovertemplate="%{hovertext}",
    )


def _hovers(line: CurveLine, *, percent: bool) -> list[str]:
    """Each point's value; of a running mean, with what was measured."""
    shown = [percentage(value) if percent else decimal(value, 3) for value in line.smooth or line.values]
    if not line.smooth:
        return shown
    measured = _("measured")
    return [
        f"{text} ({measured} {decimal(value, 3)})" for text, value in zip(shown, line.values, strict=True)
    ]


def _raw(line: CurveLine, over: CurveAxis) -> go.Scatter:
    """The unsmoothed values, behind their running mean."""
    return go.Scatter(
        x=_along(line, over),
        y=line.values,
        mode="lines",
        line={"color": ARM_STYLES[line.arm].faded(0.35), "width": 1},
        legendgroup=line.arm,
        hoverinfo="skip",
        showlegend=False,
    )


def _band(line: CurveLine, over: CurveAxis) -> go.Scatter:
    along = _along(line, over)
    return go.Scatter(
        x=along + along[::-1],
        y=line.high + line.low[::-1],
        fill="toself",
        fillcolor=ARM_STYLES[line.arm].faded(0.18),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )


def _line_name(line: CurveLine) -> str:
    name = ARM_STYLES[line.arm].label
    return _("{arm} where the cue helps").format(arm=name) if line.intact else name
