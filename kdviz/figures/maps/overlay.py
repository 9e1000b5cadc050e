"""Heatmaps overlaid on images, rows of images, and PNG files.

A picture is uint8 (H, W, 3), or (H, W, 4) with transparency. Images are enlarged by an integer factor without
smoothing; heatmaps are resized bilinearly, or cell by cell if the map's own grid is to be visible.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kdviz.figures.maps.colour_scale import ColourScale
from kdviz.figures.maps.heatmap import Heatmaps
from kdviz.figures.style import ARM_STYLES
from kdviz.types import Arm, FloatArray

Picture = NDArray[np.uint8]

_SIDE = 240
"""Smallest length of a picture's longer side in pixels: sharp on a page, a few kB as PNG."""

OVERLAY_OPACITY = 0.9
"""Opacity of the full colour in an overlay."""

_SIGNED_OPACITY = 0.8

_WIDEST = 2.5
"""Width of a spectrogram over its height as it is drawn, about: that of one second."""

_FRAME = (0, 0, 255, 255, 0, 0)
"""Grey levels of a frame's lines, from the inside out."""


def row_height(image: Picture) -> int:
    """How many times as high as wide an image's cells are drawn: 1, more in a spectrogram of some seconds.

    Only spectrograms are grey and so wide: images of one's own are in colour, and keep their shape.
    """
    height, width = image.shape[:2]
    return max(1, round(width / (_WIDEST * height))) if flattened(image).ndim == 2 else 1


def enlarged(image: Picture) -> Picture:
    """An image (H, W), (H, W, 1) or (H, W, 3) as a picture, enlarged by an integer factor.

    Its rows by `row_height` times that.
    """
    flat = flattened(image)
    rgb = flat if flat.ndim == 3 else np.repeat(flat[..., None], 3, axis=-1)
    factor = -(-_SIDE // max(rgb.shape[:2]))
    return rgb.repeat(factor * row_height(image), axis=0).repeat(factor, axis=1)


def overlay(
    image: Picture,
    values: FloatArray,
    scale: ColourScale,
    *,
    opacity: float | None = None,
    grid: bool = False,
) -> Picture:
    """A map (h, w) over an image; opacity increases with the distance of a value from 0.

    scale: one for all maps that are compared. opacity: of the full colour; None is 0.9, or 0.8 if signed. At
    0 the image is unchanged; the higher, the greyer the image under the map, so that hues belong to the map.
    grid: the map's own cells, not smoothed. An undefined map gives a hatched picture.
    """
    if not np.isfinite(values).all():
        return hatched(image)
    if opacity is None:
        opacity = _SIGNED_OPACITY if scale.signed else OVERLAY_OPACITY
    base = _faded(enlarged(image), opacity)
    levels = scale.levels(resized(values, base.shape[:2], grid=grid))
    return _blend(base, scale.colours_of(levels), opacity * np.abs(levels))


def colour_bar(*, signed: bool = False, colours: str = "cividis") -> Picture:
    """A scale from its lower to its upper end as an overlay shows it, on mid-grey: (10, 256, 3).

    colours: one of COLOUR_MAPS.
    """
    levels: FloatArray = np.linspace(-1 if signed else 0, 1, 256, dtype=np.float32)
    opacity = _SIGNED_OPACITY if signed else OVERLAY_OPACITY
    base = np.full((256, 3), 128, dtype=np.uint8)
    drawn = _blend(base, ColourScale(1, signed, colours).colours_of(levels), opacity * np.abs(levels))
    return np.repeat(drawn[None], 10, axis=0)


def arm_overlay(image: Picture, maps: Heatmaps, arm: Arm) -> Picture:
    """An arm's heatmap over the image, with a bar in the arm's colour at the bottom."""
    return with_arm_bar(overlay(image, maps.values[arm], maps.scale), arm)


def heatmap_row(image: Picture, maps: Heatmaps, *, box: Sequence[int] | None = None) -> Picture:
    """The image, then every arm's overlay, side by side. box: framed in each."""
    row = [enlarged(image), *(arm_overlay(image, maps, arm) for arm in maps.values)]
    return side_by_side(row if box is None else [framed(each, box, image) for each in row])


def framed(picture: Picture, box: Sequence[int], image: Picture) -> Picture:
    """An enlarged picture of an image, with black, white and black lines around a box, seen on any colour.

    box: its top, left, bottom and right edge in pixels of the image, the last two exclusive.
    """
    drawn, factor = picture.copy(), picture.shape[1] // image.shape[1]
    top, left, bottom, right = (edge * factor for edge in box)
    top, bottom = top * row_height(image), bottom * row_height(image)
    for out, level in enumerate(_FRAME, start=1):
        inner = drawn[max(top - out, 0) : bottom + out, max(left - out, 0) : right + out]
        inner[0], inner[-1], inner[:, 0], inner[:, -1] = level, level, level, level
    return drawn


def hatched(image: Picture) -> Picture:
    """The picture of "undefined": the dimmed image under diagonal lines."""
    base = grey(enlarged(image)).astype(np.float32) * 0.45 + 70
    rows, columns = np.indices(base.shape[:2])
    base[(rows + columns) % 16 < 3] = 190
    return base.astype(np.uint8)


def with_arm_bar(picture: Picture, arm: Arm) -> Picture:
    """The picture with a bar in the arm's colour along the bottom."""
    bar = np.empty((max(4, picture.shape[0] // 32), picture.shape[1], 3), np.uint8)
    bar[:] = ARM_STYLES[arm].rgb
    return np.concatenate([picture, bar])


def side_by_side(pictures: Sequence[Picture], *, gap: int = 8) -> Picture:
    """Pictures in a row, with transparent gaps, aligned at the top."""
    height = max(picture.shape[0] for picture in pictures)
    width = sum(picture.shape[1] for picture in pictures) + gap * (len(pictures) - 1)
    sheet, left = np.zeros((height, width, 4), np.uint8), 0
    for picture in pictures:
        h, w = picture.shape[:2]
        sheet[:h, left : left + w, :3], sheet[:h, left : left + w, 3] = picture, 255
        left += w + gap
    return sheet


def stacked(rows: Sequence[Picture], *, gap: int = 8) -> Picture:
    """Pictures with transparency below each other, with transparent gaps, aligned at the left."""
    width = max(row.shape[1] for row in rows)
    parts: list[Picture] = []
    for row in rows:
        right = width - row.shape[1]
        parts += [np.pad(row, ((0, 0), (0, right), (0, 0))), np.zeros((gap, width, 4), np.uint8)]
    return np.concatenate(parts[:-1])


def thumbnail(image: Picture, side: int) -> Picture:
    """An image (H, W), (H, W, 1) or (H, W, 3) as RGB, reduced if a side is longer than `side`."""
    picture = Image.fromarray(np.ascontiguousarray(flattened(image))).convert("RGB")
    picture.thumbnail((side, side), Image.Resampling.BOX)
    return np.asarray(picture)


def resized(values: FloatArray, size: tuple[int, int], *, grid: bool) -> FloatArray:
    """A map (h, w) at another size: bilinear between cell centres; grid: whole cells."""
    method = Image.Resampling.NEAREST if grid else Image.Resampling.BILINEAR
    picture = Image.fromarray(values.astype(np.float32)).resize(size[::-1], method)
    return np.asarray(picture, dtype=np.float32)


def png(picture: Picture) -> bytes:
    """The picture as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=1)
    return file.getvalue()


def data_url(picture: Picture) -> str:
    """The picture as a PNG in a data URL."""
    return f"data:image/png;base64,{base64.b64encode(png(np.ascontiguousarray(picture))).decode()}"


def webp_url(picture: Picture) -> str:
    """The picture as a lossy WebP in a data URL, a tenth of a PNG's size: for thumbnails."""
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(file, "WEBP", quality=90)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"


def flattened(image: Picture) -> Picture:
    """An image without a channel axis of length 1."""
    return image[..., 0] if image.ndim == 3 and image.shape[-1] == 1 else image


def grey(picture: Picture) -> Picture:
    """A picture (H, W, 3) without hues."""
    level = picture @ np.array([0.299, 0.587, 0.114])
    return np.repeat(level[..., None].round().astype(np.uint8), 3, axis=-1)


def _blend(base: Picture, colours: Picture, opacity: NDArray[np.floating[Any]]) -> Picture:
    share = opacity[..., None]
    return (base * (1 - share) + colours * share).round().astype(np.uint8)


def _faded(picture: Picture, share: float) -> Picture:
    """The picture blended with its grey version."""
    return (picture * (1 - share) + grey(picture) * share).round().astype(np.uint8)
