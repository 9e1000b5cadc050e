"""Texts that are packaged with kdviz: sentences from reviews, questions to a bank, and pairs of reviews."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from kdviz.datasets.packaged_jpegs import PACKAGED, reported
from kdviz.datasets.split import SPLITS, DataSet, Split, balanced_indices, with_validation
from kdviz.datasets.text_split import text_split
from kdviz.progress import Report
from kdviz.vocabulary import words_of

SENTENCE_LENGTH = 48
"""Words that are read of a sentence: all of them in 99 of 100."""

REVIEW_LENGTH = 128

_TEST_COUNT = 600

_OF_EACH_DOMAIN, _FILMS = 1000, 1
"""Sentences about products, then films, then restaurants in the file; and the place of films."""

_PAIRS_APART = {"original-reviews": False, "revised-reviews": True}
"""Data sets with one review of each pair: whether they are tested on the revised ones."""


class _Row(NamedTuple):
    """split: "" where the package does not say it. pair: its number, of reviews that say the opposite."""

    split: str
    label: str
    pair: str
    text: str


def load_sentiment(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """Sentences from reviews of products, films and restaurants, negative or positive."""
    return reported(_read, "sentiment", report)


def load_sentiment_films(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """The same sentences by domain: those about products and restaurants to train on, films to test on."""
    return reported(_read, "sentiment-films", report)


def load_bank_intents(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """Questions of customers to a bank, by what they are about: the ten most frequent of 77 intents."""
    return reported(_read, "bank-intents", report)


def load_counterfactual_reviews(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """Pairs of film reviews, of which one says the opposite of the other.

    A person changed as few words as needed: these are the object masks. A pair is in one split.
    """
    return reported(_read, "counterfactual-reviews", report)


def load_revised_reviews(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """The same pairs apart: reviews as they were written to train on, revised ones to test on.

    Source: Kaushik et al. 2020, arXiv:1909.12434, table 2, "original" against "revised".
    """
    return reported(_read, "revised-reviews", report)


def load_original_reviews(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """The same pairs apart: reviews as they were written, to train on and to test on.

    Trained on the reviews of `load_revised_reviews`, tested on the others of its pairs.
    """
    return reported(_read, "original-reviews", report)


def packaged_texts_file(name: str) -> Path:
    """The texts of a data set, written by `scripts/pack_texts.py`."""
    return PACKAGED / f"{name.replace('-', '_')}.tsv.gz"


@lru_cache
def _read(name: str) -> DataSet:
    if name == "sentiment-films":
        read = _films_apart()
    else:
        read = _rows("counterfactual-reviews" if name in _PAIRS_APART else name)
    rows = list({row.text: row for row in read}.values())
    classes = sorted({row.label for row in rows})
    labels = torch.tensor([classes.index(row.label) for row in rows])
    pairs = any(row.pair for row in rows)
    texts = [row.text for row in rows]
    length = REVIEW_LENGTH if pairs else SENTENCE_LENGTH
    masks = _changed_words(rows, length) if pairs else None
    everything = text_split(texts, labels, length, object_masks=masks)
    splits = _one_of_each_pair(rows, name) if name in _PAIRS_APART else [row.split for row in rows]
    return _split(name, tuple(classes), everything, splits)


def _rows(name: str) -> list[_Row]:
    lines = gzip.decompress(packaged_texts_file(name).read_bytes()).decode().split("\n")
    return [_Row(*line.split("\t")) for line in lines]


def _films_apart() -> list[_Row]:
    return [
        row._replace(split="test" if place // _OF_EACH_DOMAIN == _FILMS else "train")
        for place, row in enumerate(_rows("sentiment"))
    ]


def _one_of_each_pair(rows: Sequence[_Row], name: str) -> list[str]:
    """The split of each review, "" for none. The first of a pair is the original, the second its revision."""
    pairs, splits = set(), []
    for row in rows:
        revised = (row.split, row.pair) in pairs
        pairs.add((row.split, row.pair))
        wanted = row.split == "test" and _PAIRS_APART[name]
        splits.append(row.split if revised == wanted else "")
    return splits


def _split(name: str, classes: tuple[str, ...], everything: Split, given: Sequence[str]) -> DataSet:
    parts = [np.flatnonzero(np.array(given) == split) for split in SPLITS]
    train, validation, test = map(everything.take, parts)
    if len(validation):
        return DataSet(name, classes, train, validation, test, flips=True)
    if len(test):
        return with_validation(name, classes, train, test)
    drawn = balanced_indices(everything.labels, _TEST_COUNT, seed=0)
    rest = np.setdiff1d(np.arange(len(everything)), drawn)
    return with_validation(name, classes, everything.take(rest), everything.take(drawn))


def _changed_words(rows: Sequence[_Row], length: int) -> Tensor:
    """The words of each text that are not in the other of its pair, bool (N, length)."""
    masks = torch.zeros(len(rows), length, dtype=torch.bool)
    pairs = defaultdict(list)
    for place, row in enumerate(rows):
        pairs[row.split, row.pair].append(place)
    for both in pairs.values():
        for own, other in permutations(both, 2):
            first, second = (
                [word.text.lower() for word in words_of(rows[each].text)] for each in (own, other)
            )
            masks[own, : len(first)] = True
            for block in SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks():
                masks[own, block.a : block.a + block.size] = False
    return masks
