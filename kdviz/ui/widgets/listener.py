"""A sound and parts of it, to be played, with a line that moves over its spectrogram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from kdviz.figures.maps import ImageLayer, ProfileLayer, SpectrogramAxes
from kdviz.language import _
from kdviz.ui.frame.component import component
from kdviz.ui.widgets.panel import PLAYING_JS

_MOUNT = component("kdviz_listener", __file__, js=PLAYING_JS)


@dataclass(frozen=True)
class SoundPart:
    """A part of a sound.

    url: a data URL of it. answer: what is predicted for it alone. mask: a byte a cell that is left, row by
    row, in base64; None for all of them. arm: whose map it is from, "" for the whole.
    """

    name: str
    answer: str
    url: str
    mask: str | None = None
    arm: str = ""
    color: str = ""
    glyph: str = ""


def listener(
    image: ImageLayer,
    axes: SpectrogramAxes,
    parts: Sequence[SoundPart],
    profiles: Sequence[ProfileLayer],
    *,
    shown: str,
    key: str,
) -> None:
    """Draw the spectrogram, the evidence along its axes, and a button for each part, the whole sound first.

    shown: identifies the sound; a new one stops the player and selects the whole of it.
    """
    _MOUNT(
        key=key,
        data=[
            {
                "key": shown,
                "image": image,
                "axes": axes,
                "parts": [asdict(part) for part in parts],
                "profiles": list(profiles),
                "words": {
                    "parts": _("Parts to listen to"),
                    "shown": _("Spectrogram: {name}"),
                    "times": _("When: each network's evidence over time"),
                    "bands": _("Which pitch: each network's evidence by frequency"),
                },
            }
        ],
    )
