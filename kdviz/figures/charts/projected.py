"""Charts for a projector: text of 18 px, and the name of each line at its end instead of a legend."""

from __future__ import annotations

import math
from typing import Any

import plotly.graph_objects as go

_TEXT_PX = 18
_TALLER = 1.3
_LETTER_PX = 10
"""Approximate width of a letter, for the margin that the names need."""


def projected(figure: go.Figure) -> go.Figure:
    """A copy of a chart to be read from the back row."""
    large = go.Figure(figure)
    layout = large.layout
    large.update_layout(font={"size": _TEXT_PX}, height=_TALLER * layout.height if layout.height else None)
    large.update_annotations(font={"size": _TEXT_PX})
    for axis in (*large.select_xaxes(), *large.select_yaxes()):
        axis.update(tickfont={"size": _TEXT_PX}, title={"font": {"size": _TEXT_PX}})
    names = [end for end in map(_end, large.data) if end is not None]
    if names:
        for name in names:
            large.add_annotation(name)
        widest = max(len(name["text"]) for name in names)
        large.update_layout(showlegend=False, margin={"r": _LETTER_PX * widest + 8})
    return large


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
        "x": x, "y": y, "text": trace.name, "showarrow": False, "xanchor": "left", "xshift": 8,
        "font": {"color": trace.line.color, "size": _TEXT_PX},
    }  # fmt: skip
