"""Arrays in, pictures out: overlays, signed differences, strips, PNG bytes.

A picture is uint8 (S, S, 3), or (S, S, 4) where it has see-through parts. Images are blown up in whole
steps without smoothing, so that a pixel stays a pixel; heatmaps are laid over them bilinearly, or cell by
cell where the map's real grid is asked for.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kdviz.figures.maps.colour_maps import colour_map
from kdviz.figures.style import ARM_STYLES
from kdviz.types import Arm

if TYPE_CHECKING:
    from kdviz.types import FloatArray

Picture = NDArray[np.uint8]

_SIDE = 240
"""Pictures get at least this many pixels a side: sharp on a page, a few kB as PNG."""

OVERLAY_OPACITY = 0.9
"""Of the brightest heat in an overlay."""

COLOUR_MAPS = {"cividis": "cividis", "viridis": "viridis", "greys": "gray"}
"""The scales of an overlay that can be chosen. Each grows in lightness alone, and holds for every kind of
colour vision; the first is made for it. To each, what matplotlib calls it."""


def enlarged(image: Picture) -> Picture:
    """An image (H, W), (H, W, 1) or (H, W, 3) as a picture, each pixel a block."""
    flat = image[..., 0] if image.ndim == 3 and image.shape[-1] == 1 else image
    rgb = flat if flat.ndim == 3 else np.repeat(flat[..., None], 3, axis=-1)
    factor = -(-_SIDE // max(rgb.shape[:2]))
    return rgb.repeat(factor, axis=0).repeat(factor, axis=1)


def overlay(
    image: Picture,
    heatmap: FloatArray,
    *,
    top: float,
    opacity: float = OVERLAY_OPACITY,
    grid: bool = False,
    colours: str = "cividis",
) -> Picture:
    """A heatmap (h, w) laid over an image, the less see-through the higher the value.

    top: the value of the brightest colour, one for all maps that are compared. opacity: 0 is the image
    as it is; the higher, the greyer the image under the heat, so that a hue means heat alone. A heatmap
    that is undefined gives a hatched picture. grid: show the map's own cells, not smoothed.
    colours: one of COLOUR_MAPS.
    """
    if not np.isfinite(heatmap).all():
        return hatched(image)
    base = _faded(enlarged(image), opacity)
    level = np.clip(resized(heatmap, base.shape[:2], grid=grid) / top, 0, 1)
    return _blend(base, colour_table(colours)[_index(level)], opacity * level)


def difference_overlay(
    image: Picture, signed: FloatArray, *, reach: float, opacity: float = 0.8, grid: bool = False
) -> Picture:
    """A signed map (h, w) laid over an image: PuOr around 0, where it is see-through.

    Orange is above 0 (the student looks more), purple below (the teacher does). reach: the value of the
    strongest colour, either way. opacity, grid: as in `overlay`.
    """
    if not np.isfinite(signed).all():
        return hatched(image)
    base = _faded(enlarged(image), opacity)
    level = np.clip(resized(signed, base.shape[:2], grid=grid) / reach, -1, 1)
    return _blend(base, signed_colours(level), opacity * np.abs(level))


def hatched(image: Picture) -> Picture:
    """The picture of "undefined": the image, dimmed, under diagonal lines."""
    base = _grey(enlarged(image)).astype(np.float32) * 0.45 + 70
    rows, columns = np.indices(base.shape[:2])
    base[(rows + columns) % 16 < 3] = 190
    return base.astype(np.uint8)


def with_arm_bar(picture: Picture, arm: Arm) -> Picture:
    """The picture with a bar in the arm's colour along its foot."""
    bar = np.empty((max(4, picture.shape[0] // 32), picture.shape[1], 3), np.uint8)
    bar[:] = ARM_STYLES[arm].rgb
    return np.concatenate([picture, bar])


def side_by_side(pictures: Sequence[Picture], *, gap: int = 8) -> Picture:
    """Pictures side by side, with see-through gaps; lower ones end higher up."""
    height = max(picture.shape[0] for picture in pictures)
    width = sum(picture.shape[1] for picture in pictures) + gap * (len(pictures) - 1)
    sheet, left = np.zeros((height, width, 4), np.uint8), 0
    for picture in pictures:
        h, w = picture.shape[:2]
        sheet[:h, left : left + w, :3], sheet[:h, left : left + w, 3] = picture, 255
        left += w + gap
    return sheet


def colour_table(name: str = "cividis") -> Picture:
    """(256, 3): the colours of an overlay's levels, from none to full. name: one of COLOUR_MAPS."""
    return colour_map(COLOUR_MAPS[name])


def signed_colours(level: FloatArray) -> Picture:
    """(…, 3): the colours of a difference's levels in [-1, 1].

    PuOr is white around 0, which would fog the image: both sides begin in full hue, and are to fade in.
    """
    hue = np.asarray(0.5 + np.sign(level) * (0.3 + 0.2 * np.abs(level)), dtype=np.float32)
    return colour_map("PuOr_r")[_index(hue)]


def thumbnail(image: Picture, side: int) -> Picture:
    """An image (H, W), (H, W, 1) or (H, W, 3) as RGB, shrunk where a side is longer than `side`."""
    flat = image[..., 0] if image.ndim == 3 and image.shape[-1] == 1 else image
    picture = Image.fromarray(np.ascontiguousarray(flat)).convert("RGB")
    picture.thumbnail((side, side), Image.Resampling.BOX)
    return np.asarray(picture)


def colour_bar(*, signed: bool = False, colours: str = "cividis") -> Picture:
    """The colours of a scale from its lower to its upper end, as a thin bar. colours: one of COLOUR_MAPS."""
    table = colour_map("PuOr_r") if signed else colour_table(colours)
    return np.repeat(table[None], 10, axis=0)


def resized(values: FloatArray, size: tuple[int, int], *, grid: bool) -> FloatArray:
    """A map (h, w) at another size: bilinear between cell centres, as everywhere; grid: whole cells."""
    method = Image.Resampling.NEAREST if grid else Image.Resampling.BILINEAR
    picture = Image.fromarray(values.astype(np.float32)).resize(size[::-1], method)
    return np.asarray(picture, dtype=np.float32)


def png(picture: Picture) -> bytes:
    """The picture as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _index(level: FloatArray) -> NDArray[np.intp]:
    return (level * 255).round().astype(np.intp)


def _blend(base: Picture, colours: Picture, opacity: NDArray[np.floating[Any]]) -> Picture:
    share = opacity[..., None]
    return (base * (1 - share) + colours * share).round().astype(np.uint8)


def _faded(picture: Picture, share: float) -> Picture:
    """The picture on its way to grey."""
    return (picture * (1 - share) + _grey(picture) * share).round().astype(np.uint8)


def _grey(picture: Picture) -> Picture:
    level = picture @ np.array([0.299, 0.587, 0.114])
    return np.repeat(level[..., None].round().astype(np.uint8), 3, axis=-1)
