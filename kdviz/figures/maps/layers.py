"""What a browser needs to lay heatmaps over an image by itself, as plain data.

A layer is a PNG whose palette holds the colours of the scale and how see-through each is, so that the
browser only has to turn one opacity, and the picture's own bytes are the levels. It composes what
`overlay` and `difference_overlay` draw.
"""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from kdviz.figures.maps.contour import in_blocks, outline
from kdviz.figures.maps.overlay import Picture, colour_table, png, resized, signed_colours
from kdviz.figures.style import ARM_STYLES
from kdviz.types import Arm

if TYPE_CHECKING:
    from kdviz.types import FloatArray

MapLayer = dict[str, Any]

_SIDE = 240
_ZERO = 127

_DASHES: dict[str, tuple[int, ...]] = {
    "solid": (),
    "dash": (9, 5),
    "dot": (2, 5),
    "dashdot": (9, 4, 2, 4),
    "longdash": (16, 6),
    "longdashdot": (16, 4, 2, 4),
}
"""How a line of each style is broken: lengths of line and gap in turn, in pixels; empty for a solid one."""


def image_layer(image: Picture) -> MapLayer:
    """An image (H, W), (H, W, 1) or (H, W, 3), pixel by pixel. url: a PNG."""
    flat = image[..., 0] if image.ndim == 3 and image.shape[-1] == 1 else image
    return {"url": _url(png(np.ascontiguousarray(flat))), "height": image.shape[0], "width": image.shape[1]}


def heat_layer(heatmap: FloatArray, *, top: float, colours: str = "cividis", grid: bool = False) -> MapLayer:
    """A heatmap (h, w). top, colours, grid: as in `overlay`.

    url: a PNG whose bytes are levels, 255 at `top`; values: float32 in base64, row by row; both None
    where the map is undefined.
    """
    levels = np.clip(_drawn(heatmap, grid) / top, 0, 1) * 255
    alphas = np.arange(256)
    return _layer(heatmap, levels, colour_table(colours), alphas)


def signed_layer(signed: FloatArray, *, reach: float, grid: bool = False) -> MapLayer:
    """A signed map (h, w). reach, grid: as in `difference_overlay`.

    url: a PNG whose bytes are 127 at 0, 0 and 254 at either end of the reach; the rest as in `heat_layer`.
    """
    levels = _ZERO + _ZERO * np.clip(_drawn(signed, grid) / reach, -1, 1)
    along: FloatArray = np.clip((np.arange(256, dtype=np.float32) - _ZERO) / _ZERO, -1, 1)
    return _layer(signed, levels, signed_colours(along), np.abs(along) * 255)


def outline_layer(arm: Arm, heatmap: FloatArray) -> MapLayer:
    """The outline of an arm's heatmap. path: in SVG's words, in cells or blocks; empty without one."""
    style, cells = ARM_STYLES[arm], in_blocks(heatmap)
    loops = (" L".join(f"{x} {y}" for x, y in loop) for loop in outline(cells))
    return {
        "path": " ".join(f"M{loop} Z" for loop in loops),
        "height": cells.shape[0],
        "width": cells.shape[1],
        "color": style.color,
        "dashes": list(_DASHES[style.dash]),
    }


def _drawn(values: FloatArray, grid: bool) -> FloatArray:
    """At the size in which a map is sent: its own cells, or smooth."""
    larger = (max(_SIDE, values.shape[0]), max(_SIDE, values.shape[1]))
    return values if grid else resized(values, larger, grid=False)


def _layer(values: FloatArray, levels: FloatArray, colours: Picture, alphas: Any) -> MapLayer:
    defined = bool(np.isfinite(values).all())
    return {
        "url": _url(_indexed(levels, colours, alphas)) if defined else None,
        "values": _text(values.astype("<f4").tobytes()) if defined else None,
        "height": values.shape[0],
        "width": values.shape[1],
    }


def _indexed(levels: FloatArray, colours: Picture, alphas: Any) -> bytes:
    picture = Image.fromarray(levels.round().astype(np.uint8), mode="P")
    picture.putpalette(colours.tobytes())
    file = io.BytesIO()
    picture.save(file, "PNG", transparency=bytes(np.round(alphas).astype(np.uint8)))
    return file.getvalue()


def _url(file: bytes) -> str:
    return f"data:image/png;base64,{_text(file)}"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
