"""How often the maximum of each arm's maps is in a known region: the object, or a planted cue."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go

from kdviz.figures.charts.arm_bars import arm_bars_alt, arm_bars_figure
from kdviz.figures.style import percent
from kdviz.language import _
from kdviz.types import Arm, Interval, Region

_SMALL = 0.25
"""If every bar and interval is below this share, the axis is cut just above the largest."""


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
    title = _("Brightest spot on the object") if region == "object" else _("Brightest spot on the cue")
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
    intervals = map(Interval, info.values, info.lows, info.highs)
    figure = arm_bars_figure(
        list(zip(info.arms, intervals, strict=True)),
        info.chance,
        named=_chance(info),
        words=percent,
    )
    most = max((each for each in (*info.highs, info.chance) if math.isfinite(each)), default=1.0)
    small = most < _SMALL
    figure.update_xaxes(
        title=_("share of images"),
        range=[0, 1.02 * most if small else 1.02],
        tickformat=".0%",
        tickvals=None if small else [0, 0.25, 0.5, 0.75, 1],
        nticks=5,
    )
    return figure


def localization_alt(info: LocalizationInfo) -> str:
    """Each arm's share, and chance."""
    values = dict(zip(info.arms, info.values, strict=True))
    return arm_bars_alt(info.title, values, words=percent, last=_chance(info))


def _chance(info: LocalizationInfo) -> str:
    return _("chance {share}").format(share=percent(info.chance))
