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


def copied_images_note(count: int, tests: int, names: str) -> Message:
    """How many of the test images are training images, too, and one of them with its copy."""
    return Message(
        "Test images that are also training images, the same file: {count} of {tests}, such as {names}. What "
        "networks score on them says nothing about new images.",
        {"count": count, "tests": tests, "names": names},
    )


def similar_images_note(count: int, names: str) -> Message:
    """How many pairs of a test image and a training image look alike, and one of them."""
    return Message(
        "Pairs of a test image and a training image that look alike: {count}, such as {names}. If they show "
        "the same, the test is easier than new images.",
        {"count": count, "names": names},
    )


def groups_note(count: int, names: str) -> Message:
    """How many groups of images, by their names, are in training and test, and a pair of one of them."""
    return Message(
        "Groups of images that are, by their names, in training and test alike: {count}, such as {names}. If "
        "a group is one slide or one patient, the test is easier than new ones.",
        {"count": count, "names": names},
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


_DOUBTS = (
    copied_images_note(0, 0, ""),
    similar_images_note(0, ""),
    groups_note(0, ""),
    trained_on_note(0, 0, ""),
)
"""Those on test inputs that are easier than new ones."""

_KNOWN = (
    _matched_marks(0, 0),
    *_DOUBTS,
    _matched_masks(0, 0),
    labels_alike_note(""),
    text_copies_note(0, 0, 0),
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


def doubts_accuracy(text: str) -> bool:
    """Whether a stored note says that the test inputs are easier than new ones."""
    return any(_pattern(of.id).fullmatch(text) for of in _DOUBTS)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Matches the template with any values."""
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(template)), re.DOTALL)
