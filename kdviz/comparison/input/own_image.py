"""A user's image, prepared like the images of a run. It stays in memory."""

from __future__ import annotations

from torch import Tensor

from kdviz.comparison.models.snapshots import RunImages
from kdviz.modalities import MODALITIES

PICTURE_TYPES = ("jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff", "ppm", "pgm")
"""File extensions of images."""


def prepare_image(file: bytes, images: RunImages, *, letterbox: bool = False) -> tuple[Tensor, bool]:
    """An image file in the format of a run's images, uint8 (1, C, H, W); and whether it was enlarged.

    As for a folder of images: EXIF orientation is applied, the centre is cropped and resized; grey if the
    run's images are grey. letterbox: the whole image is kept instead, with bars of the training images' mean
    colour, which a network receives as 0. Raises DataError with one line for a file that is too large or
    unreadable.
    """
    shape = tuple(images.test.images.shape[1:])
    image, enlarged = MODALITIES["image"].read(file, shape, padding=images.mean if letterbox else None)
    return image, enlarged
