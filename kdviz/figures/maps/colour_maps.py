"""Colour maps of matplotlib, stored in a file with a row each.

Importing matplotlib takes longer than drawing a page.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_FILE = Path(__file__).with_name("colour_maps.png")
_ROWS = ("cividis", "viridis", "gray", "PuOr_r")


@cache
def colour_map(name: str) -> NDArray[np.uint8]:
    """(256, 3): the colours of a map from its lower to its upper end. name: matplotlib's."""
    with Image.open(_FILE) as rows:
        colours: NDArray[np.uint8] = np.asarray(rows)[_ROWS.index(name)]
        return colours
