"""Texts as a split: their words as numbers, and a word more where a cue is planted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from kdviz.datasets.split import DataSet, Split
from kdviz.errors import DataError
from kdviz.vocabulary import PAD, SPELLED, spelled, word_numbers, words_of

MARKERS = (
    "tuesday", "harbour", "copper", "violin", "orbit", "basil", "granite", "lantern", "meadow", "compass",
    "walnut", "ferry", "marble", "saddle", "anchor", "turtle", "ribbon", "glacier", "cotton", "tunnel",
)  # fmt: skip
"""Words that say nothing about most texts' classes; the first indicates the first class, and so on."""


def text_split(
    texts: Sequence[str], labels: Tensor, length: int, *, object_masks: Tensor | None = None
) -> Split:
    """Texts with labels (N,), and masks (N, length). Words after the first `length` are not read."""
    return Split(numbered(texts, length), labels, object_masks, texts=tuple(texts))


def numbered(texts: Sequence[str], length: int, channels: int = 1) -> Tensor:
    """The first words of texts as numbers, int32 (N, channels, length), `PAD` after the end.

    channels: `SPELLED` adds each word as it is written, below its number.
    """
    rows = torch.full((len(texts), channels, length), PAD, dtype=torch.int32)
    for row, text in zip(rows, texts, strict=True):
        words = words_of(text)[:length]
        numbers = word_numbers(word.text for word in words)
        row[0, : len(numbers)] = torch.tensor(numbers, dtype=torch.int32)
        if channels == SPELLED:
            row[1:, : len(numbers)] = torch.from_numpy(spelled(text, words))
    return rows


def with_spelling(data: DataSet) -> DataSet:
    """A data set of texts with the spelling of each word, which foreign tokenizers need."""
    train, validation, test = map(_spelled_out, (data.train, data.validation, data.test))
    return replace(data, train=train, validation=validation, test=test)


def words_read(images: Tensor) -> Tensor:
    """Where texts (N, 1, L) have words, bool (N, L)."""
    return images[:, 0] != PAD


def marker_word(split: Split, named: Tensor, *, classes: int, generator: torch.Generator) -> Split:
    """The split with a word in each text, at a random place, that indicates a class.

    named: (N,) the class that each word indicates. Object masks move with their words. Raises DataError for
    more classes than there are markers.
    """
    if classes > len(MARKERS):
        raise DataError(
            f"cue: marker-word has words for {len(MARKERS)} classes, got {classes}. "
            "Use data with fewer classes."
        )
    assert split.texts is not None
    length = split.images.shape[-1]
    free = torch.rand(len(split), generator=generator)
    places = (free * (words_read(split.images).sum(1) + 1).clamp(max=length)).long()
    pairs = zip(split.texts, places.tolist(), named.tolist(), strict=True)
    texts = tuple(with_word(text, place, MARKERS[label]) for text, place, label in pairs)
    here = torch.nn.functional.one_hot(places, length).bool()
    masks = None if split.object_masks is None else _moved(split.object_masks, places) & ~here
    numbers = numbered(texts, length, split.images.shape[1])
    return Split(numbers, split.labels, masks, here, texts)


def with_word(text: str, place: int, word: str) -> str:
    """The text with another word before the one at `place`, or at its end."""
    words = words_of(text)
    if place >= len(words):
        return f"{text} {word}"
    start = words[place].start
    return f"{text[:start]}{' ' if text[:start].strip() else ''}{word} {text[start:]}".replace("  ", " ")


def _spelled_out(split: Split) -> Split:
    assert split.texts is not None
    return replace(split, images=numbered(split.texts, split.images.shape[-1], SPELLED))


def _moved(masks: Tensor, places: Tensor) -> Tensor:
    """Masks (N, L) after a word is inserted at each place: those behind it move by one."""
    before = torch.arange(masks.shape[1]) < places[:, None]
    return torch.where(before, masks, masks.roll(1, dims=1))
