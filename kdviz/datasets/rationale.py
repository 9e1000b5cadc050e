"""Rationales of texts: the place of what decides, as character spans or as the words themselves."""

from __future__ import annotations

import json
from ast import literal_eval
from collections.abc import Sequence
from typing import Any

from kdviz.vocabulary import Word, words_of

Span = tuple[int, int]
"""The first character, and the one after the last."""

FORMS = "Give [[start, end], ...] in characters, the end not included, or the words themselves."


def rationale_spans(cell: str, text: str) -> tuple[Span, ...]:
    """The spans of a text that a cell names; none for an empty one. Raises ValueError with the reason.

    cell: `[[start, end], ...]`; a list of phrases; or one phrase. A phrase stands for every place in the text
    with its words, in upper or lower case.
    """
    given = _list_in(cell)
    if given is None:
        given = [cell] if cell.strip() else []
    spans: list[Span] = []
    for each in given:
        spans += _places_of(each, text) if isinstance(each, str) else [_checked(each, text)]
    return tuple(sorted(set(spans)))


def is_list(cell: str) -> bool:
    """Whether a cell is a list, as those with spans are."""
    return _list_in(cell) is not None


def in_spans(words: Sequence[Word], spans: Sequence[Span]) -> list[int]:
    """The numbers of the words that a span contains at least a part of."""
    return [
        number
        for number, word in enumerate(words)
        if any(start < word.stop and word.start < end for start, end in spans)
    ]


def _list_in(cell: str) -> list[Any] | None:
    """The list that a cell is as JSON, or as Python writes it, which pandas does; None if it is none."""
    if not cell.strip().startswith("["):
        return None
    for read in (json.loads, literal_eval):
        try:
            found = read(cell.strip())
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(found, list):
            return found
    return None


def _checked(span: Any, text: str) -> Span:
    whole = isinstance(span, list | tuple) and len(span) == 2 and all(type(each) is int for each in span)
    if not whole:
        raise ValueError(f"{_short(span)} is no span")
    start, end = span
    if not 0 <= start < end <= len(text):
        raise ValueError(f"the span [{start}, {end}] is not within its text of {len(text):,} characters")
    if not in_spans(words_of(text), [(start, end)]):
        raise ValueError(f"no word is in the span [{start}, {end}]")
    return start, end


def _places_of(phrase: str, text: str) -> list[Span]:
    wanted, words = _lowered(words_of(phrase)), words_of(text)
    there = _lowered(words)
    last = len(there) - len(wanted) + 1
    found = [
        (words[at].start, words[at + len(wanted) - 1].stop)
        for at in range(last if wanted else 0)
        if there[at : at + len(wanted)] == wanted
    ]
    if not found:
        raise ValueError(f"{_short(phrase)} is not in its text")
    return found


def _lowered(words: Sequence[Word]) -> list[str]:
    return [word.text.lower() for word in words]


def _short(given: Any) -> str:
    written = repr(given)
    return written if len(written) <= 40 else f"{written[:39]}…"
