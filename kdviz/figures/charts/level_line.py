"""A dotted line at a value of a chart, with its name."""

from __future__ import annotations

import plotly.graph_objects as go

from kdviz.figures.style import NEUTRAL

_MARGIN = 8
_LETTER_PX = 8
"""Largest usual width of a letter in a chart."""

_SHORT = 12
"""Letters of a name that fits beside a chart."""


def draw_level(figure: go.Figure, level: tuple[float, str] | None) -> int:
    """A dotted line at a value, with its name: a short one beside it, a long one above it.

    Returns the right margin in pixels for that.
    """
    if level is None:
        return _MARGIN
    value, name = level
    look = {"color": NEUTRAL, "width": 1, "dash": "dot"}
    beside = len(name) <= _SHORT
    where = "right" if beside else "top left"
    figure.add_hline(y=value, line=look, annotation_text=name, annotation_position=where)
    return _MARGIN + _LETTER_PX * len(name) if beside else _MARGIN
