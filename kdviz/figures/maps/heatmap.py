"""Comparable heatmaps from raw attributions.

Raw attributions of two networks have different units, since logits differ in scale. What can be compared is
how each network *distributes* its evidence. So a heatmap here is a density: the positive part, divided by its
own mean. 1 is uniform evidence, 5 five times that; without smoothing or clipping.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from kdviz.figures.maps.colour_scale import ColourScale
from kdviz.figures.maps.contour import in_blocks
from kdviz.language import _
from kdviz.types import Arm, FloatArray

FINE_CELLS, CLIPPED = 256, 0.005
"""Cells from which on a map is fine; the share of the highest cells of one that does not set its scale."""

_CLEAR, _MUCH = 2.0, 1 / 4
"""Times an even spread: a map whose maximum is lower has no clear spot. A share of a text's evidence.

One of few words may hold much of the evidence, and yet less than twice an even spread.
"""


@dataclass(frozen=True, eq=False)
class Heatmaps:
    """The heatmaps of one image, one for each arm including the teacher, on one colour scale.

    positive: densities, each (*s) at its own size, all NaN where undefined. values: what is drawn, the
    densities or signed maps. clipped: the share of the teacher's highest cells above the scale's limit.
    """

    positive: Mapping[Arm, FloatArray]
    values: Mapping[Arm, FloatArray]
    scale: ColourScale
    clipped: float = 0.0

    def is_defined(self, arm: Arm) -> bool:
        """Whether an arm has a map to draw."""
        return is_defined(self.values[arm])

    @property
    def highest(self) -> tuple[Arm, float]:
        """The arm with the highest density, and that value."""
        values = {arm: _highest([heat]) for arm, heat in self.positive.items()}
        arm = max(values, key=lambda each: values[each])
        return arm, values[arm]

    @property
    def difference_scale(self) -> ColourScale:
        """Of the difference of two of them: the maps' own full colour, on both sides of 0.

        By its own extremes, a few cells beyond that would make all else look empty.
        """
        return ColourScale(self.scale.limit, signed=True)


def heatmaps(
    attributions: Mapping[Arm, FloatArray],
    *,
    signed: bool = False,
    clip: bool = False,
    colours: str = "cividis",
) -> Heatmaps:
    """The heatmaps of raw attributions, each (*s). colours: one of COLOUR_MAPS.

    signed: with the evidence against the class. clip: in maps of many cells, the highest 0.5 % of the
    teacher's do not set the scale, since outliers would darken the rest.
    """
    positive = {arm: density(each) for arm, each in attributions.items()}
    if signed:
        values = {arm: signed_density(each) for arm, each in attributions.items()}
        return Heatmaps(positive, values, ColourScale(symmetric_limit(_reference(values)), signed=True))
    clipped = CLIPPED if clip and positive["teacher"].size > FINE_CELLS else 0.0
    scale = ColourScale(scale_limit(positive, clipped=clipped), colours=colours)
    return Heatmaps(positive, positive, scale, clipped)


def own_scale(attribution: FloatArray, *, signed: bool = False, colours: str = "cividis") -> ColourScale:
    """The scale of a map that is drawn by itself, as `heatmaps` would set it for a teacher."""
    return heatmaps({"teacher": attribution}, signed=signed, clip=True, colours=colours).scale


@dataclass(frozen=True)
class PeakRegion:
    """The ninth of the image that holds most of a heatmap, and its share of the whole in [0, 1]."""

    name: str
    share: float


def present_cells(values: FloatArray) -> FloatArray:
    """The cells of a map where its input has something: all (h, w) of an image's, a text's words.

    A text's map (L,) is NaN where it has no word.
    """
    return values[~np.isnan(values)] if values.ndim == 1 else values


def is_defined(values: FloatArray) -> bool:
    """Whether a map has a finite value wherever its input has something."""
    cells = present_cells(values)
    return cells.size > 0 and bool(np.isfinite(cells).all())


def undefined_reason(attribution: FloatArray) -> str:
    """Why an attribution has no heatmap; "" if it has one."""
    if not is_defined(attribution):
        return _("the map holds values that are not finite")
    if present_cells(attribution).max() <= 0:
        return _("no positive evidence for this class")
    return ""


def density(attribution: FloatArray) -> FloatArray:
    """The positive part of an attribution (*s), divided by its mean; all NaN where undefined."""
    if undefined_reason(attribution):
        return np.full_like(attribution, np.nan)
    heat: FloatArray = np.maximum(attribution, 0) / strength(attribution)
    return heat


def signed_density(attribution: FloatArray) -> FloatArray:
    """An attribution (*s) divided by its mean absolute value; all NaN where not finite or all 0."""
    if not is_defined(attribution) or not present_cells(attribution).any():
        return np.full_like(attribution, np.nan)
    signed: FloatArray = attribution / strength(attribution, signed=True)
    return signed


def strength(attribution: FloatArray, *, signed: bool = False) -> np.floating:
    """What 1 stands for in an attribution's map: the mean of its positive part; signed: of its magnitude."""
    cells = present_cells(attribution)
    mean: np.floating = (np.abs(cells) if signed else np.maximum(cells, 0)).mean()
    return mean


def scale_limit(heatmaps: Mapping[Arm, FloatArray], *, clipped: float = 0.0) -> float:
    """The limit of one scale for all arms: the teacher's maximum, at least 1.

    So the scale does not change with the students, and one concentrated student does not darken all the
    others. Higher values have the full colour. Without a map of the teacher: the maximum of all. clipped: the
    share of a map's highest cells that is ignored.
    """
    return _highest(
        np.quantile(heat, 1 - clipped, keepdims=True) if clipped else heat for heat in _reference(heatmaps)
    )


def symmetric_limit(differences: Iterable[FloatArray]) -> float:
    """The limit of one scale around 0: the largest absolute value, at least 1, so that noise stays faint."""
    return _highest(np.abs(difference) for difference in differences)


def peak_region(heatmap: FloatArray) -> PeakRegion:
    """The ninth of the image with the largest part of a heatmap (h, w). Undefined or blank: ("", NaN)."""
    if not np.isfinite(heatmap).all() or heatmap.max() <= 0:
        return PeakRegion("", float("nan"))
    rows, columns = map(_in_thirds, heatmap.shape)
    parts = rows @ heatmap @ columns.T
    row, column = np.unravel_index(parts.argmax(), parts.shape)
    return PeakRegion(_ninths()[row][column], float(parts.max() / parts.sum()))


def brightest_point(heatmap: FloatArray) -> tuple[float, float]:
    """The middle of the highest cell of a heatmap (h, w), down and across; of a fine one, of a block."""
    cells = in_blocks(heatmap)
    row, column = np.unravel_index(cells.argmax(), cells.shape)
    return (float(row) + 0.5) / cells.shape[0], (float(column) + 0.5) / cells.shape[1]


def has_clear_spot(heatmap: FloatArray) -> bool:
    """Whether a map (*s) stands out anywhere, by twice an even spread; a text's also by a quarter of it all.

    heatmap: a density, or a signed one, of which both sides count.
    """
    if not is_defined(heatmap):
        return False
    cells = np.abs(present_cells(heatmap))
    return float(cells.max()) >= (min(_CLEAR, _MUCH * cells.size) if heatmap.ndim == 1 else _CLEAR)


def place_name(down: float, across: float) -> str:
    """The ninth of the image that holds a point, e.g. "lower left". down, across: shares, in [0, 1)."""
    return _ninths()[int(3 * down)][int(3 * across)]


def _in_thirds(cells: int) -> FloatArray:
    """(3, cells): the share of each cell of a side in each third of it, as a cell may lie in two."""
    edges = np.arange(cells + 1) * 3 / cells
    thirds = np.arange(3)[:, None]
    return np.asarray(np.diff(np.clip(edges, thirds, thirds + 1)) * cells / 3, np.float32)


def _ninths() -> tuple[tuple[str, str, str], ...]:
    return (
        (_("upper left"), _("upper centre"), _("upper right")),
        (_("middle left"), _("centre"), _("middle right")),
        (_("lower left"), _("lower centre"), _("lower right")),
    )


def _reference(maps: Mapping[Arm, FloatArray]) -> Iterable[FloatArray]:
    """The maps that set the scale: the teacher's, or all maps if it is undefined."""
    return [maps["teacher"]] if is_defined(maps["teacher"]) else maps.values()


def _highest(maps: Iterable[FloatArray]) -> float:
    return max([1.0, *(float(present_cells(each).max()) for each in maps if is_defined(each))])
