"""Images as points: whether both models are right, and whether their maps look alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from kdviz.figures.style import ARM_STYLES, LABEL_ROOM, LEGEND_BELOW, NEUTRAL
from kdviz.language import _, decimal, plural, sentences
from kdviz.types import BOXES, Arm, Box


@dataclass(frozen=True)
class BoxStyle:
    """name: in English. color: #rrggbb, by whether the maps look alike. symbol: filled if both are right."""

    name: str
    color: str
    symbol: str

    @property
    def label(self) -> str:
        """The box's name in the language of the page."""
        return _(self.name)


# Not colours of arms; at least 3:1 on white and on black; distinguishable for every colour vision.
_ALIKE, _APART = "#7E5FA8", "#A87B00"

BOX_STYLES: dict[Box, BoxStyle] = {
    "right-alike": BoxStyle("both right, look alike", _ALIKE, "circle"),
    "right-apart": BoxStyle("both right, look apart", _APART, "diamond"),
    "wrong-alike": BoxStyle("at least one wrong, look alike", _ALIKE, "circle-open"),
    "wrong-apart": BoxStyle("at least one wrong, look apart", _APART, "x"),
}


_BELOW = 120
"""Pixels below the chart: its ticks, the axis's title, and a legend of four lines on a narrow screen."""


@dataclass(frozen=True)
class BoxPoints:
    """The images of one box. indices: in the test set."""

    box: Box
    indices: tuple[int, ...]
    agreement: tuple[float, ...]
    confidence: tuple[float, ...]


@dataclass(frozen=True)
class ScatterInfo:
    """alike_above: corrected agreement above which maps look alike. undefined: number of images not drawn."""

    title: str
    about: str
    arm: Arm
    boxes: tuple[BoxPoints, ...]
    alike_above: float
    undefined: int


def scatter_info(
    arm: Arm,
    boxes: Sequence[Box | None],
    corrected: NDArray[np.floating],
    confidence: NDArray[np.floating],
    indices: NDArray[np.int64],
    *,
    alike_above: float,
) -> ScatterInfo:
    """All (N,), in the same order; None is an image with an undefined map."""
    groups = []
    for box in BOXES:
        places = [place for place, of_image in enumerate(boxes) if of_image == box]
        columns = (tuple(column[places].tolist()) for column in (indices, corrected, confidence))
        groups.append(BoxPoints(box, *columns))
    about = _(
        "Each point is a test image: the agreement of the {arm}'s map with the teacher's, and the {arm}'s "
        "confidence. Select points to list their images."
    ).format(arm=ARM_STYLES[arm].label)
    undefined = sum(of_image is None for of_image in boxes)
    return ScatterInfo(_("Agreement and confidence"), about, arm, tuple(groups), alike_above, undefined)


def scatter_figure(info: ScatterInfo, *, height: int = 380) -> go.Figure:
    """The figure, whose points carry their index in the test set for selection."""
    figure = go.Figure([_points(points) for points in info.boxes])
    if math.isfinite(info.alike_above):
        line = {"color": NEUTRAL, "width": 1, "dash": "dot"}
        figure.add_vline(x=info.alike_above, line=line, annotation_text=_("look alike"))
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 36, "b": _BELOW},
        uirevision="kept",
        selectionrevision="kept",
        dragmode="select",
        newselection={"line": {"color": NEUTRAL, "width": 2}},
        hovermode="closest",
        legend=LEGEND_BELOW,
        showlegend=True,
        xaxis={"title": _("agreement with the teacher")},
        yaxis={
            "title": _("confidence"),
            "tickformat": ".0%",
            "tickvals": [0, 0.2, 0.4, 0.6, 0.8, 1],
            "automargin": True,
            "autorangeoptions": {"include": LABEL_ROOM},
        },
    )
    return figure


def scatter_alt(info: ScatterInfo) -> str:
    """The number of points of each box."""
    counts = [f"{len(points.indices)} {BOX_STYLES[points.box].label}" for points in info.boxes]
    words = _("{title}, {arm}: images {counts}.").format(
        title=info.title, arm=ARM_STYLES[info.arm].label, counts=_("; ").join(counts)
    )
    undefined = plural("{count} has no defined map.", "{count} have no defined map.", info.undefined)
    return sentences(words, undefined) if info.undefined else words


def _points(points: BoxPoints) -> go.Scatter:
    style = BOX_STYLES[points.box]
    return go.Scatter(
        x=points.agreement,
        y=points.confidence,
        customdata=points.indices,
        name=f"{style.label} ({len(points.indices):,})",
        mode="markers",
        marker={"color": style.color, "symbol": style.symbol, "size": 7, "opacity": 0.7},
        hovertext=[decimal(value) for value in points.agreement],
        hovertemplate=_("image {index}: agreement {agreement}, confidence {confidence}").format(
            index="%{customdata}", agreement="%{hovertext}", confidence="%{y:.0%}"
        ),
    )
