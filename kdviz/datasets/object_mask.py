"""Object masks at the size of the networks' input: cropped and resized as their pictures are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from kdviz.datasets.file_source import FileSource
from kdviz.datasets.image_file import FORMATS, MAX_PIXELS, TooManyPixelsError
from kdviz.datasets.region_files import Boxes, MaskFile

_ORIENTATION = 0x0112
_ON_ITS_SIDE = (5, 6, 7, 8)
_HALF = 128

_SAME_SHAPE = 0.02
"""Difference of two aspect ratios up to which a mask belongs to a picture of another resolution."""


def boxes_mask(boxes: Iterable[Sequence[float]], height: int, width: int) -> NDArray[np.bool_]:
    """Bool (height, width), true in the boxes: left, top, right and bottom in pixels, end exclusive."""
    mask = np.zeros((height, width), dtype=bool)
    for box in boxes:
        left, top, right, bottom = (max(0, round(side)) for side in box)
        mask[top:bottom, left:right] = True
    return mask


def object_mask(
    source: FileSource, region: MaskFile | Boxes, picture: IO[bytes], size: tuple[int, int]
) -> NDArray[np.bool_]:
    """Bool (height, width) of `size`: where the object is in the picture after `image_file.picture`.

    Raises ValueError if the mask has another shape than the picture, and whatever a reader raises.
    """
    with Image.open(picture, formats=FORMATS) as image:
        stored, orientation = image.size, image.getexif().get(_ORIENTATION, 1)
    mask = _drawn(source, region, stored)
    upright = stored[::-1] if orientation in _ON_ITS_SIDE else stored
    if not _same_shape(mask.size, upright):
        if not _same_shape(mask.size, stored):
            raise ValueError("the mask has another shape than its picture")
        mask.getexif()[_ORIENTATION] = orientation  # drawn on the picture as it is stored
        mask = ImageOps.exif_transpose(mask)
    height, width = size
    fitted = ImageOps.fit(mask, (width, height), method=Image.Resampling.BOX)
    return np.asarray(fitted) >= _HALF


def _drawn(source: FileSource, region: MaskFile | Boxes, stored: tuple[int, int]) -> Image.Image:
    if isinstance(region, Boxes):
        width, height = region.size or stored
        _check_pixels(width, height)
        return Image.fromarray(boxes_mask(region.boxes, height, width)).convert("L")
    with source.open(region.name) as file, Image.open(file, formats=FORMATS) as image:
        _check_pixels(*image.size)
        return image.convert("L")


def _same_shape(first: tuple[int, int], second: tuple[int, int]) -> bool:
    return abs(first[0] * second[1] / (first[1] * second[0]) - 1) <= _SAME_SHAPE


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise TooManyPixelsError
