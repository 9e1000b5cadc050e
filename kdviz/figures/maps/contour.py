"""The outline of a heatmap's highest cells. It follows cell borders: the map has no finer resolution."""

from __future__ import annotations

import numpy as np
from PIL import Image

from kdviz.types import FloatArray

Corner = tuple[int, int]
"""x and y, in cells from the map's upper left."""

Way = tuple[int, int]
"""A step of one cell, across and down."""

OUTLINED_SHARE = 0.2
"""Share of the cells inside the outline."""

# Maps with more than 14 cells per side are outlined by 8 blocks per side: noise has no shape.
_FINE, _BLOCKS = 14, 8

# The sides of a cell, clockwise: the neighbour, the corner where the side begins, and its direction.
_SIDES: tuple[tuple[Way, Corner, Way], ...] = (
    ((0, -1), (0, 0), (1, 0)),
    ((1, 0), (1, 0), (0, 1)),
    ((0, 1), (1, 1), (-1, 0)),
    ((-1, 0), (0, 1), (0, -1)),
)


def outline_threshold(heatmap: FloatArray) -> float:
    """The value from which a cell of a heatmap (h, w) is inside the outline; NaN if undefined or constant.

    The value of the k-th highest cell, k = 20 % of them. If fewer are above the minimum, only those are
    inside.
    """
    values = np.sort(heatmap, axis=None)
    if not np.isfinite(values).all() or values[0] == values[-1]:
        return float("nan")
    wanted = values[-max(1, round(OUTLINED_SHARE * len(values)))]
    return float(wanted if wanted > values[0] else values[values > values[0]].min())


def outline(heatmap: FloatArray) -> list[list[Corner]]:
    """Closed lines around a heatmap's highest cells, as corners: clockwise around cells, else around holes.

    Cells that touch only at a corner are kept apart. Empty if the map is undefined or constant.
    """
    ways, loops = _ways(heatmap), []
    while ways:
        loops.append(_loop(ways))
    return loops


def in_blocks(heatmap: FloatArray) -> FloatArray:
    """The heatmap as it is outlined: its own cells, or means over blocks if they are very fine."""
    if max(heatmap.shape) <= _FINE:
        return heatmap
    return np.asarray(Image.fromarray(heatmap).resize((_BLOCKS, _BLOCKS), Image.Resampling.BOX))


def _ways(heatmap: FloatArray) -> dict[Corner, list[Way]]:
    """The edges between a cell inside and one outside, by their first corner."""
    inside = np.pad(heatmap >= outline_threshold(heatmap), 1)
    ways: dict[Corner, list[Way]] = {}
    for (right, down), (x, y), way in _SIDES:
        outside = ~np.roll(inside, (-down, -right), axis=(0, 1))
        for row, column in np.argwhere(inside & outside).tolist():
            ways.setdefault((column - 1 + x, row - 1 + y), []).append(way)
    return ways


def _loop(ways: dict[Corner, list[Way]]) -> list[Corner]:
    """Removes one closed line from the edges; its corners, without collinear ones."""
    start = at = next(iter(ways))
    way = ways[start][0]
    line: list[tuple[Corner, Way]] = []
    while not line or at != start:
        right_turn = (-way[1], way[0])
        way = right_turn if right_turn in ways[at] else ways[at][0]
        ways[at].remove(way)
        if not ways[at]:
            del ways[at]
        line.append((at, way))
        at = (at[0] + way[0], at[1] + way[1])
    before = [line[-1], *line[:-1]]
    return [corner for (corner, way), (_corner, came) in zip(line, before, strict=True) if way != came]
