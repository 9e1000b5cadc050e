"""Heatmaps as plain data for the browser.

A map is sent as its values and the name of its palette; `ui/widgets/map_layers.js` draws it like `overlay`,
so that opacity, divider and values under the pointer need no server.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from kdviz.figures.maps.colour_scale import ColourScale
from kdviz.figures.maps.contour import in_blocks, outline
from kdviz.figures.maps.overlay import Picture, data_url, flattened, grey, row_height
from kdviz.figures.style import ARM_STYLES
from kdviz.types import Arm, FloatArray

_DASHES: dict[str, tuple[int, ...]] = {
    "solid": (),
    "dash": (9, 5),
    "dot": (2, 5),
    "dashdot": (9, 4, 2, 4),
    "longdash": (16, 6),
    "longdashdot": (16, 4, 2, 4),
    "2px,8px": (2, 8),
}
"""Dash patterns by line style: lengths of line and gap in turn, in pixels; empty for a solid line."""


class ImageLayer(TypedDict):
    """An image pixel by pixel. url: a PNG. grey: a version without hues, None if the image has none.

    shape: width and height in which it is drawn, as CSS has them.
    """

    url: str
    grey: str | None
    height: int
    width: int
    shape: str


class MapLayer(TypedDict):
    """A map and its scale. values: float32 row by row in base64, None where undefined.

    limit, signed: as in `ColourScale`. palette: a name in `palettes`. grid: cell by cell, not smoothed.
    """

    values: str | None
    height: int
    width: int
    limit: float
    signed: bool
    palette: str
    grid: bool


class OutlineLayer(TypedDict):
    """An outline. path: SVG path data, in cells or blocks; empty without one. dashes: as in SVG.

    stroke: width of the line in pixels of the screen.
    """

    path: str
    height: int
    width: int
    color: str
    dashes: list[int]
    stroke: float


class CueLayer(TypedDict):
    """The outline of a planted cue, in shares of the image. colour: of CSS.

    text: what it meant in training.
    """

    top: float
    left: float
    height: float
    width: float
    colour: str
    text: str


class ProfileLayer(TypedDict):
    """An arm's evidence along each axis, times an even spread: times from the left, bands from the top."""

    arm: Arm
    color: str
    dashes: list[int]
    times: list[float]
    bands: list[float]


def profile_layer(arm: Arm, heatmap: FloatArray) -> ProfileLayer:
    """The means of an arm's heatmap (h, w) over its rows, and over its columns."""
    style = ARM_STYLES[arm]
    return {
        "arm": arm,
        "color": style.color,
        "dashes": list(_DASHES[style.dash]),
        "times": heatmap.mean(0).tolist(),
        "bands": heatmap.mean(1).tolist(),
    }


def image_layer(image: Picture, *, of: Picture | None = None) -> ImageLayer:
    """An image (H, W), (H, W, 1) or (H, W, 3). of: the image that it is a thumbnail of, for its shape."""
    flat = flattened(image)
    coloured = flat.ndim == 3 and bool((flat != flat[..., :1]).any())
    hueless = data_url(grey(flat)[..., 0]) if coloured else None
    height, width = image.shape[:2]
    shape = f"{width} / {height * row_height(image if of is None else of)}"
    return {"url": data_url(flat), "grey": hueless, "height": height, "width": width, "shape": shape}


def map_layer(values: FloatArray, scale: ColourScale, *, grid: bool = False) -> MapLayer:
    """A map (h, w). scale, grid: as in `overlay`."""
    defined = bool(np.isfinite(values).all())
    return {
        "values": base64.b64encode(values.astype("<f4").tobytes()).decode() if defined else None,
        "height": values.shape[0],
        "width": values.shape[1],
        "limit": float(scale.limit),
        "signed": scale.signed,
        "palette": scale.palette,
        "grid": grid,
    }


def outline_layer(arm: Arm, heatmap: FloatArray) -> OutlineLayer:
    """The outline of an arm's heatmap."""
    style = ARM_STYLES[arm]
    return _outline(in_blocks(heatmap), style.color, list(_DASHES[style.dash]), stroke=2.5)


def mask_outline(mask: NDArray[np.bool_]) -> OutlineLayer:
    """The outline of an object's mask (H, W)."""
    return _outline(mask.astype(np.float32), "#000", [], stroke=1.25)


def _outline(cells: FloatArray, color: str, dashes: list[int], *, stroke: float) -> OutlineLayer:
    loops = (" L".join(f"{x} {y}" for x, y in loop) for loop in outline(cells))
    return {
        "path": " ".join(f"M{loop} Z" for loop in loops),
        "height": cells.shape[0],
        "width": cells.shape[1],
        "color": color,
        "dashes": dashes,
        "stroke": stroke,
    }


def cue_layer(image: Picture, box: Sequence[int], text: str) -> CueLayer:
    """The outline of a cue in an image, in the cue's own colour.

    box: top, left, bottom, right, in pixels, the last two exclusive. text: as in `CueLayer`.
    """
    top, left, bottom, right = box
    height, width = image.shape[:2]
    red, green, blue = np.broadcast_to(image[top, left], 3).tolist()
    return {
        "top": top / height,
        "left": left / width,
        "height": (bottom - top) / height,
        "width": (right - left) / width,
        "colour": f"#{red:02x}{green:02x}{blue:02x}",
        "text": text,
    }
