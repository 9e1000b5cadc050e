"""Splitting of a text into words, which are the cells of its map."""

from __future__ import annotations

import re
from dataclasses import dataclass

_IDEOGRAPH = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_LETTER = rf"[^\W_{_IDEOGRAPH}]"
_PATTERN = re.compile(
    rf"[{_IDEOGRAPH}]"
    rf"|{_LETTER}+(?=n['’]t\b)|n['’]t\b|['’](?:s|re|ve|d|ll|m)\b"  # "don't" is "do" and "n't", as in GloVe
    rf"|{_LETTER}+|[^\w\s]|_",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Word:
    """A word of a text. start, stop: its place in the text, in characters. text: the word as written."""

    start: int
    stop: int
    text: str


def words_of(text: str) -> list[Word]:
    """The words of a text in order: runs of letters and digits, and each punctuation mark by itself.

    English contractions are two words. Chinese, Japanese and Korean characters are words by themselves: no
    dictionary is needed.
    """
    return [Word(*found.span(), found.group()) for found in _PATTERN.finditer(text)]
