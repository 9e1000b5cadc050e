"""A square heat map of values around 0, for confusions and correlations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go


def matrix_figure(
    labels: Sequence[str],
    cells: Sequence[Sequence[float]],
    *,
    words: Sequence[Sequence[str]],
    written: bool,
    hover: str,
    hovers: Sequence[Sequence[str]],
    reach: float,
    key: Mapping[str, Any],
    height: int,
) -> go.Figure:
    """Orange above 0, purple below, white at 0; the first label is at the top left.

    cells: (k, k), NaN where undefined. words: text of each cell; written: whether it is drawn in the cell.
    hover: with %{customdata[0]} for the row's label, %{customdata[1]} for the column's, %{hovertext} for the
    text of `hovers`. reach: the value of the strongest colours. key: of the colour bar.
    """
    places = list(range(len(labels)))
    figure = go.Figure(
        go.Heatmap(
            z=cells,
            x=places,
            y=places,
            text=words,
            texttemplate="%{text}" if written else None,
            customdata=[[(row, column) for column in labels] for row in labels],
            hovertext=hovers,
            hovertemplate=hover,
            colorscale="PuOr_r",
            zmin=-reach,
            zmax=reach,
            zmid=0,
            xgap=1,
            ygap=1,
            colorbar={**key, "thickness": 12},
        )
    )
    axis = {"tickvals": places, "ticktext": list(labels), "automargin": True, "showgrid": False}
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis=axis,
        yaxis={**axis, "range": [len(labels) - 0.5, -0.5]},
    )
    return figure
