"""The distribution of corrected agreement over images, by arm, and by class."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from kdviz.figures.style import ARM_STYLES, LABEL_ROOM, LEGEND_ABOVE, NEUTRAL, score
from kdviz.language import _, percentage
from kdviz.types import Agreement, Arm

_EDGES = tuple(step / 20 for step in range(-20, 21))


@dataclass(frozen=True)
class ArmDistribution:
    """One arm: shares of its n images in each bin, their mean, and the number of undefined ones."""

    arm: Arm
    shares: tuple[float, ...]
    mean: float
    n: int
    undefined: int


@dataclass(frozen=True)
class DistributionInfo:
    """edges: of the bins, the same for all figures; the first bin includes all lower values."""

    title: str
    about: str
    edges: tuple[float, ...]
    arms: tuple[ArmDistribution, ...]


@dataclass(frozen=True)
class ClassDots:
    """One arm's corrected agreement by class, with 95 % intervals and numbers of images."""

    arm: Arm
    values: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class ClassDotsInfo:
    """classes: in the order of drawing, top down, by the first arm's agreement, ascending."""

    title: str
    about: str
    classes: tuple[str, ...]
    arms: tuple[ClassDots, ...]


def distribution_info(
    corrected: Mapping[Arm, NDArray[np.floating]], *, explainer: str, measure: str
) -> DistributionInfo:
    """corrected: by arm, (N,) with NaN where undefined. explainer, measure: their labels."""
    about = _(
        "{measure} of {explainer} maps with the teacher's, per image: 0 is chance, 1 the same map; below 0 "
        "they are less alike than those of unrelated images. Values below −1 are counted at −1."
    ).format(measure=measure, explainer=explainer)
    arms = tuple(_spread(arm, values) for arm, values in corrected.items())
    return DistributionInfo(_("Agreement per image"), about, _EDGES, arms)


def class_dots_info(
    classes: Sequence[str], scores: Mapping[Arm, Sequence[Agreement]], *, explainer: str, measure: str
) -> ClassDotsInfo:
    """scores: by arm, class by class in the order of `classes`."""
    about = _(
        "{measure} of {explainer} maps with the teacher's, corrected for chance, with its 95 % interval."
    ).format(measure=measure, explainer=explainer)
    first = next(iter(scores.values()))
    order = sorted(range(len(classes)), key=lambda label: _nan_last(first[label].interval.value))
    arms = tuple(_dots(arm, [of_arm[label] for label in order]) for arm, of_arm in scores.items())
    return ClassDotsInfo(_("Agreement by class"), about, tuple(classes[label] for label in order), arms)


def distribution_figure(info: DistributionInfo, *, height: int = 300) -> go.Figure:
    """A histogram outline per arm; the arm's marker on the axis is its mean."""
    figure = go.Figure()
    for spread in info.arms:
        figure.add_trace(_outline(info.edges, spread))
        figure.add_trace(_mean(spread))
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": 1, "dash": "dot"}, annotation_text=_("chance"))
    highest = max((share for spread in info.arms for share in spread.shares), default=0.0)
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        uirevision="kept",
        hovermode="x unified",
        legend=LEGEND_ABOVE,
        showlegend=True,
        xaxis={"title": _("agreement with the teacher"), "range": [-1.02, 1.02]},
        yaxis={
            "title": _("share of images"),
            "tickformat": ".0%",
            "automargin": True,
            "rangemode": "tozero",
            "autorangeoptions": {"include": LABEL_ROOM * highest},
        },
    )
    return figure


def class_dots_figure(info: ClassDotsInfo) -> go.Figure:
    """A row per class, with the arms above each other."""
    figure = go.Figure()
    for place, dots in enumerate(info.arms):
        lift = (place - (len(info.arms) - 1) / 2) * 0.22
        figure.add_trace(_class_dots(dots, info.classes, lift))
    figure.add_vline(x=0, line={"color": NEUTRAL, "width": 1, "dash": "dot"}, annotation_text=_("chance"))
    figure.update_layout(
        height=108 + 30 * len(info.classes),
        margin={"l": 8, "r": 8, "t": 36, "b": 8},
        uirevision="kept",
        legend=LEGEND_ABOVE,
        showlegend=True,
        xaxis={"title": _("agreement with the teacher")},
        yaxis={
            "tickvals": list(range(len(info.classes))),
            "ticktext": list(info.classes),
            "range": [len(info.classes) - 0.5, -0.9],  # room for the name of the line
            "automargin": True,
        },
    )
    return figure


def distribution_alt(info: DistributionInfo) -> str:
    """Each arm's mean, and the share of its images above chance."""
    parts = [_spread_words(info.edges, spread) for spread in info.arms]
    if not parts:
        return _("{title}: no values yet.").format(title=info.title)
    return _("{title}: {values}.").format(title=info.title, values=_("; ").join(parts))


def class_dots_alt(info: ClassDotsInfo) -> str:
    """The lowest and highest class of each arm."""
    values = _("; ").join(_dots_words(info.classes, dots) for dots in info.arms)
    return _("{title}: {values}.").format(title=info.title, values=values)


def _spread(arm: Arm, values: NDArray[np.floating]) -> ArmDistribution:
    defined = values[~np.isnan(values)].astype(np.float64)
    n = len(defined)
    # A value on an edge belongs above it, whatever float32 made of it.
    counts, _edges = np.histogram((defined + 1e-6).clip(_EDGES[0], _EDGES[-1]), bins=_EDGES)
    shares = tuple(float(count) / n if n else 0.0 for count in counts)
    return ArmDistribution(arm, shares, float(defined.mean()) if n else math.nan, n, len(values) - n)


def _dots(arm: Arm, scores: Sequence[Agreement]) -> ClassDots:
    return ClassDots(
        arm,
        tuple(each.interval.value for each in scores),
        tuple(each.interval.low for each in scores),
        tuple(each.interval.high for each in scores),
        tuple(each.n for each in scores),
    )


def _nan_last(value: float) -> float:
    return math.inf if math.isnan(value) else value


def _outline(edges: tuple[float, ...], spread: ArmDistribution) -> go.Scatter:
    style = ARM_STYLES[spread.arm]
    return go.Scatter(
        x=edges,
        y=(*spread.shares, spread.shares[-1]),
        name=style.label,
        legendgroup=spread.arm,
        mode="lines",
        line={"shape": "hv", "color": style.color, "width": 2},
        fill="tozeroy",
        fillcolor=style.faded(0.15),
        hovertext=[percentage(share) for share in (*spread.shares, spread.shares[-1])],
        hovertemplate="%{hovertext}",
    )


def _mean(spread: ArmDistribution) -> go.Scatter:
    style = ARM_STYLES[spread.arm]
    return go.Scatter(
        x=[spread.mean],
        y=[0],
        name=_("{arm}, mean").format(arm=style.label),
        legendgroup=spread.arm,
        showlegend=False,
        mode="markers",
        marker={"color": style.color, "symbol": style.symbol, "size": 12},
        cliponaxis=False,
        hovertext=[score(spread.mean)],
        hovertemplate="%{hovertext}",
    )


def _class_dots(dots: ClassDots, classes: tuple[str, ...], lift: float) -> go.Scatter:
    style = ARM_STYLES[dots.arm]
    return go.Scatter(
        x=dots.values,
        y=[row + lift for row in range(len(classes))],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [high - value for high, value in zip(dots.highs, dots.values, strict=True)],
            "arrayminus": [value - low for low, value in zip(dots.lows, dots.values, strict=True)],
            "thickness": 1.5,
            "width": 3,
        },
        name=style.label,
        mode="markers",
        marker={"color": style.color, "symbol": style.symbol, "size": 9},
        customdata=list(zip(classes, dots.counts, strict=True)),
        hovertext=[
            _("{label}: {value} ({low} to {high}), n = {count}").format(
                label=label, value=score(value), low=score(low), high=score(high), count=count
            )
            for label, value, low, high, count in zip(
                classes, dots.values, dots.lows, dots.highs, dots.counts, strict=True
            )
        ],
        hovertemplate="%{hovertext}",
    )


def _spread_words(edges: tuple[float, ...], spread: ArmDistribution) -> str:
    above = sum(share for edge, share in zip(edges, spread.shares, strict=False) if edge >= 0)
    values = {
        "arm": ARM_STYLES[spread.arm].label,
        "mean": score(spread.mean),
        "share": percentage(above, 0),
        "n": spread.n,
    }
    if not spread.undefined:
        return _("{arm} mean {mean}, {share} of {n} images at or above chance").format(**values)
    return _("{arm} mean {mean}, {share} of {n} images at or above chance, {undefined} undefined").format(
        **values, undefined=spread.undefined
    )


def _dots_words(classes: tuple[str, ...], dots: ClassDots) -> str:
    known = [(value, name) for value, name in zip(dots.values, classes, strict=True) if not math.isnan(value)]
    label = ARM_STYLES[dots.arm].label
    if not known:
        return _("{arm} undefined").format(arm=label)
    (low, lowest), (high, highest) = min(known), max(known)
    return _("{arm} from {low} ({lowest}) to {high} ({highest})").format(
        arm=label, low=score(low), lowest=lowest, high=score(high), highest=highest
    )
