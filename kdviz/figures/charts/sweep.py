"""A study over two of its settings: means on the grid."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from kdviz.figures.style import NEUTRAL, RUN_STYLES
from kdviz.language import _, decimal, listed, plural

_ROW_HEIGHT = 68
_LONGEST_LINE = 14  # letters of a label before it is broken


@dataclass(frozen=True)
class SweepCell:
    """mean: over n seeds with a defined figure, NaN for none. low, high: its 95 % interval, NaN for one.

    runs: finished ones.
    """

    mean: float
    low: float
    high: float
    n: int
    runs: int


@dataclass(frozen=True)
class SweepInfo:
    """cells: by row, then by column.

    columns, rows: their values. across, down: their settings. low, high: the range of colours. percent:
    whether the figure is a share in [0, 1]. signed: whether it is a difference, so that colours diverge at 0.
    """

    title: str
    about: str
    figure: str
    across: str
    down: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[SweepCell, ...], ...]
    low: float
    high: float
    percent: bool
    signed: bool


def sweep_figure(info: SweepInfo, chosen: tuple[int, int] | None = None) -> go.Figure:
    """The map. Each cell has a point for selection. chosen: (column, row) of the framed cell."""
    figure = go.Figure([_colours(info), _to_select(info)])
    _write(figure, info)
    for column, row, cell in _places(info):
        if not cell.n:
            figure.add_shape(**_box(column, row), line={"color": NEUTRAL, "width": 1, "dash": "dot"})
    if chosen is not None:
        figure.add_shape(**_box(*chosen), line={"color": RUN_STYLES[2].color, "width": 4})
    axis = {"showgrid": False, "zeroline": False, "fixedrange": True, "automargin": True}
    columns, rows = len(info.columns), len(info.rows)
    figure.update_layout(
        height=112 + _ROW_HEIGHT * rows,
        margin={"l": 8, "r": 8, "t": 30, "b": 8},
        modebar={"remove": ["select2d", "lasso2d"]},
        clickmode="event+select",
        dragmode=False,
        hovermode="closest",
        showlegend=False,
        xaxis={**axis, "title": info.across, "range": [-0.5, columns - 0.5]},
        yaxis={**axis, "title": info.down, "range": [rows - 0.5, -0.5]},
    )
    figure.update_xaxes(tickvals=list(range(columns)), ticktext=[broken_label(name) for name in info.columns])
    figure.update_yaxes(tickvals=list(range(rows)), ticktext=[broken_label(name) for name in info.rows])
    return figure


def sweep_alt(info: SweepInfo) -> str:
    """The best and the worst cell, and the number of empty ones."""
    known = [(cell.mean, column, row) for column, row, cell in _places(info) if cell.n]
    empty = len(info.rows) * len(info.columns) - len(known)
    if not known:
        return _("{title}: no values yet.").format(title=info.title)
    words = _("{title}: highest {high}, lowest {low}.").format(
        title=info.title, high=_cell_text(info, *max(known)), low=_cell_text(info, *min(known))
    )
    blank = plural("{count} cell has no value.", "{count} cells have no value.", empty)
    return f"{words} {blank}" if empty else words


def _places(info: SweepInfo) -> Iterator[tuple[int, int, SweepCell]]:
    for row, cells in enumerate(info.cells):
        for column, cell in enumerate(cells):
            yield column, row, cell


def _scale(info: SweepInfo) -> tuple[str, float, float]:
    if info.signed:
        reach = max(abs(info.low), abs(info.high))
        return "PuOr_r", -reach, reach
    return "Cividis", info.low, info.high


def _colours(info: SweepInfo) -> go.Heatmap:
    name, low, high = _scale(info)
    return go.Heatmap(
        z=[[cell.mean if cell.n else None for cell in row] for row in info.cells],
        colorscale=name,
        zmin=low,
        zmax=high,
        xgap=2,
        ygap=2,
        showscale=False,
        hoverinfo="skip",
    )


def _to_select(info: SweepInfo) -> go.Scatter:
    """Invisible points behind the text: cells of a heat map cannot be selected."""
    places = list(_places(info))
    unseen = {"marker": {"opacity": 0}}
    return go.Scatter(
        x=[column for column, _row, _cell in places],
        y=[row for _column, row, _cell in places],
        customdata=[(column, row) for column, row, _cell in places],
        mode="markers",
        hovertext=[_hover(info, *each) for each in places],
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"symbol": "square", "size": 44, "opacity": 0},
        selected=unseen,
        unselected=unseen,
    )


def _hover(info: SweepInfo, column: int, row: int, cell: SweepCell) -> str:
    if not cell.n:
        return f"{_at(info, column, row)}<br>{_blank(cell)}"
    seeds = plural("{count} seed", "{count} seeds", cell.n)
    return f"{_cell_text(info, cell.mean, column, row)}<br>{seeds}"


def _write(figure: go.Figure, info: SweepInfo) -> None:
    for column, row, cell in _places(info):
        figure.add_annotation(
            x=column,
            y=row,
            text=_written(info, cell) if cell.n else _blank(cell),
            showarrow=False,
            font={"size": 12} | ({"color": _text_colour(info, cell.mean)} if cell.n else {}),
        )


def _blank(cell: SweepCell) -> str:
    return _("undefined") if cell.runs else _("missing")


def _written(info: SweepInfo, cell: SweepCell) -> str:
    return f"<b>{_value(info, cell.mean)}</b><br>{_spread(info, cell)}<br>n = {cell.n}"


def _spread(info: SweepInfo, cell: SweepCell) -> str:
    if math.isnan(cell.low):
        return "–"
    return _("{low} to {high}").format(low=_value(info, cell.low), high=_value(info, cell.high))


def figure_value_text(value: float, *, percent: bool, signed: bool) -> str:
    """A figure of a study: shares in percent without the sign, differences with theirs."""
    if percent:
        return decimal(100 * value, 1, sign=signed)
    return decimal(value, sign=signed)


def _value(info: SweepInfo, value: float) -> str:
    return figure_value_text(value, percent=info.percent, signed=info.signed)


def _cell_text(info: SweepInfo, value: float, column: int, row: int) -> str:
    return _("{name}: {value}").format(
        name=_at(info, column, row), value=f"{info.figure} {_value(info, value)}"
    )


def _at(info: SweepInfo, column: int, row: int) -> str:
    place = [f"{info.across} = {info.columns[column]}"]
    return listed([*place, f"{info.down} = {info.rows[row]}"] if info.down else place)


def _text_colour(info: SweepInfo, value: float) -> str:
    """Black or white, whichever has the higher contrast to the cell's colour: at least 4.5 : 1."""
    name, low, high = _scale(info)
    share = (value - low) / (high - low) if high > low else 0.5
    red, green, blue = sample_colorscale(name, [min(max(share, 0.0), 1.0)], colortype="tuple")[0]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (light + 0.05) ** 2 > 0.05 * 1.05 else "#FFFFFF"


def _box(column: int, row: int) -> dict[str, object]:
    reach = 0.46
    return {
        "type": "rect",
        "x0": column - reach,
        "x1": column + reach,
        "y0": row - reach,
        "y1": row + reach,
    }


def broken_label(label: str) -> str:
    """A long label on several lines."""
    lines = [""]
    for word in label.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) >= _LONGEST_LINE:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)
