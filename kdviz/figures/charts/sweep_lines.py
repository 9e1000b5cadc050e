"""A figure along one setting of a study: a dot per seed, means with intervals, and the controls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

import plotly.graph_objects as go

from kdviz.figures.charts.sweep import broken_label, figure_value_text
from kdviz.figures.style import ARM_STYLES, LEGEND_ABOVE, NEUTRAL
from kdviz.language import _, listed
from kdviz.types import Arm

_ASIDE = 0.13
"""Horizontal distance between arms, in steps of the axis."""

_BAND = 0.13
"""Opacity of an interval that is the same along the whole axis."""

_LEAST_SPAN = 0.02
"""Smallest range of the axis of a figure: on a narrower one, rounded tick labels would repeat."""

_MARGIN = 0.05
"""Room above and below the data, as a share of their range."""


@dataclass(frozen=True)
class SweepPoint:
    """An arm at one value of the setting. column: the place of the value.

    mean: over seeds. low, high: its 95 % interval, NaN for one seed. seeds: number and figure of each.
    """

    column: int
    mean: float
    low: float
    high: float
    seeds: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class SweepLine:
    """An arm, with a point for each value at which it has figures."""

    arm: Arm
    points: tuple[SweepPoint, ...]

    @property
    def constant(self) -> bool:
        """Whether all its points are equal, as those of the twin are along λ."""
        first = self.points[0]
        return len(self.points) > 1 and all(point.seeds == first.seeds for point in self.points)


@dataclass(frozen=True)
class SweepLinesInfo:
    """columns: values of the setting `across`; ordered: whether they are numbers. lines: the student first.

    even: whether the columns are drawn to scale, with equal steps. teacher: its figure, NaN if unknown or not
    the same everywhere. best: the column in which students are best, None if none is above all others. low,
    high: the range of the figure in the whole study. percent: whether it is a share in [0, 1].
    signed: whether it is a difference.
    """

    title: str
    about: str
    across: str
    columns: tuple[str, ...]
    ordered: bool
    even: bool
    lines: tuple[SweepLine, ...]
    teacher: float
    best: int | None
    low: float
    high: float
    percent: bool
    signed: bool


def sweep_lines_figure(info: SweepLinesInfo) -> go.Figure:
    """Student and controls over the setting. Each point can be selected."""
    figure = go.Figure([trace for place in _drawing_order(info) for trace in _traces(info, place)])
    if info.best is not None and len(info.columns) > 1:
        figure.add_vline(x=info.best, line={"color": NEUTRAL, "width": 1, "dash": "dot"}, layer="below")
    if info.signed:
        figure.add_hline(y=0, line={"color": NEUTRAL, "width": 1, "dash": "dot"})
    if isfinite(info.teacher):
        style = ARM_STYLES["teacher"]
        figure.add_hline(
            y=info.teacher, line={"color": style.color, "width": 1.5, "dash": "dash"},
            annotation_text=style.label, annotation_position="bottom left",
            annotation_font={"color": style.color, "size": 12},
        )  # fmt: skip
    figure.update_layout(
        height=340,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        modebar={"remove": ["select2d", "lasso2d"]},
        clickmode="event+select",
        dragmode=False,
        hovermode="closest",
        legend={**LEGEND_ABOVE, "traceorder": "normal"},
        showlegend=True,
        xaxis=_across(info),
        yaxis=figure_axis(info),
    )
    return figure


def sweep_lines_alt(info: SweepLinesInfo) -> str:
    """The mean of every arm at every value."""
    if not info.lines:
        return _("{title}: no values yet.").format(title=info.title)
    arms = (
        _("{name}: {value}").format(
            name=ARM_STYLES[line.arm].label,
            value=listed(_point_text(info, point) for point in line.points),
        )
        for line in info.lines
    )
    return _("{title}. Means over seeds. {arms}.").format(title=info.title, arms=_("; ").join(arms))


def _drawing_order(info: SweepLinesInfo) -> list[int]:
    """The student last, so that it is drawn above its controls."""
    return [*range(1, len(info.lines)), *([0] if info.lines else [])]


def _traces(info: SweepLinesInfo, place: int) -> Iterator[go.Scatter]:
    line = info.lines[place]
    if line.constant:
        yield from _level(info, line, place)
        return
    beside = [each.arm for each in info.lines if not each.constant]
    aside = (beside.index(line.arm) - (len(beside) - 1) / 2) * _ASIDE
    yield _dots(info, line, aside)
    yield _means(info, line, place, aside)


def _level(info: SweepLinesInfo, line: SweepLine, place: int) -> Iterator[go.Scatter]:
    """A horizontal line with a band: the interval."""
    style, point = ARM_STYLES[line.arm], line.points[0]
    ends = [-0.5, len(info.columns) - 0.5]
    text = _("{name}: {value}").format(name=style.label, value=_with_ends(info, point))
    if isfinite(point.low):
        yield go.Scatter(
            x=[*ends, *reversed(ends)], y=[point.low] * 2 + [point.high] * 2, fill="toself",
            fillcolor=style.faded(_BAND), line={"width": 0}, mode="lines", hoverinfo="skip", showlegend=False,
        )  # fmt: skip
    yield go.Scatter(
        x=ends, y=[point.mean] * 2, name=style.label, legendrank=place, mode="lines",
        line={"color": style.color, "width": 2, "dash": "dot"}, hovertemplate=text + "<extra></extra>",
    )  # fmt: skip


def _dots(info: SweepLinesInfo, line: SweepLine, aside: float) -> go.Scatter:
    style = ARM_STYLES[line.arm]
    found = [(point.column, seed, value) for point in line.points for seed, value in point.seeds]
    seen = {"marker": {"opacity": 0.45}}
    return go.Scatter(
        x=[column + aside + _ASIDE / 3 for column, _seed, _value in found],
        y=[value for *_place, value in found],
        customdata=[(column,) for column, *_rest in found],
        mode="markers",
        marker={"color": style.color, "symbol": "circle", "size": 6, "opacity": 0.45},
        hovertext=seed_texts(info, line),
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
        selected=seen,
        unselected=seen,
    )


def _means(info: SweepLinesInfo, line: SweepLine, place: int, aside: float) -> go.Scatter:
    style, points = ARM_STYLES[line.arm], line.points
    is_student = line.arm == "student"
    seen = {"marker": {"opacity": 1}}
    return go.Scatter(
        x=[point.column + aside for point in points],
        y=[point.mean for point in points],
        customdata=[(point.column,) for point in points],
        name=style.label,
        legendrank=place,
        mode="lines+markers" if info.ordered else "markers",
        line={"color": style.color, "width": 3 if is_student else 1.5},
        marker={"color": style.color, "symbol": style.symbol, "size": 11 if is_student else 9},
        error_y={
            "array": [point.high - point.mean for point in points],
            "arrayminus": [point.mean - point.low for point in points],
            "thickness": 2, "width": 5, "color": style.color,
        },
        hovertext=[point_with_ends(info, line.arm, point) for point in points],
        hovertemplate="%{hovertext}<extra></extra>",
        selected=seen,
        unselected=seen,
    )  # fmt: skip


def _across(info: SweepLinesInfo) -> dict[str, object]:
    places = list(range(len(info.columns)))
    title = info.across if info.even else _("{setting} (steps, not to scale)").format(setting=info.across)
    return {
        "title": title, "range": [-0.5, len(places) - 0.5], "tickvals": places,
        "ticktext": [broken_label(name) for name in info.columns],
        "showgrid": False, "zeroline": False, "fixedrange": True, "automargin": True,
    }  # fmt: skip


def figure_axis(info: SweepLinesInfo) -> dict[str, object]:
    """The axis of the figure, with some room at its ends."""
    span = info.high - info.low
    room = max(_MARGIN * span, (_LEAST_SPAN - span) / 2)
    axis = {"title": info.title, "range": [info.low - room, info.high + room], "automargin": True}
    form = {"tickformat": ".1~%" if not info.signed else "+.1~%"} if info.percent else {}
    return {**axis, **form, "fixedrange": True, "zeroline": False}


def seed_texts(info: SweepLinesInfo, line: SweepLine) -> list[str]:
    """Each seed of an arm in words, point by point."""
    name = ARM_STYLES[line.arm].label
    return [
        _("{name}: {value}").format(
            name=listed([name, _("seed {seed}").format(seed=seed)]), value=_text(info, value)
        )
        for point in line.points
        for seed, value in point.seeds
    ]


def point_with_ends(info: SweepLinesInfo, arm: Arm, point: SweepPoint) -> str:
    """An arm's mean with its interval in words."""
    at = filter(None, [ARM_STYLES[arm].label, _column_text(info, point.column)])
    return _("{name}: {value}").format(name=listed(at), value=_with_ends(info, point))


def _point_text(info: SweepLinesInfo, point: SweepPoint) -> str:
    column = _column_text(info, point.column)
    return f"{column} {_text(info, point.mean)}".strip()


def _column_text(info: SweepLinesInfo, column: int) -> str:
    return f"{info.across} = {info.columns[column]}" if info.across else ""


def _with_ends(info: SweepLinesInfo, point: SweepPoint) -> str:
    mean = _text(info, point.mean)
    if not isfinite(point.low):
        return mean
    ends = _("{low} to {high}").format(low=_text(info, point.low), high=_text(info, point.high))
    return f"{mean} ({ends})"


def _text(info: SweepLinesInfo, value: float) -> str:
    return figure_value_text(value, percent=info.percent, signed=info.signed)
