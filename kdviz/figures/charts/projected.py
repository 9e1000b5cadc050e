"""Charts for a projector: text of 18 px, and the name of each line at its end instead of a legend."""

from __future__ import annotations

import math
from typing import Any

import plotly.graph_objects as go

_TEXT_PX = 18
_TALLER = 1.3
_LINE_PX = 22
_USUAL_PX, _PLOT_SHARE = 450, 0.7
"""Plotly's own height of a chart, and the approximate share of a height that the axes take."""

_LETTER_PX = 10
"""Approximate width of a letter, for the margin that the names need."""


def projected(figure: go.Figure) -> go.Figure:
    """A copy of a chart to be read from the back row."""
    large = go.Figure(figure)
    layout = large.layout
    large.update_layout(font={"size": _TEXT_PX}, height=_TALLER * layout.height if layout.height else None)
    large.update_layout(legend={"font": {"size": _TEXT_PX}})
    large.update_annotations(font={"size": _TEXT_PX})
    for axis in (*large.select_xaxes(), *large.select_yaxes()):
        axis.update(tickfont={"size": _TEXT_PX}, title={"font": {"size": _TEXT_PX}})
    names = [end for end in map(_end, large.data) if end is not None]
    if names:
        large.for_each_annotation(_to_the_left)
        names = [_clear_of_levels(name, large) for name in names]
        for name in _apart(names, _values(large), _PLOT_SHARE * (large.layout.height or _USUAL_PX)):
            large.add_annotation(name)
        widest = max(len(name["text"]) for name in names)
        large.update_layout(showlegend=False, margin={"r": _LETTER_PX * widest + 8})
    return large


def _to_the_left(annotation: Any) -> None:
    """The name of a level moves above the level's left end: at the right are the names of lines."""
    if annotation.x == 1 and str(annotation.xref).endswith("domain"):
        annotation.update(x=0, xanchor="left", yanchor="bottom")


def _clear_of_levels(name: dict[str, Any], figure: go.Figure) -> dict[str, Any]:
    """The name right of the axes if a level crosses all of them: it would strike the name through."""
    whole = f"{name['xref']} domain"
    if all(shape.xref != whole for shape in figure.layout.shapes):
        return name
    return {**name, "x": 1, "xref": whole}


def _values(figure: go.Figure) -> list[float]:
    """All heights that are drawn."""
    return [
        float(y)
        for trace in figure.data
        if trace.type == "scatter" and trace.y is not None
        for y in trace.y
        if isinstance(y, int | float) and math.isfinite(y)
    ]


def _apart(names: list[dict[str, Any]], values: list[float], height: float) -> list[dict[str, Any]]:
    """The names, moved up where two would overlap. values: of the axis. height: of the axes, in pixels."""
    low, high = min(values), max(values)
    placed, below = [], -math.inf
    for name in sorted(names, key=lambda name: float(name["y"])):
        at = height * (name["y"] - low) / ((high - low) or 1)
        below = max(at, below + _LINE_PX)
        placed.append({**name, "yshift": below - at})
    return placed


def _end(trace: Any) -> dict[str, Any] | None:
    """The name of a line as an annotation at its last point; None for a trace that is no line of a legend."""
    if trace.type != "scatter" or "lines" not in (trace.mode or "") or trace.showlegend is False:
        return None
    points = [
        (x, y)
        for x, y in zip(trace.x, trace.y, strict=True)
        if isinstance(y, int | float) and math.isfinite(y)
    ]
    if not trace.name or not points or trace.fill:
        return None
    x, y = points[-1]
    return {
        "x": x, "y": y, "xref": trace.xaxis or "x", "yref": trace.yaxis or "y",
        "text": trace.name, "showarrow": False, "xanchor": "left", "xshift": 8,
        "font": {"color": trace.line.color, "size": _TEXT_PX},
    }  # fmt: skip
