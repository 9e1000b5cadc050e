"""Images: normalization, augmentation, baselines and reading."""

from __future__ import annotations

import io
from collections.abc import Sequence

import torch
from torch import Tensor

from kdviz.datasets import Normalizer
from kdviz.datasets.image_file import FORMATS, MAX_PIXELS, TooManyPixelsError, picture
from kdviz.errors import DataError
from kdviz.explainers import absent_pixels

MAX_PICTURE_MB = 20

_LUMA = (0.299, 0.587, 0.114)


def normalizer(mean: Sequence[float], std: Sequence[float], device: torch.device) -> Normalizer:
    """The normalizer of images with these channel means and standard deviations, of pixels in [0, 1]."""
    return Normalizer.of(mean, std, device)


def mirrored(images: Tensor, index: Tensor, variant: Tensor) -> Tensor:
    """Images (B, C, H, W), flipped left to right where the variant, (B,), is 1."""
    return torch.where(variant.bool().view(-1, 1, 1, 1), images.flip(-1), images)


def mirrored_masks(masks: Tensor, index: Tensor, variant: Tensor) -> Tensor:
    """Masks (B, H, W), likewise."""
    return torch.where(variant.bool().view(-1, 1, 1), masks.flip(-1), masks)


def baseline(name: str, images: Tensor, normalizer: Normalizer) -> Tensor:
    """The baseline of that name for normalized images (N, C, H, W). Raises ConfigError if unknown."""
    black = normalizer.normalize(torch.zeros(1, images.shape[1], 1, 1, dtype=torch.uint8))[0]
    return absent_pixels(name, images, black=black)


def read(
    file: bytes, input_shape: tuple[int, ...], *, padding: Sequence[float] | None = None
) -> tuple[Tensor, bool]:
    """An image file as uint8 (1, C, H, W), and whether it was enlarged.

    As for a folder of images: EXIF orientation is applied, the centre is cropped and resized; grey if C is 1.
    padding: channel values in [0, 1] with which the whole image is padded instead.
    Raises DataError with one line for a file that is too large or unreadable.
    """
    if len(file) > MAX_PICTURE_MB * 2**20:
        raise DataError(
            f"picture: the file has {len(file) / 2**20:.0f} MB, at most {MAX_PICTURE_MB} are read."
        )
    channels, height, width = input_shape
    try:
        pixels, enlarged = picture(io.BytesIO(file), (height, width), bars=_rgb(padding))
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


def _rgb(values: Sequence[float] | None) -> tuple[int, int, int] | None:
    """One or three channel values in [0, 1] as RGB bytes."""
    if values is None:
        return None
    red, *others = (round(255 * value) for value in values)
    green, blue = others or (red, red)
    return red, green, blue
