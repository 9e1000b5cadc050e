"""A row of pictures with their colour scales and captions, for a slide: on white, drawn by matplotlib."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from kdviz.figures.maps.colour_scale import ColourScale
from kdviz.figures.maps.overlay import Picture, colour_bar
from kdviz.language import decimal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_DPI = 64
"""A power of two, so that a length in pixels is exact in inches."""

_LETTER, _LINE, _COLUMN = 1 / 19, 1.45, 0.58
"""Height of a letter as a share of a picture's width; a line's height and a letter's width, in letters."""

_GAP = 16
"""Pixels around pictures."""

_FONTS = ("DejaVu Sans", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei")
_FONTS_OF_SYSTEMS = ("Microsoft YaHei", "SimHei", "PingFang SC", "Hiragino Sans GB", "Arial Unicode MS")
"""The first comes with matplotlib; of the others, which know Chinese, those that are installed are used."""


@dataclass(frozen=True)
class CaptionedPicture:
    """picture: (H, W, 3). name: in bold, behind `glyph`, which has `color`. lines: below it.

    scale: of its colours, None for a picture without a map.
    """

    picture: Picture
    name: str
    lines: Sequence[str]
    glyph: str = ""
    color: str = "#000000"
    scale: ColourScale | None = None


def captioned_row(row: Sequence[CaptionedPicture], footer: str = "") -> Picture:
    """Pictures of one size side by side, every pixel as it is, (H, W, 3). footer: a line below all."""
    from matplotlib.figure import Figure  # takes half a second to import

    width = row[0].picture.shape[1]
    letter = round(max(12, width * _LETTER))
    line, tall = round(_LINE * letter), max(each.picture.shape[0] for each in row)
    captions = [_wrapped(each.lines, width, letter) for each in row]
    below = _GAP + tall + 2 * line  # the scale's line, and half a line around it
    high = below + line * (1 + max(map(len, captions)) + (2 if footer else 0)) + _GAP
    wide = _GAP + len(row) * (width + _GAP)
    figure = Figure(figsize=(wide / _DPI, high / _DPI), dpi=_DPI, facecolor="white")
    write = _Writer(figure, wide, high, letter)
    lefts = [_GAP + place * (width + _GAP) for place in range(len(row))]
    for each, left, caption in zip(row, lefts, captions, strict=True):
        if each.scale is not None:
            _ends(write, each.scale, left, left + width, _GAP + tall + line // 2)
        write.name(each, left, below)
        for number, text in enumerate(caption, start=1):
            write.text(text, left, below + number * line)
    if footer:
        write.text(footer, _GAP, high - _GAP - line, color="#555555")
    sheet = _pixels(figure)
    for each, left in zip(row, lefts, strict=True):
        sheet[_GAP : _GAP + each.picture.shape[0], left : left + width] = each.picture
        if each.scale is not None:
            _paint_bar(sheet, each.scale, left, width, _GAP + tall + line // 2, letter)
    return sheet


def is_drawable(text: str) -> bool:
    """Whether an installed font has every character of a text."""
    return all(ord(each) in _characters() for each in text if not each.isspace())


def _pixels(figure: Figure) -> Picture:
    """The figure as (H, W, 3)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()  # type: ignore[no-untyped-call]


@cache
def _families() -> tuple[str, ...]:
    from matplotlib.font_manager import get_font_names

    installed = set(get_font_names())
    return tuple(name for name in (*_FONTS, *_FONTS_OF_SYSTEMS) if name in installed)


@cache
def _characters() -> frozenset[int]:
    from matplotlib.font_manager import findfont, get_font

    return frozenset().union(*(get_font(findfont(name)).get_charmap() for name in _families()))


class _Writer:
    """Writes into a figure by pixels from its upper left corner."""

    def __init__(self, figure: Figure, wide: int, high: int, letter: int) -> None:
        self.figure, self.wide, self.high, self.letter = figure, wide, high, letter

    def text(self, text: str, left: float, top: float, **options: Any) -> None:
        """options: further ones of `Figure.text`."""
        self.figure.text(
            left / self.wide,
            1 - top / self.high,
            text,
            fontsize=self.letter * 72 / _DPI,
            family=list(_families()),
            parse_math=False,
            va="top",
            **options,
        )

    def name(self, of: CaptionedPicture, left: float, top: float) -> None:
        """In bold, behind its mark."""
        if of.glyph:
            self.text(of.glyph, left, top, color=of.color)
        self.text(of.name, left + (1.2 * self.letter if of.glyph else 0), top, weight="bold")


def _wrapped(lines: Sequence[str], width: int, letter: int) -> list[str]:
    """Lines no wider than a picture, about."""
    columns = int(width / (_COLUMN * letter))
    return [part for line in lines for part in wrap(line, columns // (2 if _is_wide(line) else 1))]


def _is_wide(text: str) -> bool:
    return any(unicodedata.east_asian_width(each) in "WF" for each in text)


def _ends(write: _Writer, scale: ColourScale, left: int, right: int, top: int) -> None:
    """The values at a scale's ends."""
    end = f"{decimal(scale.limit, 1)}×"
    write.text(f"−{end}" if scale.signed else "0", left, top)
    write.text(f"+{end}" if scale.signed else end, right, top, ha="right")


def _paint_bar(sheet: Picture, scale: ColourScale, left: int, width: int, top: int, letter: int) -> None:
    """A scale's colours between its ends, in place."""
    start = round((4.2 if scale.signed else 1.2) * letter)
    long, height = width - start - round(4.2 * letter), round(0.6 * letter)
    bar = colour_bar(signed=scale.signed, colours=scale.colours)[0]
    colours = bar[np.arange(long) * len(bar) // long]
    high = top + round(0.3 * letter)
    sheet[high : high + height, left + start : left + start + long] = colours
