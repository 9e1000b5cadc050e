"""Curves of several runs in one chart: colour and marker show the run, the line style the arm."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from html import escape

import plotly.graph_objects as go

from kdviz.figures.charts.curves import SHARES, CurveInfo, CurveLine
from kdviz.figures.charts.level_line import draw_level
from kdviz.figures.style import ARM_STYLES, RUN_DASHES, RUN_STYLES, percent, score
from kdviz.language import _, decimal, listed, percentage
from kdviz.types import Arm

_MARKERS = 8
"""Markers of a line at most: more would hide its dashes."""

_USUAL, _WIDE = 2.5, 7
"""Widths of lines in pixels."""

_LEAST_SPAN = 0.02
"""Of an axis of shares: what moves less looks nearly level, and what is level has the same axis."""


@dataclass(frozen=True)
class RunCurvesInfo:
    """lines: each with the index of its run. names: of the runs. Otherwise as in `CurveInfo`.

    continued: whether the epochs of a run are counted on from those of the run that it goes on from.
    tested: of runs, the figure on the test images, where the curve is of others; a point at the last epoch.
    arms_named: whether lines are called by run and arm; else by their run alone.
    """

    title: str
    about: str
    lines: tuple[tuple[int, CurveLine], ...]
    names: tuple[str, ...]
    percent: bool = False
    level: tuple[float, str] | None = None
    continued: bool = False
    tested: tuple[tuple[int, float], ...] = ()
    arms_named: bool = True


def run_curves_info(
    curves: Sequence[CurveInfo],
    names: Sequence[str],
    arms: Collection[Arm],
    *,
    done_before: Sequence[int] = (),
) -> RunCurvesInfo:
    """Lines of some arms of one chart of each run, in the order of the runs; with the random cue.

    done_before: epochs that the students of each run were trained for in the runs that it goes on from.
    """
    first, before = curves[0], done_before or [0] * len(curves)
    lines = [
        (place, replace(line, epochs=tuple(before[place] + epoch for epoch in line.epochs)))
        for place, info in enumerate(curves)
        for line in info.lines
        if line.arm in arms and not line.intact
    ]
    return RunCurvesInfo(
        first.title, first.about, tuple(lines), tuple(names), first.percent, first.level, any(before)
    )


def run_curves_figure(info: RunCurvesInfo, *, height: int = 320) -> go.Figure:
    """The figure. On a page its legend is `run_marker` and `dash_legend`, since twelve entries do not fit.

    A saved image has the legend that is hidden here.
    """
    later = [[line.values for _place, line in info.lines[at + 1 :]] for at in range(len(info.lines))]
    figure = go.Figure(
        [
            _trace(place, line, info, covered=line.values in rest)
            for (place, line), rest in zip(info.lines, later, strict=True)
        ]
    )
    by_value = sorted(info.tested, key=lambda each: each[1])
    for each in info.tested:
        figure.add_traces(_tested(info, *each, above=each is by_value[-1]))
    right = draw_level(figure, info.level)
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": right, "t": 12, "b": 8},
        uirevision="kept",
        hovermode="x unified",
        showlegend=False,
        xaxis={
            "title": _("epoch, counted from the first run") if info.continued else _("epochs"),
            "rangemode": "tozero",
        },
        yaxis={
            "tickformat": ".2~%" if info.percent else ".2~f",
            "automargin": True,
            "autorangeoptions": SHARES if info.percent else {},
            **_range(info),
        },
    )
    return figure


def _range(info: RunCurvesInfo) -> dict[str, tuple[float, float]]:
    """The vertical axis of shares that hardly differ; {} where it is that of the values."""
    values = [value for _place, line in info.lines for value in line.values if math.isfinite(value)]
    if not info.percent or not values or max(values) - min(values) >= _LEAST_SPAN or info.tested:
        return {}
    middle = (max(values) + min(values)) / 2
    low = min(max(middle - _LEAST_SPAN / 2, 0.0), 1 - _LEAST_SPAN)
    return {"range": (low, low + _LEAST_SPAN)}


def run_curves_alt(info: RunCurvesInfo) -> str:
    """The latest value of every line."""
    if not info.lines:
        return _("{title}: no values yet.").format(title=info.title)
    words = percent if info.percent else score
    parts = [f"{_name(info, place, line.arm)} {words(line.last)}" for place, line in info.lines]
    parts += [_tested_text(place, value) for place, value in info.tested]
    return _("{title}: {values}.").format(title=info.title, values=listed(parts))


def _name(info: RunCurvesInfo, place: int, arm: Arm) -> str:
    letter = RUN_STYLES[place].letter
    return f"{letter} {ARM_STYLES[arm].label}" if info.arms_named else letter


def _trace(place: int, line: CurveLine, info: RunCurvesInfo, *, covered: bool) -> go.Scatter:
    """covered: whether an equal line is drawn over this one, which then shows on both sides of it."""
    style = RUN_STYLES[place]
    ends = list(zip(line.low, line.high, strict=True))
    known = bool(ends) and all(math.isfinite(low) for low, _high in ends)
    return go.Scatter(
        x=line.epochs,
        y=line.values,
        hovertext=_hovers(line, ends if known else [], percent=info.percent),
        name=_name(info, place, line.arm),
        legendgroup=style.letter,
        legendgrouptitle={"text": f"{style.letter} · {escape(info.names[place])}"},
        mode="lines+markers",
        cliponaxis=False,
        line={
            "color": style.color,
            "width": _WIDE if covered else _USUAL,
            "dash": RUN_DASHES[line.arm],
        },
        marker={"symbol": style.symbol, "size": 8, "maxdisplayed": _MARKERS},
        hovertemplate="%{hovertext}",
    )


def _tested(info: RunCurvesInfo, place: int, value: float, *, above: bool) -> list[go.Scatter]:
    """A run's point, and the way to it from the end of its curve. above: whether its text is."""
    line, style = next(line for of, line in info.lines if of == place), RUN_STYLES[place]
    way = go.Scatter(
        x=[line.epochs[-1]] * 2,
        y=[line.last, value],
        mode="lines",
        line={"color": style.color, "width": 2, "dash": "dot"},
        hoverinfo="skip",
    )
    point = go.Scatter(
        x=[line.epochs[-1]],
        y=[value],
        mode="markers+text",
        cliponaxis=False,
        marker={"symbol": f"{style.symbol}-open", "size": 15, "color": style.color, "line": {"width": 3}},
        text=_tested_text(place, value),
        textposition="top left" if above else "bottom left",
        textfont={"color": style.color, "size": 14},
        hoverinfo="skip",
    )
    return [way, point]


def _tested_text(place: int, value: float) -> str:
    return _("{run} on the test: {accuracy}").format(run=RUN_STYLES[place].letter, accuracy=percent(value))


def _hovers(line: CurveLine, ends: Sequence[tuple[float, float]], *, percent: bool) -> list[str]:
    values = [percentage(value) if percent else decimal(value, 3) for value in line.values]
    if not ends:
        return values
    return [
        f"{text} ({decimal(low)} … {decimal(high)})" for text, (low, high) in zip(values, ends, strict=True)
    ]
