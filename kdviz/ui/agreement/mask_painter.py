"""The mask painter: a picture on which a visitor draws where a network should look, in the browser.

Of a clip the picture is the spectrogram, which is stored as it is drawn: the highest band is the first row.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.errors import DataError
from kdviz.figures.maps import OVERLAY_OPACITY, ImageLayer, MapLayer, SpectrogramAxes, palettes
from kdviz.language import _
from kdviz.ui.agreement.mask_exchange import MASK_CELLS_JS, exchange_masks
from kdviz.ui.frame.component import component
from kdviz.ui.frame.visitor import visitor_cookie
from kdviz.ui.widgets.panel import MAP_LAYERS_CSS, PLAYING_JS

Mask = NDArray[np.bool_]

_MOUNT = component("kdviz_mask_painter", __file__, css=MAP_LAYERS_CSS, js=PLAYING_JS + MASK_CELLS_JS)


@dataclass(frozen=True)
class PaintedTile:
    """A picture to choose. name: identifies it. url: of a small version. title: its text alternative."""

    name: str
    url: str
    title: str
    marked: bool


@dataclass(frozen=True)
class PaintedMap:
    """Where a network looks in the picture, and what it predicts."""

    name: str
    color: str
    glyph: str
    map: MapLayer
    alt: str
    answer: str
    verdict: str


@dataclass(frozen=True)
class PaintedClip:
    """The clip whose spectrogram is drawn on, as a data URL. marked: what is marked of it, alone, or ""."""

    axes: SpectrogramAxes
    url: str
    marked: str


@dataclass(frozen=True)
class PaintedPicture:
    """The picture that is drawn on. mask: bool (H, W), None without. next: name of the one to draw on next.

    version: changes when its mask is changed here and not in the browser. clip: None for an image. columns:
    whether whole columns are marked; masks come from the browser as one row, (1, W), then.
    """

    name: str
    title: str
    image: ImageLayer
    mask: Mask | None
    maps: Sequence[PaintedMap]
    next: str
    version: int = 0
    clip: PaintedClip | None = None
    columns: bool = False


def mask_painter(
    shown: PaintedPicture,
    strip: Sequence[PaintedTile],
    *,
    on_drawn: Callable[[str, str], None],
    on_chosen: Callable[[str], None],
    key: str = "mask_painter",
) -> None:
    """Draw the painter. on_drawn, on_chosen: as of `exchange_masks`."""
    exchange_masks(_MOUNT, painter_data(shown, strip), on_drawn=on_drawn, on_chosen=on_chosen, key=key)


def painter_data(shown: PaintedPicture, strip: Sequence[PaintedTile]) -> dict[str, Any]:
    """What the browser draws, in the language being spoken."""
    return {
        "key": f"{shown.name} {shown.version}",
        "name": shown.name,
        "title": shown.title,
        "image": shown.image,
        "grid": {"height": 1 if shown.columns else shown.image["height"], "width": shown.image["width"]},
        "mask": _mask(shown),
        "clip": shown.clip and _clip(shown.clip, columns=shown.columns),
        "maps": [asdict(each) for each in shown.maps],
        "next": shown.next,
        "strip": [asdict(each) for each in strip],
        "palettes": palettes(),
        "opacity": OVERLAY_OPACITY,
        "cookie": visitor_cookie(),
        "words": _words(shown),
    }


def _mask(shown: PaintedPicture) -> str | None:
    if shown.mask is None or not shown.mask.any():
        return None
    return mask_text(np.any(shown.mask, axis=0, keepdims=True) if shown.columns else shown.mask)


def _clip(clip: PaintedClip, *, columns: bool) -> dict[str, Any]:
    """Its sounds, its axes, and how a place on it is said."""
    place, span = _("{from} s, {low}"), _("{from} to {to} s, {low} to {high}")
    if columns:
        place, span = _("{from} s"), _("{from} to {to} s")
    return {"whole": clip.url, "alone": clip.marked, "axes": clip.axes, "place": place, "span": span}


def mask_text(mask: Mask) -> str:
    """A mask (H, W) as the browser gets it: a bit a pixel, row by row, as of `numpy.packbits`, in base64."""
    return base64.b64encode(np.packbits(mask).tobytes()).decode()


def mask_from_text(text: str, shape: tuple[int, int]) -> Mask:
    """The inverse, for a picture (H, W). Raises DataError for a text of any other kind."""
    count = shape[0] * shape[1]
    try:
        bits = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except (binascii.Error, ValueError):
        bits = np.empty(0, np.uint8)
    if len(bits) != -(-count // 8):
        raise DataError(
            f"marks: what was drawn did not arrive as a mask of {shape[1]} x {shape[0]} cells, and was not "
            "stored. Draw it again."
        )
    return np.unpackbits(bits, count=count).astype(bool).reshape(shape)


def _tools(shown: PaintedPicture) -> dict[str, str]:
    """The first one is taken at first. On a spectrogram a rectangle is a time and a range of frequencies."""
    brush, box = {"brush": _("Brush")}, {"box": _("Rectangle")}
    polygon, eraser = {"polygon": _("Outline")}, {"eraser": _("Eraser")}
    if shown.columns:
        return {"box": _("Time span"), **brush, **eraser}
    return (box | brush if shown.clip else brush | box) | polygon | eraser


def _words(shown: PaintedPicture) -> dict[str, Any]:
    """The component's own texts. In braces, what it fills in."""
    return {
        "tools": _("Draw with"),
        "tool": _tools(shown),
        "outlining": _("Drag around the object, or click corner by corner."),
        "size": _("Size"),
        "pixels": _("{count} px"),
        "close": _("Close the outline"),
        "undo": _("Undo"),
        "clear": _("Clear"),
        "next": _("Next picture"),
        "strip": _("Training pictures"),
        "marked": _("{title}, marked"),
        "share": _("{share} % of the picture is marked"),
        "stored": _("· stored"),
        "storing": _("· storing …"),
        "board": _("{title}. {said}."),
        "place": _("Row {row}, column {column}"),
        "on": _("{place}: marked."),
        "off": _("{place}: not marked."),
        "whole": _("Whole clip"),
        "alone": _("What is marked, alone"),
        "about": _("With the keyboard"),
        "keys": _(
            "Arrow keys move the cursor, and draw while Shift is held. Enter draws, or sets a corner of a "
            "rectangle or an outline; an outline is closed at its first or last corner. + and − change the "
            "brush, U undoes, Escape drops what is not finished."
        ),
    }
