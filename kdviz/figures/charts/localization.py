"""How often the maximum of each arm's maps is in a known region: the object, or a planted cue."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go

from kdviz.figures.style import ARM_STYLES, NEUTRAL, percent
from kdviz.language import _
from kdviz.types import Arm, Interval, Region


@dataclass(frozen=True)
class LocalizationInfo:
    """Shares of images, in [0, 1], with 95 % intervals, by arm; NaN where no map is defined.

    chance: the region's share of the image, which a map hits at random.
    """

    title: str
    about: str
    arms: tuple[Arm, ...]
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    chance: float


def localization_info(
    region: Region, hits: Mapping[Arm, Interval], chance: float, *, explainer: str
) -> LocalizationInfo:
    """hits: pointing game by arm, in the order of drawing. explainer: its label."""
    title = _("Maximum on the object") if region == "object" else _("Maximum on the cue")
    about = _(
        "Share of the test images whose {explainer} map has its maximum there (pointing game, Zhang et al. "
        "2016), with a 95 % bootstrap interval. Chance is the share of the image that the region covers."
    ).format(explainer=explainer)
    found = tuple(hits.values())
    return LocalizationInfo(
        title,
        about,
        tuple(hits),
        tuple(each.value for each in found),
        tuple(each.low for each in found),
        tuple(each.high for each in found),
        chance,
    )


def localization_figure(info: LocalizationInfo) -> go.Figure:
    """A bar per arm, and a line at chance, named above the bars."""
    names = [f"{ARM_STYLES[arm].glyph} {ARM_STYLES[arm].label}" for arm in info.arms]
    figure = go.Figure([_bars(info, names), _values(info, names)])
    figure.add_vline(x=info.chance, line={"color": NEUTRAL, "width": 2, "dash": "dot"}, layer="below")
    figure.add_annotation(
        x=info.chance,
        y=1,
        yref="paper",
        yanchor="bottom",
        xanchor="left",
        showarrow=False,
        text=_("chance {share}").format(share=percent(info.chance)),
    )
    figure.update_layout(
        height=96 + 34 * len(info.arms),
        margin={"l": 8, "r": 8, "t": 28, "b": 8},
        bargap=0.3,
        showlegend=False,
        uirevision="kept",
        xaxis={
            "title": _("share of images"),
            "range": [0, 1.12],
            "tickformat": ".0%",
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
        },
        yaxis={"type": "category", "autorange": "reversed", "automargin": True},
    )
    return figure


def _bars(info: LocalizationInfo, names: list[str]) -> go.Bar:
    ends = list(zip(info.values, info.lows, info.highs, strict=True))
    hover = _("{value} ({low} to {high})").format(
        value="%{customdata[0]}", low="%{customdata[1]}", high="%{customdata[2]}"
    )
    return go.Bar(
        x=info.values,
        y=names,
        orientation="h",
        marker={"color": [ARM_STYLES[arm].color for arm in info.arms]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [high - value for value, _low, high in ends],
            "arrayminus": [value - low for value, low, _high in ends],
            "thickness": 1.5,
            "width": 4,
        },
        customdata=[[percent(end) for end in each] for each in ends],
        hovertemplate=f"{hover}<extra></extra>",
    )


def _values(info: LocalizationInfo, names: list[str]) -> go.Scatter:
    """The values as text, at the right of the intervals and of the line at chance."""
    return go.Scatter(
        x=[max(high, info.chance) for high in info.highs],
        y=names,
        mode="text",
        text=[f" {percent(value)}" for value in info.values],
        textposition="middle right",
        hoverinfo="skip",
    )


def localization_alt(info: LocalizationInfo) -> str:
    """Each arm's share, and chance."""
    parts = [
        _("{arm} {share}").format(arm=ARM_STYLES[arm].label, share=percent(value))
        for arm, value in zip(info.arms, info.values, strict=True)
        if math.isfinite(value)
    ]
    if not parts:
        return _("{title}: no values yet.").format(title=info.title)
    chance = _("chance {share}").format(share=percent(info.chance))
    return _("{title}: {values}.").format(title=info.title, values=_("; ").join([*parts, chance]))
