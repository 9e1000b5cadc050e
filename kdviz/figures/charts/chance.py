"""Scores of maps of the same image, and of maps of different images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from kdviz.figures.style import ARM_STYLES, LEGEND_ABOVE, NEUTRAL, score
from kdviz.language import _, percentage
from kdviz.types import Arm

_BINS = 20


@dataclass(frozen=True)
class ChanceInfo:
    """edges: of the bins. matched, shuffled: shares of the scores in each bin. means: NaN without scores."""

    arm: Arm
    edges: tuple[float, ...]
    matched: tuple[float, ...]
    shuffled: tuple[float, ...]
    matched_n: int
    shuffled_n: int
    matched_mean: float
    shuffled_mean: float


def chance_info(arm: Arm, matched: Sequence[float], shuffled: Sequence[float]) -> ChanceInfo:
    """matched: scores of maps of the same image. shuffled: of different images. NaN is left out."""
    own, others = (np.array([each for each in part if not math.isnan(each)]) for part in (matched, shuffled))
    low = -1.0 if any((part < 0).any() for part in (own, others)) else 0.0
    edges = np.linspace(low, 1, _BINS + 1)
    return ChanceInfo(
        arm,
        tuple(edges.tolist()),
        _shares(own, edges),
        _shares(others, edges),
        len(own),
        len(others),
        _mean(own),
        _mean(others),
    )


def chance_figure(info: ChanceInfo) -> go.Figure:
    """Two histograms, and a line at the mean of each."""
    style = ARM_STYLES[info.arm]
    figure = go.Figure(
        [
            _outline(
                info.edges,
                info.shuffled,
                _with_mean(_("two different images"), info.shuffled_mean),
                NEUTRAL,
                "rgba(128,128,128,0.3)",
            ),
            _outline(
                info.edges,
                info.matched,
                _with_mean(_("the same image"), info.matched_mean),
                style.color,
                style.faded(0.25),
            ),
        ]
    )
    for mean, color, dash in (
        (info.shuffled_mean, NEUTRAL, "dot"),
        (info.matched_mean, style.color, "dash"),
    ):
        if math.isfinite(mean):
            figure.add_vline(x=mean, line={"color": color, "width": 2, "dash": dash})
    figure.update_layout(
        height=300,
        margin={"l": 8, "r": 8, "t": 56, "b": 8},
        uirevision="kept",
        hovermode="x unified",
        legend=LEGEND_ABOVE,
        showlegend=True,
        xaxis={"title": _("cosine of the two maps"), "range": [info.edges[0], 1.02], "fixedrange": True},
        yaxis={"title": _("share of pairs"), "tickformat": ".0%", "automargin": True, "fixedrange": True},
    )
    return figure


def chance_alt(info: ChanceInfo) -> str:
    """Both means, with the number of pairs."""
    return _(
        "Same image: mean cosine {raw} over {matched}; two different images: {chance} over {shuffled} pairs."
    ).format(
        raw=score(info.matched_mean),
        matched=f"{info.matched_n:,}",
        chance=score(info.shuffled_mean),
        shuffled=f"{info.shuffled_n:,}",
    )


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else math.nan


def _shares(values: np.ndarray, edges: np.ndarray) -> tuple[float, ...]:
    counts, _edges = np.histogram(values.clip(edges[0], edges[-1]), bins=edges)
    return tuple((counts / max(len(values), 1)).tolist())


def _with_mean(name: str, mean: float) -> str:
    return _("{name}, mean {mean}").format(name=name, mean=score(mean))


def _outline(
    edges: tuple[float, ...], shares: tuple[float, ...], name: str, color: str, fill: str
) -> go.Scatter:
    return go.Scatter(
        x=edges,
        y=(*shares, shares[-1]),
        name=name,
        mode="lines",
        line={"shape": "hv", "color": color, "width": 2},
        fill="tozeroy",
        fillcolor=fill,
        hovertext=[percentage(share, 0) for share in (*shares, shares[-1])],
        hovertemplate="%{hovertext}",
    )
