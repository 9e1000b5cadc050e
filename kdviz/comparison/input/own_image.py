"""A user's image, prepared like the images of a run. It stays in memory."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from kdviz.comparison.models.snapshots import RunImages
from kdviz.modalities import MODALITIES

PICTURE_TYPES = ("jpg", "jpeg", "png", "webp", "bmp", "gif", "tif", "tiff", "ppm", "pgm")
"""File extensions of images."""

_SIDE, _MOST, _USUAL = 8, 1000, 0.99


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


def is_unlike(image: Tensor, images: RunImages) -> bool:
    """Whether an image, uint8 (1, C, H, W), is unlike all test images of a run.

    Compared are averages over 8 × 8 blocks. It is unlike if its distance to the nearest test image is larger
    than that of 99 % of the test images to their nearest other one. Up to 1,000 of them are used.
    """
    known, usual = _known(images)
    return float(torch.cdist(_coarse(image), known).min()) > usual


@lru_cache(maxsize=4)
def _known(images: RunImages) -> tuple[Tensor, float]:
    """The coarse test images, (n, k), and the distance within which nearly all have another one."""
    every = -(-len(images.test) // _MOST)
    known = _coarse(images.test.images[::every])
    between = torch.cdist(known, known).fill_diagonal_(torch.inf)
    return known, float(between.amin(1).quantile(_USUAL))


def _coarse(images: Tensor) -> Tensor:
    """Images (n, C, H, W) as averages over blocks, (n, C · 64)."""
    return functional.adaptive_avg_pool2d(images.float(), _SIDE).flatten(1)
