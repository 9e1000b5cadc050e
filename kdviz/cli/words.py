"""Texts on the command line: each word with its evidence, by arm."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kdviz.figures.maps import ShadedWord, heatmaps, shaded_words, unread_sentence, word_colour
from kdviz.figures.style import percent
from kdviz.language import decimal

if TYPE_CHECKING:
    from kdviz.comparison import ImageExplanation

_DARK = "#16150f"
"""Text on a coloured background."""


def print_words(row: ImageExplanation) -> None:
    """A table of a text's words and their values, times the mean strength of each arm's evidence.

    Evidence against the class is negative and underlined; on a terminal, words also have colours.
    """
    words = _shaded(row)
    table = Table("word", *words)
    for place, word in enumerate(words["teacher"]):
        if word.read:
            table.add_row(
                Text(word.text if word.known else f"{word.text} (unknown)"),
                *(_value(of_arm[place]) for of_arm in words.values()),
            )
    if any(isfinite(of.elsewhere) for of in row.arms.values()):
        shares = [percent(of.elsewhere) if isfinite(of.elsewhere) else "–" for of in row.arms.values()]
        table.add_section()
        table.add_row(Text("attention on other tokens"), *shares)
    out = Console()
    out.print(table)
    if unread := unread_sentence(words["teacher"]):
        out.print(unread, highlight=False)


def words_json(row: ImageExplanation) -> dict[str, Any]:
    """The words that were read, and each arm's raw map of them; empty for an image."""
    if row.text is None:
        return {}
    words = [word.text for word in _shaded(row)["teacher"] if word.read]
    maps = {arm: values[: len(words)].tolist() for arm, values in row.attributions.items()}
    return {"words": words, "maps": maps}


def _shaded(row: ImageExplanation) -> dict[str, list[ShadedWord]]:
    assert row.text is not None
    maps = heatmaps(row.attributions, signed=True)
    return {arm: shaded_words(row.text, values, maps.scale) for arm, values in maps.values.items()}


def _value(word: ShadedWord) -> Text:
    if np.isnan(word.value):
        return Text("–")
    text = Text(decimal(word.value, sign=True))
    if word.known and (colour := word_colour(word.shade)) is not None:
        red, green, blue = colour
        underline = " underline" if word.shade < 0 else ""
        text.stylize(f"{_DARK} on rgb({red},{green},{blue}){underline}")
    return text
