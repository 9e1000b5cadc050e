"""A heat map of rank correlations between ways of scoring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from kdviz.figures.charts.matrix import matrix_figure
from kdviz.figures.style import score
from kdviz.language import _, listed

_CELL, _LEGEND = 46, 110  # pixels


@dataclass(frozen=True)
class CorrelationInfo:
    """cells: (k, k) rank correlations in [-1, 1], NaN where undefined, in the labels' order."""

    title: str
    about: str
    labels: tuple[str, ...]
    cells: tuple[tuple[float, ...], ...]


def correlation_info(labels: Sequence[str], cells: Sequence[Sequence[float]]) -> CorrelationInfo:
    """The data of rank correlations."""
    about = _("Spearman's rank correlation: 1 is the same order, 0 no correlation, −1 the reverse order.")
    return CorrelationInfo(_("Rank correlations"), about, tuple(labels), tuple(tuple(row) for row in cells))


def correlation_figure(info: CorrelationInfo) -> go.Figure:
    """Orange for positive, purple for negative, white for no correlation; with the value in every cell."""
    words = [[_number(value) for value in row] for row in info.cells]
    return matrix_figure(
        info.labels,
        info.cells,
        words=words,
        hovers=words,
        written=True,
        hover=_("{first} and {second}: {value}").format(
            first="%{customdata[0]}", second="%{customdata[1]}", value="%{hovertext}<extra></extra>"
        ),
        reach=1,
        key={"tickvals": [-1, 0, 1], "ticktext": ["\N{MINUS SIGN}1", "0", "1"]},
        height=_LEGEND + _CELL * len(info.labels),
    )


def correlation_alt(info: CorrelationInfo) -> str:
    """The value of every pair, each once."""
    pairs = [
        _("{first} and {second} {value}").format(
            first=info.labels[row], second=info.labels[column], value=_number(info.cells[row][column])
        )
        for row in range(len(info.labels))
        for column in range(row + 1, len(info.labels))
    ]
    if not pairs:
        return _("{title}: no values yet.").format(title=info.title)
    return _("{title}: {values}.").format(title=info.title, values=listed(pairs))


def _number(value: float) -> str:
    return score(value).replace("-", "\N{MINUS SIGN}")
