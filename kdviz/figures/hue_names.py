"""Names of saturated colours."""

from __future__ import annotations

import colorsys

from kdviz.language import _


def hue_name(colour: tuple[int, int, int]) -> str:
    """The name of the nearest of eight evenly spaced hues. colour: red, green, blue, 0 to 255 each."""
    hue, _lightness, _saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in colour))
    names = _hue_names()
    return names[round(hue * len(names)) % len(names)]


def _hue_names() -> tuple[str, ...]:
    """From red on, round the hue circle."""
    return (
        _("red"),
        _("amber"),
        _("yellow-green"),
        _("green"),
        _("cyan"),
        _("blue"),
        _("violet"),
        _("magenta"),
    )
