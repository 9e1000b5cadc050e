"""Notes about a run's inputs, which are stored in English and translated where they are shown."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from kdviz.language import text_of
from kdviz.progress import Message

MATCHED_MASKS = Message("{known} of {count} training images have a mask that is matched.")
ALIKE_LABELS = Message(
    "Labels that differ only in case or spaces are separate classes: {labels}. If they mean the same, write "
    "them alike."
)
TEXT_COPIES = Message(
    "Exact copies of texts, left out: {count}; the last of each is kept. Texts with copies in training and "
    "test: {both}; with different labels: {conflicting}."
)
TEST_TEXTS_TRAINED_ON = Message(
    "Test texts that read like a training text, but for case and spaces: {count} of {tests}, such as {text}. "
    "What networks score on them says nothing about new texts: leave out one of each pair."
)
FEW_TEST_TEXTS = Message(
    "{count} test texts, fewer than {few} of a class: an accuracy is known to about ± {points} points."
)
UNKNOWN_TEXTS = Message(
    "Most words of {count} of {texts} texts are not in the networks' vocabulary, which is English. Such a "
    "word begins as a random vector, and its meaning is learnt from these texts alone."
)

_KNOWN = (
    MATCHED_MASKS, ALIKE_LABELS, TEXT_COPIES, TEST_TEXTS_TRAINED_ON, FEW_TEST_TEXTS, UNKNOWN_TEXTS,
)  # fmt: skip


def noted(of: Message, **values: str | int) -> str:
    """A note with its values, in English."""
    return str(replace(of, values=values))


def matched_masks_note(known: int, count: int) -> str:
    """How many training images have a mask, in English."""
    return noted(MATCHED_MASKS, known=known, count=count)


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
