"""Which layer to match maps at where the last map has few cells."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from kdviz.types import Layer

_FEW = 3
"""Cells along a side. Measured in docs/teachers.md: with 6 × 6 cells Grad-CAM finds the object more often."""


def finer_layer(sizes: Mapping[Layer, tuple[int, ...]]) -> Layer | None:
    """The next finer layer than the last, if the last has at most 3 × 3 cells; else None.

    sizes: (rows, columns) of the maps by layer, "last" among them.
    """
    if max(sizes["last"]) > _FEW:
        return None
    finer = [layer for layer, size in sizes.items() if prod(size) > prod(sizes["last"])]
    return min(finer, key=lambda layer: prod(sizes[layer]), default=None)
