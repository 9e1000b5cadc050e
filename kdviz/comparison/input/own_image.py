"""A person's own picture, prepared as a run's images were. It stays in memory."""

from __future__ import annotations

from torch import Tensor

from kdviz.comparison.models.snapshots import RunImages
from kdviz.modalities import MODALITIES

PICTURE_TYPES = ("jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff", "ppm", "pgm")
"""File extensions of pictures."""


def prepare_image(file: bytes, images: RunImages) -> tuple[Tensor, bool]:
    """A picture file in the format of a run's images, uint8 (1, C, H, W); and whether it was enlarged.

    As for a folder of images: EXIF orientation applied, centre cropped and resized; grey where the run's
    images are grey. Raises DataError with one line for a file that is too large or cannot be read.
    """
    image, enlarged = MODALITIES["image"].read(file, tuple(images.test.images.shape[1:]))
    return image, enlarged
