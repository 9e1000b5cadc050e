"""A bar for each arm, with its 95 % interval and its value: parts of several charts."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

import plotly.graph_objects as go

from kdviz.figures.style import ARM_STYLES, NEUTRAL
from kdviz.language import _
from kdviz.types import Arm, Interval

_LABEL_PX = 56
"""Room at the right for a value behind an interval that ends at the largest value: "100.0 %" and a gap."""

_LABEL_SHARE = 0.2
"""Width of a value on a narrow screen, as a share of the axis."""

_GAP = 2 * "\N{NO-BREAK SPACE}"
"""Between an interval and the value behind it, which would else touch."""


def arm_bars_figure(
    found: Sequence[tuple[Arm, Interval]],
    chance: float,
    *,
    named: str,
    words: Callable[[float], str],
    notes: Sequence[str] = (),
) -> go.Figure:
    """Horizontal bars in the order of `found`, and a dotted line at chance.

    named: text above the line. words: a value as text. notes: a line below each name, "" for none.
    """
    arms = [f"{ARM_STYLES[arm].glyph} {ARM_STYLES[arm].label}" for arm, _interval in found]
    names = ["<br>".join(filter(None, each)) for each in zip_longest(arms, notes)]
    intervals = [interval for _arm, interval in found]
    figure = go.Figure([_bars(found, names, words), _values(intervals, names, chance, words)])
    figure.add_vline(x=chance, line={"color": NEUTRAL, "width": 2, "dash": "dot"}, layer="below")
    figure.add_annotation(
        x=chance, y=1, yref="paper", yanchor="bottom", xanchor="left", showarrow=False, text=named
    )
    figure.update_layout(
        height=96 + 34 * len(found),
        margin={"l": 8, "r": _LABEL_PX, "t": 28, "b": 8},
        bargap=0.3,
        showlegend=False,
        uirevision="kept",
        yaxis={"type": "category", "autorange": "reversed", "automargin": True},
    )
    return figure


def arm_bars_alt(
    title: str, values: Mapping[Arm, float], *, words: Callable[[float], str], last: str = ""
) -> str:
    """Each arm's value that is defined, in words. last: what is said after them."""
    parts = [
        _("{arm} {share}").format(arm=ARM_STYLES[arm].label, share=words(value))
        for arm, value in values.items()
        if math.isfinite(value)
    ]
    if not parts:
        return _("{title}: no values yet.").format(title=title)
    return _("{title}: {values}.").format(title=title, values=_("; ").join([*parts, *filter(None, [last])]))


def _bars(
    found: Sequence[tuple[Arm, Interval]], names: Sequence[str], words: Callable[[float], str]
) -> go.Bar:
    hover = _("{value} ({low} to {high})").format(
        value="%{customdata[0]}", low="%{customdata[1]}", high="%{customdata[2]}"
    )
    return go.Bar(
        x=[interval.value for _arm, interval in found],
        y=names,
        orientation="h",
        marker={"color": [ARM_STYLES[arm].color for arm, _interval in found]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [interval.high - interval.value for _arm, interval in found],
            "arrayminus": [interval.value - interval.low for _arm, interval in found],
            "thickness": 1.5,
            "width": 4,
        },
        customdata=[
            [words(end) for end in (interval.value, interval.low, interval.high)] for _arm, interval in found
        ],
        hovertemplate=f"{hover}<extra></extra>",
    )


def _values(
    intervals: Sequence[Interval], names: Sequence[str], chance: float, words: Callable[[float], str]
) -> go.Scatter:
    """The values as text, at the right of the intervals, if need be beside the axes.

    Where the line at chance would go through the text, at the right of the line.
    """
    ends = [interval.value if math.isnan(interval.high) else interval.high for interval in intervals]
    most = max(abs(end) for end in (*ends, chance) if math.isfinite(end))
    return go.Scatter(
        x=[chance if end < chance < end + _LABEL_SHARE * most else end for end in ends],
        y=names,
        mode="text",
        text=[f"{_GAP}{words(interval.value)}" for interval in intervals],
        textposition="middle right",
        cliponaxis=False,
        hoverinfo="skip",
    )
