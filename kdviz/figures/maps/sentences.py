"""A text in lines, one for each compared map, with its words shaded on one scale."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from kdviz.figures.maps.colour_scale import ColourScale
from kdviz.figures.maps.words import shaded_words, unread_sentence, word_alt, words_html
from kdviz.figures.style import ARM_STYLES
from kdviz.types import Arm, FloatArray


@dataclass(frozen=True, eq=False)
class SentenceLine:
    """A map of a text, (L,), and whose it is.

    color, glyph: of its mark. name: read aloud. about: shown above the words, "" for nothing. scale: its own;
    None for that of all lines.
    """

    name: str
    color: str
    glyph: str
    values: FloatArray
    about: str = ""
    scale: ColourScale | None = None


def arm_lines(maps: Mapping[Arm, FloatArray]) -> list[SentenceLine]:
    """A line for each arm, in the arm's colour."""
    return [
        SentenceLine(style.label, style.color, style.glyph, values)
        for style, values in ((ARM_STYLES[arm], values) for arm, values in maps.items())
    ]


def sentences_html(
    text: str,
    lines: Sequence[SentenceLine],
    scale: ColourScale,
    *,
    outlined: Collection[int] = (),
    unit: str = "×",
) -> str:
    """The lines as HTML that stands by itself.

    outlined: numbers of words in a frame, such as a cue. unit: follows each value.
    """
    drawn = "".join(_line(text, each, scale, outlined, unit) for each in lines)
    unread = unread_sentence(shaded_words(text, lines[0].values, scale)) if lines else ""
    return drawn + (f'<p style="margin:0;opacity:.8">{escape(unread)}</p>' if unread else "")


def _line(text: str, line: SentenceLine, scale: ColourScale, outlined: Collection[int], unit: str) -> str:
    words = shaded_words(text, line.values, line.scale or scale)
    inner = words_html(words, alt=word_alt(line.name, words), outlined=outlined, unit=unit)
    mark = f'<span aria-hidden="true" style="color:{line.color}">{escape(line.glyph)}</span>'
    style = f"margin:0 0 .5em;padding-left:.5em;border-left:4px solid {line.color}"
    if line.about:
        small = f'<span style="font-size:.85em;opacity:.85">{escape(line.about)}</span>'
        return f'<p title="{escape(line.name)}" style="{style}">{mark} {small}<br>{inner}</p>'
    return f'<p title="{escape(line.name)}" style="display:flex;gap:.5em;{style}">{mark}{inner}</p>'
