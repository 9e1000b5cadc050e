"""What a browser needs to draw two heatmaps over one image by itself, as plain data."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from kdviz.figures.contour import outlined_from
from kdviz.figures.palette import ARM_STYLES
from kdviz.figures.pictures import Picture, colour_bar
from kdviz.types import Arm

if TYPE_CHECKING:
    from kdviz.types import FloatArray


def image_layer(image: Picture) -> dict[str, Any]:
    """An image (H, W, 1) or (H, W, 3): its size, and RGB bytes in base64."""
    rgb = np.broadcast_to(image, (*image.shape[:2], 3))
    return {"height": rgb.shape[0], "width": rgb.shape[1], "rgb": _text(rgb.astype(np.uint8))}


def heat_layer(arm: Arm, heatmap: FloatArray) -> dict[str, Any]:
    """A heatmap (h, w) of an arm: its own cells, how the arm looks, and from where on it is outlined."""
    style, edge = ARM_STYLES[arm], outlined_from(heatmap)
    outlined = None if math.isnan(edge) else edge
    return {**signed_layer(heatmap), "name": style.label, "color": style.color, "outlined": outlined}


def signed_layer(values: FloatArray) -> dict[str, Any]:
    """A map (h, w): its size, float32 values in base64, and whether all are defined."""
    numbers = values.astype("<f4")
    defined = bool(np.isfinite(numbers).all())
    return {
        "height": values.shape[0],
        "width": values.shape[1],
        "values": _text(numbers),
        "defined": defined,
    }


def scale_colours() -> dict[str, str]:
    """The 256 colours of both scales, RGB bytes in base64."""
    return {"sequential": _text(colour_bar()[0]), "diverging": _text(colour_bar(signed=True)[0])}


def _text(numbers: np.ndarray[Any, Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode()
