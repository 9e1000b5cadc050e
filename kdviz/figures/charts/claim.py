"""The measured effect of a claim, by seed, beside the published one."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, isinf

import plotly.graph_objects as go

from kdviz.figures.style import ARM_STYLES, NEUTRAL
from kdviz.language import _, decimal, listed, sentences, with_interval

_ROOM = 0.1
"""Margin on either side, as a share of the data range."""

_REPRODUCED, _PUBLISHED, _SEEDS, _MEAN = -1.0, 0.0, 0.85, 1.15


@dataclass(frozen=True)
class ClaimInfo:
    """The measured differences of a contrast. in_points: whether they are shown in percentage points.

    differences: seed and difference. value, low, high: their mean and its 95 % interval, NaN if undefined.
    claimed: the range that the claim states. published: smallest and largest published difference, which
    may be infinite; None where none is known. reproduced: what an independent attempt found; None without.
    """

    title: str
    about: str
    in_points: bool
    differences: tuple[tuple[int, float], ...]
    value: float
    low: float
    high: float
    claimed: tuple[float, float]
    published: tuple[float, float] | None
    reproduced: float | None = None

    @property
    def measured(self) -> str:
        """The mean difference with its interval, in words; "–" if undefined."""
        return difference_with_interval(self.value, (self.low, self.high), in_points=self.in_points)


def signed_difference(value: float, *, in_points: bool) -> str:
    """A difference with its sign: "+58.0 points" of accuracy, "−0.12" of agreement; "–" for NaN."""
    if not isfinite(value):
        return "–"
    text = _number(value, in_points=in_points)
    return _("{value} points").format(value=text) if in_points else text


def difference_with_interval(value: float, interval: tuple[float, float], *, in_points: bool) -> str:
    """A difference with its interval: "+58.0 points (+41.2 to +70.1)"."""
    text = signed_difference(value, in_points=in_points)
    if not all(map(isfinite, interval)):
        return text
    low, high = (_number(end, in_points=in_points) for end in interval)
    return with_interval(text, low, high)


def published_text(published: tuple[float, float], *, in_points: bool) -> str:
    """The range of the published effect, "+5.7 to +9.8 points", its low end, or its only value."""
    low, high = published
    if low == high:
        return signed_difference(low, in_points=in_points)
    if isinf(high):
        return _("more than {low}").format(low=signed_difference(low, in_points=in_points))
    return _("{low} to {high}").format(
        low=_number(low, in_points=in_points), high=signed_difference(high, in_points=in_points)
    )


def claim_figure(info: ClaimInfo) -> go.Figure:
    """Rows: measured, published, and a reproduction of it, where known; the claimed range is shaded."""
    scale = 100 if info.in_points else 1
    left, right = _reach(info)
    figure = go.Figure([*_measured(info, scale), *_published(info, scale, right), *_reproduced(info, scale)])
    low, high = max(info.claimed[0], left), min(info.claimed[1], right)
    figure.add_vrect(
        x0=low * scale, x1=high * scale, fillcolor=NEUTRAL, opacity=0.15, line_width=0, layer="below",
        annotation_text=_("as claimed"), annotation_position="outside top", annotation_font_size=12,
    )  # fmt: skip
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": 1, "dash": "dot"})
    rows = {_MEAN: _("measured")} | ({_PUBLISHED: _("published")} if info.published else {})
    rows |= {_REPRODUCED: _("reproduced by others")} if info.reproduced is not None else {}
    figure.update_layout(
        height=90 + 50 * len(rows),
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
        uirevision="kept",
        showlegend=False,
        xaxis={
            "title": _("difference, in percentage points") if info.in_points else _("difference"),
            "range": [left * scale, right * scale],
            "fixedrange": True,
            "zeroline": False,
        },
        yaxis={
            "tickvals": list(rows), "ticktext": list(rows.values()), "automargin": True, "fixedrange": True,
            "range": [min(rows) - 0.5 if len(rows) > 1 else 0.5, 1.55], "showgrid": False, "zeroline": False,
        },
    )  # fmt: skip
    return figure


def claim_alt(info: ClaimInfo) -> str:
    """The measured effect with the number of seeds, and the published one."""
    if not info.differences:
        return _("{title}: no values yet.").format(title=info.title)
    seeds = listed(
        _("seed {seed}: {value}").format(seed=seed, value=signed_difference(value, in_points=info.in_points))
        for seed, value in info.differences
    )
    text = _("{title}: measured {measured}; {seeds}.").format(
        title=info.title, measured=info.measured, seeds=seeds
    )
    if info.published is None:
        return text
    figure = published_text(info.published, in_points=info.in_points)
    text = _("{measured} Published: {figure}.").format(measured=text, figure=figure)
    if info.reproduced is None:
        return text
    value = signed_difference(info.reproduced, in_points=info.in_points)
    return sentences(text, _("Reproduced by others: {figure}.").format(figure=value))


def _number(value: float, *, in_points: bool) -> str:
    return decimal(100 * value, 1, sign=True) if in_points else decimal(value, sign=True)


def _reach(info: ClaimInfo) -> tuple[float, float]:
    """The range of the axis: all data, and a part of the claimed range."""
    drawn = [0.0, info.value, info.low, info.high, *(info.published or ()), *info.claimed]
    drawn += [] if info.reproduced is None else [info.reproduced]
    drawn += [value for _seed, value in info.differences]
    known = [value for value in drawn if isfinite(value)]
    width = max(max(known) - min(known), 0.01)
    low, high = min(known) - _ROOM * width, max(known) + _ROOM * width
    return low - width * isinf(info.claimed[0]) * _ROOM, high + width * isinf(info.claimed[1]) * _ROOM


def _measured(info: ClaimInfo, scale: float) -> list[go.Scatter]:
    color = ARM_STYLES["student"].color
    hover = _("seed {seed}: {value}").format(seed="%{customdata}", value="%{hovertext}")
    seeds = go.Scatter(
        x=[value * scale for _seed, value in info.differences],
        y=[_SEEDS] * len(info.differences),
        mode="markers",
        marker={"color": color, "size": 8, "symbol": "circle-open", "line": {"width": 2}},
        customdata=[seed for seed, _value in info.differences],
        hovertext=[signed_difference(value, in_points=info.in_points) for _seed, value in info.differences],
        hovertemplate=hover + "<extra></extra>",
    )
    if not isfinite(info.value):
        return [seeds]
    known = isfinite(info.low)
    mean = go.Scatter(
        x=[info.value * scale],
        y=[_MEAN],
        mode="markers",
        marker={"color": color, "size": 11},
        error_x={
            "array": [(info.high - info.value) * scale], "arrayminus": [(info.value - info.low) * scale],
            "thickness": 3, "width": 8, "color": color,
        } if known else None,
        hovertemplate=info.measured + "<extra></extra>",
    )  # fmt: skip
    return [seeds, mean]


def _published(info: ClaimInfo, scale: float, right: float) -> list[go.Scatter]:
    """A line with its ends marked; an infinite end is outside the figure."""
    if info.published is None:
        return []
    words = published_text(info.published, in_points=info.in_points)
    return [
        go.Scatter(
            x=[min(end, 2 * right) * scale for end in info.published],
            y=[_PUBLISHED] * 2,
            mode="lines+markers",
            line={"color": NEUTRAL, "width": 5},
            marker={"color": NEUTRAL, "size": 11, "symbol": "square"},
            hovertemplate=words + "<extra></extra>",
        )
    ]


def _reproduced(info: ClaimInfo, scale: float) -> list[go.Scatter]:
    """A cross: the paper's experiment as others have repeated it."""
    if info.reproduced is None:
        return []
    value = signed_difference(info.reproduced, in_points=info.in_points)
    return [
        go.Scatter(
            x=[info.reproduced * scale],
            y=[_REPRODUCED],
            mode="markers",
            marker={"color": NEUTRAL, "size": 11, "symbol": "x"},
            hovertemplate=value + "<extra></extra>",
        )
    ]
