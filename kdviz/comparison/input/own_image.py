"""A person's own picture, prepared as a run's images were. It stays in memory."""

from __future__ import annotations

import io

import torch
from torch import Tensor

from kdviz.comparison.models.snapshots import RunImages
from kdviz.datasets.image_file import FORMATS, MAX_PIXELS, TooManyPixelsError, picture
from kdviz.errors import DataError

MAX_FILE_MB = 20

PICTURE_TYPES = ("jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff", "ppm", "pgm")
"""File extensions of pictures."""

_LUMA = (0.299, 0.587, 0.114)


def prepare_image(file: bytes, images: RunImages) -> tuple[Tensor, bool]:
    """A picture file in the format of a run's images, uint8 (1, C, H, W); and whether it was enlarged.

    As for a folder of images: EXIF orientation applied, centre cropped and resized; grey where the run's
    images are grey. Raises DataError with one line for a file that is too large or cannot be read.
    """
    if len(file) > MAX_FILE_MB * 2**20:
        raise DataError(f"picture: the file has {len(file) / 2**20:.0f} MB, at most {MAX_FILE_MB} are read.")
    _, channels, height, width = images.test.images.shape
    try:
        pixels, enlarged = picture(io.BytesIO(file), (height, width))
    except TooManyPixelsError:
        raise DataError(
            f"picture: it has more than {MAX_PIXELS // 1_000_000} million pixels. Make it smaller."
        ) from None
    except Exception:  # a broken file can raise anything
        raise DataError(
            f"picture: this file cannot be read as a picture. These can: {', '.join(FORMATS)}."
        ) from None
    image = torch.from_numpy(pixels.copy())[None]
    if channels == 1:
        luma = torch.tensor(_LUMA).view(1, 3, 1, 1)
        image = (image * luma).sum(1, keepdim=True).round().to(torch.uint8)
    return image, enlarged
