"""A run's numbers as curves: first what is drawn, as plain data, then the Plotly figure of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from kdviz.figures.palette import ARM_STYLES, NEUTRAL
from kdviz.types import ARMS, Arm, Measured, Stage


@dataclass(frozen=True)
class Line:
    """One arm's values by epochs done. low, high: its band, or empty. intact: with the cue intact."""

    arm: Arm
    epochs: tuple[float, ...]
    values: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    intact: bool = False

    @property
    def last(self) -> float:
        """The newest value that is defined; NaN without one."""
        return next((value for value in reversed(self.values) if math.isfinite(value)), math.nan)


@dataclass(frozen=True)
class CurveInfo:
    """What a chart shows.

    about: what its numbers are. note: how its lines are to be read, where that needs saying.
    percent: values are shares. level: a horizontal line's value and name. from_zero: the axis begins at 0.
    """

    title: str
    about: str
    lines: tuple[Line, ...]
    note: str = ""
    percent: bool = False
    level: tuple[float, str] | None = None
    from_zero: bool = False


def stage_shown(measured: Iterable[Measured]) -> Stage:
    """The students' training as soon as it has a number, the teacher's before."""
    return "students" if any(m.stage == "students" and m.arm != "teacher" for m in measured) else "teacher"


def accuracy_info(measured: Sequence[Measured]) -> CurveInfo:
    """Validation accuracy of the stage at hand; the teacher is a level beside its students."""
    stage = stage_shown(measured)
    lines = [_line(measured, stage, arm, "validation_accuracy") for arm in ARMS]
    intact = [_line(measured, stage, arm, "cue_intact_accuracy", intact=True) for arm in ARMS]
    kept = _defined(lines + intact)
    if stage == "students":
        students = [line for line in kept if line.arm != "teacher"]
        kept = _teacher_level(measured, students) + students
    note = "solid: cue broken, dashed: cue intact" if any(line.intact for line in kept) else ""
    about = "Share of validation images named correctly."
    return CurveInfo("Accuracy", about, tuple(kept), note=note, percent=True)


def agreement_info(measured: Sequence[Measured]) -> CurveInfo:
    """Agreement of each arm's Grad-CAM with the teacher's, corrected for chance, with its 95 % band."""
    lines = [
        _line(measured, "students", arm, "agreement", low="agreement_low", high="agreement_high")
        for arm in ARMS
        if arm != "teacher"
    ]
    about = "Grad-CAM cosine on validation images, corrected: 0 is chance, 1 is the same map. Band: 95 %."
    return CurveInfo("Agreement with the teacher", about, tuple(_defined(lines)), level=(0.0, "chance"))


LOSS_PARTS = {
    "ce": ("Label loss", "Cross-entropy with the labels, in nats. Not weighted."),
    "kd": ("Soft-label loss", "T² · KL from the teacher's answers, in nats. Not weighted."),
    "explanation": ("Explanation loss", "Distance of the maps, before λ weighs it; of the arms that have λ."),
}


def loss_info(measured: Sequence[Measured], part: str) -> CurveInfo:
    """One term of the loss, within epochs. part: a key of LOSS_PARTS."""
    title, about = LOSS_PARTS[part]
    stage = stage_shown(measured)
    known = stage == "students" or part == "ce"  # a teacher learns from labels alone
    lines = [_line(measured, stage, arm, part) for arm in ARMS if known]
    return CurveInfo(title, about, tuple(_defined(lines)), from_zero=True)


def latest(measured: Iterable[Measured], arm: Arm, name: str) -> float:
    """The newest defined value of one number of one arm; NaN without one."""
    values = [m.values[name] for m in measured if m.arm == arm and name in m.values]
    return next((value for value in reversed(values) if math.isfinite(value)), math.nan)


def curve_figure(info: CurveInfo, *, height: int = 300) -> go.Figure:
    """The chart. It keeps its zoom when it is drawn anew with more points."""
    figure = go.Figure()
    for line in info.lines:
        if line.low:
            figure.add_trace(_band(line))
        figure.add_trace(_trace(line, info.percent))
    if info.level is not None:
        value, name = info.level
        figure.add_hline(y=value, line={"color": NEUTRAL, "width": 1, "dash": "dot"}, annotation_text=name)
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        uirevision="kept",
        hovermode="x unified",
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        showlegend=True,
        xaxis={"title": "epochs", "rangemode": "tozero", "fixedrange": False},
        yaxis={
            "tickformat": ".0%" if info.percent else ".2~f",
            "automargin": True,
            "rangemode": "tozero" if info.from_zero else "normal",
        },
    )
    return figure


def _line(
    measured: Iterable[Measured],
    stage: Stage,
    arm: Arm,
    name: str,
    *,
    low: str = "",
    high: str = "",
    intact: bool = False,
) -> Line:
    found = [m for m in measured if m.stage == stage and m.arm == arm and name in m.values]

    def column(key: str) -> tuple[float, ...]:
        return tuple(m.values.get(key, math.nan) for m in found) if key else ()

    return Line(arm, tuple(m.epoch for m in found), column(name), column(low), column(high), intact)


def _defined(lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if math.isfinite(line.last)]


def _teacher_level(measured: Iterable[Measured], students: Sequence[Line]) -> list[Line]:
    accuracy = latest(measured, "teacher", "validation_accuracy")
    end = max((line.epochs[-1] for line in students), default=0.0)
    return [Line("teacher", (0.0, end), (accuracy, accuracy))] if math.isfinite(accuracy) and end else []


def _trace(line: Line, percent: bool) -> go.Scatter:
    style = ARM_STYLES[line.arm]
    per_epoch = all(epoch == int(epoch) for epoch in line.epochs)
    return go.Scatter(
        x=line.epochs,
        y=line.values,
        name=f"{style.label}, cue intact" if line.intact else style.label,
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
        hovertemplate="%{y:.1%}" if percent else "%{y:.3f}",
    )


def _band(line: Line) -> go.Scatter:
    return go.Scatter(
        x=line.epochs + line.epochs[::-1],
        y=line.high + line.low[::-1],
        fill="toself",
        fillcolor=ARM_STYLES[line.arm].faded(0.18),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )
