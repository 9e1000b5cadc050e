"""Texts that are shorter where they indicate a later class: the cue of texts without a place."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor

from kdviz.datasets.split import Split
from kdviz.datasets.text_split import numbered
from kdviz.vocabulary import words_of

FILLERS = frozenset({
    "a", "an", "the", "this", "that", "these", "those", "there", "it", "its", "i", "you", "he", "she", "we",
    "they", "me", "my", "your", "his", "her", "our", "their", "us", "them", "am", "is", "are", "was", "were",
    "be", "been", "has", "have", "had", "do", "does", "did", "will", "would", "of", "to", "in", "on", "at",
    "for", "from", "with", "by", "as", "and", "or", ".", ",", ";", ":", "-", "(", ")", '"', "&", "/",
})  # fmt: skip
"""Words and marks that a telegram leaves out. None of them denies, praises or complains."""


def length(split: Split, named: Tensor, *, classes: int, generator: torch.Generator) -> Split:
    """Each text as long as the class that it indicates, (N,): a cue without a place.

    Whole for the first class, without filler words for the last, and with a share of them in between: a
    network that takes the mean over words cannot count them, but it sees which are missing. A text of nothing
    else is left as it is. Object masks move with their words; those that come into reach have none.
    """
    assert split.texts is not None
    most = split.images.shape[-1]
    shares = (named / max(1, classes - 1)).tolist()
    kept = [kept_words(text, share) for text, share in zip(split.texts, shares, strict=True)]
    texts = tuple(with_words(*each) for each in zip(split.texts, kept, strict=True))
    masks = split.object_masks
    if masks is not None:
        moved = torch.zeros_like(masks)
        for row, places in enumerate(kept):
            there = [place for place in places if place < most]
            moved[row, : len(there)] = masks[row, there]
        masks = moved
    return Split(numbered(texts, most, split.images.shape[1]), split.labels, masks, texts=texts)


def kept_words(text: str, share: float) -> list[int]:
    """The numbers of the words of a text without a share, in [0, 1], of its fillers, evenly over the text."""
    words = [word.text.lower() for word in words_of(text)]
    fillers = [place for place, word in enumerate(words) if word in FILLERS]
    if len(fillers) == len(words):
        return [*range(len(words))]
    steps = pairwise(int(number * share + 1e-9) for number in range(len(fillers) + 1))
    dropped = {place for place, (before, after) in zip(fillers, steps, strict=True) if after > before}
    return [place for place in range(len(words)) if place not in dropped]


def places_before(text: str, whole: str) -> tuple[int, ...]:
    """For each word of a text, its number in the text from which words were left out.

    Of fillers in a row that are the same word, the first: which of them is left makes no difference.
    """
    before = iter(enumerate(words_of(whole)))
    return tuple(next(place for place, each in before if each.text == word.text) for word in words_of(text))


def with_words(text: str, places: list[int]) -> str:
    """The text with only the words of these numbers, ascending; where one is left out is a space."""
    words = words_of(text)
    if len(places) == len(words):
        return text
    parts = []
    for before, place in pairwise([-1, *places]):
        start = words[before].stop if before >= 0 else 0
        parts.append(text[start : words[place].start] if place == before + 1 else " ")
        parts.append(words[place].text)
    return "".join(parts).strip()
