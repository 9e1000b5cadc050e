"""Decoding of an image file to a given size."""

from __future__ import annotations

from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

# Formats of photographs and scans; PIL's other readers are not used on untrusted files.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")
MAX_PIXELS = 64_000_000


class TooManyPixelsError(Exception):
    """An image so large that decoding it could exhaust the memory."""


def picture(
    stream: IO[bytes], size: tuple[int, int], *, bars: tuple[int, int, int] | None = None
) -> tuple[NDArray[np.uint8], bool]:
    """An image, resized, RGB (3, height, width), upright; and whether it was enlarged.

    size: (height, width). The image is scaled to cover it, and the rest is cropped; with `bars`, an RGB
    colour of bytes, it is scaled to fit in, and the rest gets that colour. 16-bit grey keeps its upper 8
    bits; transparent areas become white. Raises TooManyPixelsError, and for a broken file whatever
    its reader raises.
    """
    try:
        opened = Image.open(stream, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooManyPixelsError from None
    with opened as image:
        if image.width * image.height > MAX_PIXELS:
            raise TooManyPixelsError
        height, width = size
        # A JPEG can be decoded at a half, quarter or eighth: 8 times faster for photographs.
        side = 2 * max(size)
        image.draft("RGB", (side, side))
        upright = ImageOps.exif_transpose(image)
        narrower, lower = upright.width < width, upright.height < height
        pixels, to, method = rgb(upright), (width, height), Image.Resampling.BICUBIC
        if bars is None:
            resized, enlarged = ImageOps.fit(pixels, to, method=method), narrower or lower
        else:
            resized, enlarged = ImageOps.pad(pixels, to, method=method, color=bars), narrower and lower
    return np.asarray(resized).transpose(2, 0, 1), enlarged


def rgb(image: Image.Image) -> Image.Image:
    """In RGB: 16-bit grey keeps its upper 8 bits, transparent areas become white."""
    if image.mode.startswith("I"):
        levels = np.asarray(image).astype(np.int64) >> 8
        return Image.fromarray(levels.clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.has_transparency_data:
        ground = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB")
    return image.convert("RGB")
