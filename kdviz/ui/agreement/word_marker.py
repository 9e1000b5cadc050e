"""The word marker: a text on whose words a visitor marks where a network should look, in the browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kdviz.figures.maps import WordLayer
from kdviz.language import _
from kdviz.ui.agreement.mask_exchange import MASK_CELLS_JS, exchange_masks
from kdviz.ui.agreement.mask_painter import Mask, mask_text
from kdviz.ui.frame.component import component
from kdviz.ui.frame.visitor import visitor_cookie
from kdviz.ui.widgets.panel import MAP_LAYERS_JS

_MOUNT = component("kdviz_word_marker", __file__, js=MAP_LAYERS_JS + MASK_CELLS_JS)


@dataclass(frozen=True)
class TextTile:
    """A text to choose. name: identifies it. number: among all. beginning: its first words."""

    name: str
    number: int
    beginning: str
    title: str
    marked: bool


@dataclass(frozen=True)
class ReadText:
    """What a network says of the text, and the evidence of each word for it."""

    name: str
    color: str
    glyph: str
    words: Sequence[WordLayer]
    alt: str
    answer: str
    verdict: str


@dataclass(frozen=True)
class TextToMark:
    """The text that is marked on. mask: bool (1, L), None without. next: name of the one to mark next.

    cells: of each word of the maps, where its mark is in the mask; None of one that cannot be marked. maps:
    the words of the first one are marked. version: changes when the mask is changed here and not in the
    browser.
    """

    name: str
    title: str
    length: int
    cells: Sequence[int | None]
    mask: Mask | None
    maps: Sequence[ReadText]
    next: str
    version: int = 0


def word_marker(
    shown: TextToMark,
    strip: Sequence[TextTile],
    *,
    on_drawn: Callable[[str, str], None],
    on_chosen: Callable[[str], None],
    key: str = "word_marker",
) -> None:
    """Draw the marker. on_drawn, on_chosen: as of `exchange_masks`."""
    exchange_masks(_MOUNT, marker_data(shown, strip), on_drawn=on_drawn, on_chosen=on_chosen, key=key)


def marker_data(shown: TextToMark, strip: Sequence[TextTile]) -> dict[str, Any]:
    """What the browser draws, in the language being spoken."""
    return {
        "key": f"{shown.name} {shown.version}",
        "name": shown.name,
        "title": shown.title,
        "length": shown.length,
        "cells": list(shown.cells),
        "mask": None if shown.mask is None or not shown.mask.any() else mask_text(shown.mask),
        "maps": [asdict(each) for each in shown.maps],
        "next": shown.next,
        "strip": [asdict(each) for each in strip],
        "cookie": visitor_cookie(),
        "words": _words(),
    }


def _words() -> dict[str, str]:
    """The component's own texts. In braces, what it fills in."""
    return {
        "how": _(
            "Click or tap a word to mark it, or drag over several. On marked words, this takes marks away."
        ),
        "undo": _("Undo"),
        "clear": _("Clear"),
        "next": _("Next picture"),
        "strip": _("Training pictures"),
        "marked": _("{title}, marked"),
        "fixed": _("{title}, planted: cannot be marked"),
        "share": _("{count} of {total} words are marked"),
        "stored": _("· stored"),
        "storing": _("· storing …"),
        "board": _("{title}. {said}."),
        "about": _("With the keyboard"),
        "keys": _(
            "Arrow keys move from word to word, and mark while Shift is held. Enter or Space marks a word or "
            "takes its mark away. U undoes."
        ),
    }
