"""Notes about a run's inputs, which are stored in English and translated where they are shown.

A note is a `Message`, stored as its text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from kdviz.language import text_of
from kdviz.progress import Message


def matched_masks_note(known: int, count: int, *, drawn: bool = False) -> str:
    """How many training images have a mask, in English. drawn: whether a person has marked them."""
    return str((_matched_marks if drawn else _matched_masks)(known, count))


def _matched_marks(known: int, count: int) -> Message:
    return Message(
        "{known} of {count} training images have a mark that is matched.", {"known": known, "count": count}
    )


def _matched_masks(known: int, count: int) -> Message:
    return Message(
        "{known} of {count} training images have a mask that is matched.", {"known": known, "count": count}
    )


def labels_alike_note(labels: str) -> Message:
    """That labels, with their counts, are nearly the same."""
    return Message(
        "Labels that differ only in case or spaces are separate classes: {labels}. If they mean the same, "
        "write them alike.",
        {"labels": labels},
    )


def text_copies_note(count: int, both: int, conflicting: int) -> Message:
    """How many copies are left out; how many texts have one in training and test, and of another label."""
    return Message(
        "Exact copies of texts, left out: {count}; the last of each is kept. Texts with copies in training "
        "and test: {both}; with different labels: {conflicting}.",
        {"count": count, "both": both, "conflicting": conflicting},
    )


def trained_on_note(count: int, tests: int, text: str) -> Message:
    """How many of the test texts networks have read in training, and one of them."""
    return Message(
        "Test texts that read like a training text, but for case and spaces: {count} of {tests}, such as "
        "{text}. What networks score on them says nothing about new texts: leave out one of each pair.",
        {"count": count, "tests": tests, "text": text},
    )


def few_texts_note(count: int, few: int, points: str) -> Message:
    """How uncertain an accuracy on `count` test texts is. few: the fewest of a class that are enough."""
    return Message(
        "{count} test texts, fewer than {few} of a class: an accuracy is known to about ± {points} points.",
        {"count": count, "few": few, "points": points},
    )


def unknown_texts_note(count: int, texts: int) -> Message:
    """How many of the texts consist mostly of words that are not in the vocabulary."""
    return Message(
        "Most words of {count} of {texts} texts are not in the networks' vocabulary, which is English. Such "
        "a word begins as a random vector, and its meaning is learnt from these texts alone.",
        {"count": count, "texts": texts},
    )


_KNOWN = (
    _matched_marks(0, 0),
    _matched_masks(0, 0),
    labels_alike_note(""),
    text_copies_note(0, 0, 0),
    trained_on_note(0, 0, ""),
    few_texts_note(0, 0, ""),
    unknown_texts_note(0, 0),
)
"""One of each kind, by whose id stored ones are found again."""


def shown_note(text: str) -> str:
    """A stored note in the current language, where it is known in it."""
    for of in _KNOWN:
        if found := _pattern(of.id).fullmatch(text):
            return text_of(replace(of, values=found.groupdict()))
    return text


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Matches the template with any values."""
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(template)), re.DOTALL)
