"""Colours of map values: one scale for all maps that are compared.

The same scale draws the images of a report (`overlay`) and is sent to the browser (`map_layer`).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kdviz.figures.maps.colour_maps import colour_map
from kdviz.types import FloatArray

COLOUR_MAPS = {"cividis": "cividis", "viridis": "viridis", "greys": "gray"}
"""Colour maps for unsigned maps, and matplotlib's names for them.

Lightness increases monotonically, and they are safe for every kind of colour vision; the first was designed
for it.
"""

_ZERO = 127
"""The palette entry of the value 0 in a signed palette; entries 0 and 254 are the limits."""


@dataclass(frozen=True)
class ColourScale:
    """limit: the value of the full colour; higher values have the same colour.

    signed: diverging at 0, which is transparent; else from 0 up. colours: one of COLOUR_MAPS, if unsigned.
    """

    limit: float
    signed: bool = False
    colours: str = "cividis"

    @property
    def palette(self) -> str:
        """The name of its palette among `palettes`."""
        return "signed" if self.signed else self.colours

    def levels(self, values: FloatArray) -> FloatArray:
        """Values divided by the limit, clipped to [0, 1]; to [-1, 1] if signed."""
        levels: FloatArray = np.clip(values / self.limit, -1 if self.signed else 0, 1)
        return levels

    def colours_of(self, levels: FloatArray) -> NDArray[np.uint8]:
        """The colours of levels, (…, 3). Their opacity is the absolute level."""
        return signed_colours(levels) if self.signed else colour_table(self.colours)[_index(levels)]


def palettes() -> dict[str, str]:
    """Every palette by name: 256 entries of 4 bytes (red, green, blue, opacity) in base64.

    An unsigned level l in [0, 1] has the entry 255·l, a signed one in [-1, 1] the entry 127 + 127·l.
    """
    upward: FloatArray = np.linspace(0, 1, 256, dtype=np.float32)
    around: FloatArray = np.clip((np.arange(256, dtype=np.float32) - _ZERO) / _ZERO, -1, 1)
    tables = {name: _palette(colour_table(name), upward) for name in COLOUR_MAPS}
    return tables | {"signed": _palette(signed_colours(around), np.abs(around))}


def colour_table(name: str = "cividis") -> NDArray[np.uint8]:
    """(256, 3): the colours of unsigned levels, from 0 to 1. name: one of COLOUR_MAPS."""
    return colour_map(COLOUR_MAPS[name])


def signed_colours(levels: FloatArray) -> NDArray[np.uint8]:
    """(…, 3): the colours of signed levels in [-1, 1].

    PuOr is white around 0, which would veil the image: both sides start at full saturation, and fade in by
    opacity.
    """
    hue = np.asarray(0.5 + np.sign(levels) * (0.3 + 0.2 * np.abs(levels)), dtype=np.float32)
    return colour_map("PuOr_r")[_index(hue)]


def _index(levels: FloatArray) -> NDArray[np.intp]:
    return (levels * 255).round().astype(np.intp)


def _palette(colours: NDArray[np.uint8], opacity: FloatArray) -> str:
    alpha = (opacity * 255).round().astype(np.uint8)
    return base64.b64encode(np.column_stack([colours, alpha]).tobytes()).decode()
