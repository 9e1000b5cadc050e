"""The vector of each word: what a text network reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

KNOWN_WORDS, VECTOR_LENGTH = 20_000, 50

_FILE = Path(__file__).with_name("glove20k.npz")
_SEED = 0


@lru_cache(maxsize=4)
def word_vectors(size: int) -> NDArray[np.float32]:
    """The vectors of the word numbers below `size`, (size, `VECTOR_LENGTH`); that of `PAD` is 0.

    GloVe's for the words of the vocabulary (Pennington et al. 2014, 6 billion words, 50 dimensions; public
    domain, PDDL 1.0), stored as int8. The buckets of other words have random vectors of the same spread.
    """
    arrays = packaged_arrays()
    known = arrays["vectors"].astype(np.float32) * arrays["scale"][:, None]
    rng = np.random.default_rng(_SEED)
    buckets = rng.standard_normal((max(0, size - 1 - len(known)), VECTOR_LENGTH), dtype=np.float32)
    pad = np.zeros((1, VECTOR_LENGTH), np.float32)
    table: NDArray[np.float32] = np.concatenate([pad, known, buckets * known.std()])[:size]
    table.setflags(write=False)
    return table


@lru_cache(maxsize=1)
def packaged_arrays() -> Mapping[str, NDArray[Any]]:
    """words: uint8, the words joined by newlines. vectors: int8 (words, 50). scale: float32 (words,)."""
    with np.load(_FILE, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}
