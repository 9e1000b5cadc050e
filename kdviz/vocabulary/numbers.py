"""The number of each word."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from kdviz.vocabulary.vectors import KNOWN_WORDS, packaged_arrays

PAD = 0
"""The number of no word: after the end of a text, and where a word is absent."""

BUCKETS = 8192
"""Numbers that words outside of the vocabulary share. Of 1,000 such words, 6 % share theirs with another."""

VOCABULARY_SIZE = 1 + KNOWN_WORDS + BUCKETS


def word_numbers(words: Iterable[str]) -> list[int]:
    """The number of each word, in upper or lower case: 1 … `VOCABULARY_SIZE` − 1."""
    known = _known()
    return [known.get(word) or _bucket(word) for word in map(_plain, words)]


def is_known(word: str) -> bool:
    """Whether a word has a vector of its own."""
    return _plain(word) in _known()


def unknown_share(words: Sequence[str]) -> float:
    """The share of words without a vector of their own, in [0, 1]; 0 of no words."""
    return sum(not is_known(word) for word in words) / max(len(words), 1)


def is_mostly_unknown(words: Sequence[str]) -> bool:
    """Whether more than half of the words have no vector of their own."""
    return unknown_share(words) > 0.5


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")


def _bucket(word: str) -> int:
    return 1 + KNOWN_WORDS + zlib.crc32(word.encode()) % BUCKETS


@lru_cache(maxsize=1)
def _known() -> Mapping[str, int]:
    words = packaged_arrays()["words"].tobytes().decode().split("\n")
    return {word: number for number, word in enumerate(words, start=1)}
