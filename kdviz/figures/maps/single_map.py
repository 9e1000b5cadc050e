"""Single maps as pictures, cell by cell, for step-by-step displays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kdviz.figures.maps.colour_maps import colour_map
from kdviz.figures.maps.overlay import Picture, enlarged, row_height
from kdviz.types import FloatArray


def map_picture(values: FloatArray, *, top: float) -> Picture:
    """A map (h, w) from 0, dark, to `top`, bright: cividis. Negative values are drawn as 0."""
    return _painted("cividis", values / top if top > 0 else np.zeros_like(values))


def signed_map_picture(values: FloatArray, *, reach: float) -> Picture:
    """A map (h, w) around 0, white: orange above, purple below, in full colour at ±reach."""
    return _painted("PuOr_r", 0.5 + values / (2 * reach) if reach > 0 else np.full_like(values, 0.5))


def with_box(image: Picture, box: Sequence[int]) -> Picture:
    """An image (H, W, C) as a picture, grey except for the outlined box (top, left, bottom, right)."""
    picture = enlarged(image)
    factor = picture.shape[1] // image.shape[1]
    top, left, bottom, right = (edge * factor for edge in box)
    top, bottom = top * row_height(image), bottom * row_height(image)
    inside = picture[top:bottom, left:right].copy()
    picture = (picture * 0.35 + 60).astype(np.uint8)
    picture[top:bottom, left:right] = inside
    line = max(2, factor // 2)
    for inset, level in ((0, 255), (line, 0)):  # visible on light and on dark
        rows, columns = (top + inset, bottom - inset), (left + inset, right - inset)
        _frame(picture[slice(*rows), slice(*columns)], line, level)
    return picture


def _frame(picture: Picture, line: int, level: int) -> None:
    """Paint the edges of a picture, in place."""
    for edge in (picture[:line], picture[-line:], picture[:, :line], picture[:, -line:]):
        edge[...] = level


def _painted(colours: str, level: NDArray[np.floating]) -> Picture:
    cells = np.clip(level * 256, 0, 255).astype(np.intp)  # 256 equal steps, as matplotlib takes them
    return enlarged(colour_map(colours)[cells])
