"""From a raw attribution to numbers that may be drawn side by side.

Raw attributions of two networks are not in the same unit: logits differ in scale. What can be compared
is how each network *spreads* its evidence. So a heatmap here is a density: the positive part, divided by
its own mean. 1 is an even spread over the picture, 5 is five times that; no smoothing, no clipping.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kdviz.language import _
from kdviz.types import Arm

if TYPE_CHECKING:
    from kdviz.types import FloatArray


@dataclass(frozen=True)
class PeakRegion:
    """Where most of a heatmap lies: a ninth of the picture, and its share of the whole in [0, 1]."""

    name: str
    share: float


def undefined_reason(attribution: FloatArray) -> str:
    """Why an attribution has no heatmap, in words for a person; empty where it has one."""
    if not np.isfinite(attribution).all():
        return _("the map holds values that are not finite")
    if attribution.max() <= 0:
        return _("nothing here speaks for this class")
    return ""


def density(attribution: FloatArray) -> FloatArray:
    """The positive part of an attribution (h, w), divided by its mean; all NaN where undefined."""
    if undefined_reason(attribution):
        return np.full_like(attribution, np.nan)
    positive = np.maximum(attribution, 0)
    heat: FloatArray = positive / positive.mean()
    return heat


def signed_density(attribution: FloatArray) -> FloatArray:
    """An attribution (h, w) with its signs, over its mean strength; all NaN where not finite or all 0."""
    strength = np.abs(attribution).mean()
    if not np.isfinite(strength) or strength == 0:
        return np.full_like(attribution, np.nan)
    signed: FloatArray = attribution / strength
    return signed


def scale_limit(heatmaps: Mapping[Arm, FloatArray], *, clipped: float = 0.0) -> float:
    """Where the one scale of all arms has its full colour: at the teacher's own maximum, at least 1.

    So the scale stays the same while students change, and one sharp student does not darken all the
    others. What is higher is drawn in full colour. Without a map of the teacher: the highest of all.
    clipped: the share of a map's highest cells that does not count.
    """
    teacher = heatmaps["teacher"]
    counted = [teacher] if np.isfinite(teacher).all() else heatmaps.values()
    return _highest(np.quantile(heat, 1 - clipped, keepdims=True) for heat in counted)


def highest_arm(heatmaps: Mapping[Arm, FloatArray]) -> tuple[Arm, float]:
    """The arm with the highest value of all, and that value."""
    values = {arm: _highest([heat]) for arm, heat in heatmaps.items()}
    arm = max(values, key=lambda each: values[each])
    return arm, values[arm]


def symmetric_limit(differences: Iterable[FloatArray]) -> float:
    """Both ends of one scale around 0: the largest absolute value, at least 1, so that noise stays faint."""
    return _highest(np.abs(difference) for difference in differences)


def peak_region(heatmap: FloatArray) -> PeakRegion:
    """The ninth of the picture that holds most of a heatmap (h, w). Undefined or blank: ("", NaN)."""
    if not np.isfinite(heatmap).all() or heatmap.max() <= 0:
        return PeakRegion("", float("nan"))
    height, width = heatmap.shape
    rows, columns = np.arange(height) * 3 // height, np.arange(width) * 3 // width
    parts = np.zeros((3, 3))
    np.add.at(parts, (rows[:, None], columns[None, :]), heatmap)
    row, column = np.unravel_index(parts.argmax(), parts.shape)
    return PeakRegion(_ninths()[row][column], float(parts.max() / parts.sum()))


def _ninths() -> tuple[tuple[str, str, str], ...]:
    return (
        (_("upper left"), _("upper centre"), _("upper right")),
        (_("middle left"), _("centre"), _("middle right")),
        (_("lower left"), _("lower centre"), _("lower right")),
    )


def _highest(heatmaps: Iterable[FloatArray]) -> float:
    return max([1.0, *(float(heat.max()) for heat in heatmaps if np.isfinite(heat).all())])
