"""Words as they are written, in whole numbers: for a network whose tokenizer is not this vocabulary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kdviz.vocabulary.words import Word

SPELLING = 12
"""Whole numbers that a word is written in, four bytes of UTF-8 each; longer words are cut."""

SPELLED = 1 + SPELLING
"""Channels of texts whose words are spelled as well: the number of each, then its spelling."""

_BYTES = 4 * SPELLING


def spelled(text: str, words: Sequence[Word]) -> NDArray[np.int32]:
    """Words of a text as numbers, (`SPELLING`, words): a space where one stands before it, then the word."""
    ends = (0, *(word.stop for word in words))
    written = [
        (" " * (word.start > end) + word.text).encode("utf-8", "ignore")[:_BYTES].ljust(_BYTES, b"\0")
        for word, end in zip(words, ends, strict=False)
    ]
    letters = np.frombuffer(b"".join(written), np.dtype("<i4"))
    return letters.reshape(len(words), SPELLING).T.astype(np.int32)


def unspelled(numbers: NDArray[np.int32]) -> list[str]:
    """The words of `spelled` numbers (`SPELLING`, L), with a space before; "" where there is none."""
    letters = np.ascontiguousarray(numbers.T, np.dtype("<i4"))
    return [row.tobytes().rstrip(b"\0").decode("utf-8", "ignore") for row in letters]
