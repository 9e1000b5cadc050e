"""Rows of small images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kdviz.figures.maps.overlay import Picture, side_by_side

_TILE = 96
_LIGHT, _FRAME, _DARK = 255, 128, 0


def gallery_row(images: Sequence[Picture], masks: Sequence[NDArray[np.bool_]] | None = None) -> Picture:
    """Images (H, W, 1 or 3) side by side, in tiles of about the same size, each with a thin frame.

    Without it, what is as bright or as dark as the page at a picture's edge looks cut out.
    masks: (H, W) per tile, true on the object, which is outlined: white, with black inside it.
    """
    tiles = [_tile(image) for image in images]
    if masks is not None:
        tiles = [object_outlined(*pair) for pair in zip(tiles, masks, strict=True)]
    frame = ((1, 1), (1, 1), (0, 0))
    return side_by_side([np.pad(tile, frame, constant_values=_FRAME) for tile in tiles])


def object_outlined(tile: Picture, mask: NDArray[np.bool_]) -> Picture:
    """An enlarged image with the outline of a mask (H, W) of the original: white, with black inside it."""
    resized = Image.fromarray(mask).resize((tile.shape[1], tile.shape[0]), Image.Resampling.NEAREST)
    whole = np.asarray(resized)
    inner = _eroded(whole)
    picture = tile.copy()
    picture[whole & ~inner] = _LIGHT
    picture[inner & ~_eroded(inner)] = _DARK
    return picture


def _eroded(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask without the pixels at its edge or at the picture's."""
    padded = np.pad(mask, 1)
    return padded[1:-1, 1:-1] & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]


def _tile(image: Picture) -> Picture:
    """Small images are enlarged by an integer factor, so that pixels stay sharp; larger ones are reduced."""
    rgb = np.broadcast_to(image, (*image.shape[:2], 3))
    longest = max(image.shape[:2])
    if longest > _TILE:
        small = Image.fromarray(np.ascontiguousarray(rgb))
        small.thumbnail((_TILE, _TILE))
        return np.asarray(small)
    factor = max(1, round(_TILE / longest))
    return rgb.repeat(factor, axis=0).repeat(factor, axis=1)
