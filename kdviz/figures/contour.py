"""The outline of a heatmap's highest cells. It follows the map's own cells: a finer edge would be invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kdviz.figures.palette import ARM_STYLES
from kdviz.figures.pictures import Picture
from kdviz.types import Arm

if TYPE_CHECKING:
    from kdviz.types import FloatArray

OUTLINED_SHARE = 0.2
"""The share of a map's cells that an outline goes around."""


def outlined_from(heatmap: FloatArray) -> float:
    """The value from which a cell of a heatmap (h, w) is inside the outline; NaN where undefined or flat.

    That of the k-th highest cell, k = 20 % of them. Where fewer stand out from the lowest, only those do.
    """
    values = np.sort(heatmap, axis=None)
    if not np.isfinite(values).all() or values[0] == values[-1]:
        return float("nan")
    wanted = values[-max(1, round(OUTLINED_SHARE * len(values)))]
    return float(wanted if wanted > values[0] else values[values > values[0]].min())


def outlined(picture: Picture, heatmap: FloatArray, arm: Arm) -> Picture:
    """A picture with the outline of a heatmap's highest cells in the arm's colour, white along its inside."""
    inside = Image.fromarray(heatmap >= outlined_from(heatmap))
    mask = np.asarray(inside.resize(picture.shape[1::-1], Image.Resampling.NEAREST))
    line, drawn = max(2, picture.shape[0] // 100), picture.copy()
    outer, inner = _shrunk(mask, line), _shrunk(mask, 2 * line)
    drawn[mask & ~outer] = ARM_STYLES[arm].rgb
    drawn[outer & ~inner] = 255
    return drawn


def _shrunk(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """Without what is nearer than `by` to a pixel outside, or to the picture's edge."""
    height, width = mask.shape
    padded, kept = np.pad(mask, by), mask
    for down in (0, by, 2 * by):
        for right in (0, by, 2 * by):
            kept = kept & padded[down : down + height, right : right + width]
    return kept
