"""The class score along the path of integrated gradients, and the sum of the attributions."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from kdviz.figures.style import ARM_STYLES, LEGEND_ABOVE, NEUTRAL, three_digits
from kdviz.language import _, decimal, percentage
from kdviz.types import Arm


@dataclass(frozen=True)
class PathInfo:
    """positions: parts of the path, from 0 to 1. rises: score − score of the baseline. sums: of attributions.

    at: the selected step. All start with the baseline, where rise and sum are 0.
    """

    arm: Arm
    positions: tuple[float, ...]
    rises: tuple[float, ...]
    sums: tuple[float, ...]
    at: int


def path_figure(info: PathInfo) -> go.Figure:
    """Two lines that should coincide, and a dot at the slider's position."""
    style = ARM_STYLES[info.arm]
    figure = go.Figure(
        [
            go.Scatter(
                x=info.positions,
                y=info.rises,
                name=_("score − baseline score"),
                mode="lines",
                line={"color": style.color, "width": 3},
                hovertext=[decimal(value) for value in info.rises],
                hovertemplate="%{hovertext}",
            ),
            go.Scatter(
                x=info.positions,
                y=info.sums,
                name=_("sum of the attributions"),
                mode="lines",
                line={"color": NEUTRAL, "width": 2, "dash": "dash"},
                hovertext=[decimal(value) for value in info.sums],
                hovertemplate="%{hovertext}",
            ),
            go.Scatter(
                x=[info.positions[info.at]],
                y=[info.rises[info.at]],
                name=_("here"),
                mode="markers",
                marker={"color": style.color, "size": 13, "symbol": style.symbol},
                hoverinfo="skip",
                showlegend=False,
            ),
        ]
    )
    figure.add_vline(x=info.positions[info.at], line={"color": NEUTRAL, "width": 1, "dash": "dot"})
    figure.update_layout(
        height=300,
        margin={"l": 8, "r": 8, "t": 56, "b": 8},
        uirevision="kept",
        hovermode="x unified",
        legend=LEGEND_ABOVE,
        xaxis={
            "title": _("position on the path from the baseline to the image"),
            "tickformat": ".0%",
            "range": [-0.02, 1.02],
            "fixedrange": True,
        },
        yaxis={"title": _("logit"), "automargin": True, "fixedrange": True},
    )
    return figure


def path_alt(info: PathInfo) -> str:
    """Both lines at the slider's position, and at the end."""
    return _(
        "At {share} of the way the score has risen by {rise} and the attributions sum to {sum}; at the end "
        "by {last_rise} and {last_sum}."
    ).format(
        share=percentage(info.positions[info.at], 0),
        rise=three_digits(info.rises[info.at]),
        sum=three_digits(info.sums[info.at]),
        last_rise=three_digits(info.rises[-1]),
        last_sum=three_digits(info.sums[-1]),
    )
