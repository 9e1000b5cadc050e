"""Rows of small images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kdviz.figures.maps.overlay import Picture, side_by_side

_TILE = 96
_DIMMED = 0.3


def gallery_row(images: Sequence[Picture], masks: Sequence[NDArray[np.bool_]] | None = None) -> Picture:
    """Images (H, W, 1 or 3) side by side, in tiles of about the same size.

    masks: (H, W) per tile, true on the object: everything else is dimmed.
    """
    shown = images if masks is None else [_lit(*pair) for pair in zip(images, masks, strict=True)]
    return side_by_side([_tile(image) for image in shown])


def _lit(image: Picture, mask: NDArray[np.bool_]) -> Picture:
    return np.where(mask[..., None], image, image * _DIMMED).astype(np.uint8)


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
