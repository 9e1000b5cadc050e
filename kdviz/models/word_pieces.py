"""Words as pieces of a foreign tokenizer, which meet kdviz' words by the characters that they begin at."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from kdviz.errors import ModelError
from kdviz.vocabulary import unspelled

MOST_PIECES = 8
"""Pieces of a word that are read; only words of mistypings or of another language have more."""

NO_TOKENIZERS = (
    "teacher_weights: a pretrained transformer needs the package tokenizers. Install it with: "
    "pip install 'kdviz[hf]'."
)

_CACHED = 8


def pieces(spelling: Tensor, tokenizer: str) -> Tensor:
    """The tokens of each word, int64 (N, L, `MOST_PIECES`), from 1; 0 where there is none.

    spelling: of the words of texts, (N, SPELLING, L). tokenizer: the content of a tokenizer.json. Texts are
    put together from their words, so that a word is read as the tokenizer reads it in its text; a token
    belongs to the word that it begins in.
    """
    reader = reader_of(tokenizer)
    found = torch.zeros(len(spelling), spelling.shape[-1], MOST_PIECES, dtype=torch.int64)
    for row, numbers in zip(found, spelling.cpu().int().numpy(), strict=True):
        words = unspelled(numbers)
        word_of = [place for place, word in enumerate(words) for _letter in word]
        read = reader.encode("".join(words), add_special_tokens=False)
        counts = [0] * len(words)
        for token, (start, _stop) in zip(read.ids, read.offsets, strict=True):
            place = word_of[start]
            if counts[place] < MOST_PIECES:
                row[place, counts[place]] = token + 1
            counts[place] += 1
    return found.to(spelling.device)


@lru_cache(maxsize=_CACHED)
def reader_of(tokenizer: str) -> Any:
    """The tokenizer of the content of a tokenizer.json. Raises ModelError for one that cannot be read."""
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise ModelError(NO_TOKENIZERS) from None
    try:
        reader = Tokenizer.from_str(tokenizer)
    except Exception as error:  # it has no errors of its own
        reason = " ".join(str(error).split())[:120]
        raise ModelError(f"teacher_weights: tokenizer.json is not readable ({reason}).") from None
    reader.no_truncation()
    reader.no_padding()
    return reader
