"""The words of a text that a map marks most, for maps of which many are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kdviz.figures.maps.words import WEAK, ShadedWord

_MOST = 8
"""Words."""

_BESIDE = 6
"""Words on each side of the one in the middle."""


def excerpt(words: Sequence[ShadedWord]) -> list[ShadedWord]:
    """The strongest words in the order of the text, "…" for those between. Empty if none stands out."""
    clear = [place for place, word in enumerate(words) if abs(word.shade) >= WEAK]
    kept = sorted(sorted(clear, key=lambda place: -abs(words[place].shade))[:_MOST])
    befores = [-1, *kept]
    return [
        words[place] if place == before + 1 else replace(words[place], gap=" … ")
        for before, place in zip(befores, kept, strict=False)
    ]


def around(words: Sequence[ShadedWord], place: int) -> list[ShadedWord]:
    """The words around one of a text, "…" where it goes on."""
    first, last = max(place - _BESIDE, 0), place + _BESIDE + 1
    kept = list(words[first:last])
    kept[0] = replace(kept[0], gap="… " if first else "")
    return kept if last >= len(words) else [*kept[:-1], replace(kept[-1], text=f"{kept[-1].text} …")]
