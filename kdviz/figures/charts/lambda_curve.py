"""Accuracy and agreement over λ: a dot per student, a line through the means."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from kdviz.figures.style import ARM_STYLES, LEGEND_ABOVE, NEUTRAL, percent, score
from kdviz.language import _, decimal, listed


@dataclass(frozen=True)
class LambdaDots:
    """A student per entry: its λ and seed, accuracy in [0, 1], agreement corrected for chance."""

    weights: tuple[float, ...]
    seeds: tuple[int, ...]
    accuracy: tuple[float, ...]
    agreement: tuple[float, ...]


@dataclass(frozen=True)
class LambdaInfo:
    """measured: packaged results. here: results of this server.

    means: by λ, mean accuracy and agreement of all dots. best: the λ of the highest accuracy; None without a
    dot.
    """

    measured: LambdaDots
    here: LambdaDots
    means: Mapping[float, tuple[float, float]]
    best: float | None


def lambda_figure(info: LambdaInfo) -> go.Figure:
    """Two charts with a common axis, λ, in steps of about three."""
    weights = list(info.means)
    place = {weight: position(weight, weights) for weight in weights}
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08)
    for row, name in enumerate(("accuracy", "agreement"), start=1):
        for trace in _traces(info, place, name, legend=row == 1):
            figure.add_trace(trace, row=row, col=1)
    if info.best is not None:
        figure.add_vline(x=place[info.best], line={"color": NEUTRAL, "width": 1, "dash": "dot"})
    figure.update_layout(
        height=440,
        margin={"l": 8, "r": 8, "t": 40, "b": 8},
        uirevision="kept",
        legend=LEGEND_ABOVE,
        showlegend=True,
        yaxis={"title": _("accuracy"), "tickformat": ".0%", "automargin": True, "range": [-0.02, 1.05]},
        yaxis2={"title": _("agreement"), "automargin": True},
    )
    ticks = {"tickvals": list(place.values()), "ticktext": [f"{weight:g}" for weight in weights]}
    figure.update_xaxes(fixedrange=True, **ticks)
    figure.update_xaxes(title="λ", row=2, col=1)
    figure.update_yaxes(fixedrange=True)
    return figure


def lambda_alt(info: LambdaInfo) -> str:
    """Mean accuracy and agreement at each λ."""
    if not info.means:
        return _("No student has been measured yet.")
    parts = [
        _("λ {weight}: accuracy {accuracy}, agreement {agreement}").format(
            weight=f"{weight:g}", accuracy=percent(accuracy), agreement=score(agreement)
        )
        for weight, (accuracy, agreement) in info.means.items()
    ]
    return _("Means over seeds. {parts}.").format(parts=_("; ").join(parts))


def position(weight: float, weights: Sequence[float]) -> float:
    """The position of a λ on the axis: log10, with 0 half a decade left of the smallest other one."""
    if weight > 0:
        return math.log10(weight)
    return math.log10(min((each for each in weights if each > 0), default=1.0)) - 0.5


def _traces(info: LambdaInfo, place: Mapping[float, float], name: str, *, legend: bool) -> list[go.Scatter]:
    style, figures = ARM_STYLES["student"], list(info.means.values())
    line = go.Scatter(
        x=list(place.values()),
        y=[means[name == "agreement"] for means in figures],
        name=_("mean"),
        mode="lines",
        line={"color": style.color, "width": 2},
        hoverinfo="skip",
        showlegend=legend,
    )
    seed = _("seed {seed}").format(seed="%{customdata[1]}")
    hover = _("{name}: {value}").format(name=listed(["λ %{customdata[0]}", seed]), value="%{hovertext}")
    groups = (
        (info.measured, _("packaged with kdviz"), "circle-open"),
        (info.here, _("measured here"), "circle"),
    )
    return [
        line,
        *(
            go.Scatter(
                x=[place[weight] for weight in dots.weights],
                y=getattr(dots, name),
                customdata=list(zip(dots.weights, dots.seeds, strict=True)),
                name=label,
                mode="markers",
                marker={"color": style.color, "symbol": symbol, "size": 10, "line": {"width": 2}},
                hovertext=[decimal(value, 3) for value in getattr(dots, name)],
                hovertemplate=hover,
                showlegend=legend,
            )
            for dots, label, symbol in groups
            if dots.weights
        ),
    ]
