"""A figure of a study that varies the seed alone: a row for each arm."""

from __future__ import annotations

from math import isfinite

import plotly.graph_objects as go

from kdviz.figures.charts.sweep_lines import (
    SweepLine,
    SweepLinesInfo,
    figure_axis,
    point_with_ends,
    seed_texts,
)
from kdviz.figures.style import ARM_STYLES, NEUTRAL

_ROW_PX, _ABOVE_AND_BELOW_PX = 40, 92

_BELOW = 0.3
"""Distance of the seeds below their mean, in rows."""


def sweep_arms_figure(info: SweepLinesInfo) -> go.Figure:
    """The student above its controls. Small dots: seeds; bars: 95 % intervals of the mean."""
    figure = go.Figure(
        [
            trace
            for row, line in enumerate(info.lines)
            for trace in (_dots(info, line, row), _mean(info, line, row))
        ]
    )
    if info.signed:
        figure.add_vline(x=0, line={"color": NEUTRAL, "width": 1, "dash": "dot"})
    if isfinite(info.teacher):
        style = ARM_STYLES["teacher"]
        figure.add_vline(
            x=info.teacher, line={"color": style.color, "width": 1.5, "dash": "dash"}, layer="below"
        )
        figure.add_annotation(
            x=info.teacher, y=1, yref="paper", yanchor="bottom", showarrow=False, text=style.label,
            font={"color": style.color, "size": 12},
        )  # fmt: skip
    names = [f"{ARM_STYLES[line.arm].glyph} {ARM_STYLES[line.arm].label}" for line in info.lines]
    figure.update_layout(
        height=_ABOVE_AND_BELOW_PX + _ROW_PX * len(info.lines),
        margin={"l": 8, "r": 28, "t": 26, "b": 8},
        dragmode=False,
        hovermode="closest",
        showlegend=False,
        xaxis=figure_axis(info),
        yaxis={
            "tickvals": [*range(len(names))], "ticktext": names, "range": [len(names) - 0.5, -0.5],
            "showgrid": False, "zeroline": False, "fixedrange": True, "automargin": True,
        },
    )  # fmt: skip
    return figure


def _dots(info: SweepLinesInfo, line: SweepLine, row: int) -> go.Scatter:
    (point,) = line.points
    return go.Scatter(
        x=[value for _seed, value in point.seeds],
        y=[row + _BELOW] * len(point.seeds),
        mode="markers",
        marker={"color": ARM_STYLES[line.arm].color, "symbol": "circle", "size": 6, "opacity": 0.45},
        hovertext=seed_texts(info, line),
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _mean(info: SweepLinesInfo, line: SweepLine, row: int) -> go.Scatter:
    (point,), style = line.points, ARM_STYLES[line.arm]
    return go.Scatter(
        x=[point.mean],
        y=[row],
        name=style.label,
        mode="markers",
        marker={"color": style.color, "symbol": style.symbol, "size": 12},
        error_x={
            "array": [point.high - point.mean], "arrayminus": [point.mean - point.low],
            "thickness": 2, "width": 5, "color": style.color,
        },
        hovertext=[point_with_ends(info, line.arm, point)],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
