"""Pictures that look alike: the difference hash, and pairs whose hashes are near each other.

Source: Krawetz 2013, "Kind of like that", hackerfactor.com; ImageHash's `dhash` computes the same bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MOST_DIFFERENT = 4
"""Bits, of 64, in which the hashes of two copies may differ.

Of photographs (flowers) reduced to 0.7 and saved as JPEG of quality 60, all are within 4, and no two others.
"""

_ROWS, _COLUMNS = 8, 8
_LEAST_STRUCTURE = 6
_AT_ONCE = 1024

Hashes = NDArray[np.uint64]


def difference_hash(picture: Image.Image) -> int:
    """64 bits, row by row: 1 where a cell of 9 x 8 grey ones is brighter than the cell to its left."""
    small = picture.convert("L").resize((_COLUMNS + 1, _ROWS), Image.Resampling.LANCZOS)
    cells = np.asarray(small)
    brighter = cells[:, 1:] > cells[:, :-1]
    return int.from_bytes(np.packbits(brighter).tobytes(), "big")


def near_pairs(first: Hashes, second: Hashes) -> list[tuple[int, int]]:
    """Indices of the pairs that differ in at most `MOST_DIFFERENT` bits, first ascending.

    Hashes with hardly a bit, or hardly a missing one, are left out: nearly flat pictures all have such.
    """
    found: list[tuple[int, int]] = []
    structured = np.flatnonzero(_is_structured(second))
    for start in range(0, len(first), _AT_ONCE):
        some = first[start : start + _AT_ONCE]
        near = np.bitwise_count(some[:, None] ^ second[structured][None]) <= MOST_DIFFERENT
        rows, columns = np.nonzero(near & _is_structured(some)[:, None])
        found += zip((rows + start).tolist(), structured[columns].tolist(), strict=True)
    return found


def _is_structured(hashes: Hashes) -> NDArray[np.bool_]:
    bits = np.bitwise_count(hashes)
    return (bits >= _LEAST_STRUCTURE) & (bits <= _ROWS * _COLUMNS - _LEAST_STRUCTURE)
