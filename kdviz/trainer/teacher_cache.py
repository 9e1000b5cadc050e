"""A cache of results about the teacher, shared by the runs of one process.

The runs of a study mostly share a teacher and its evaluation images. The results are then equal to the last
digit, and computing them takes up to a third of a short run.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from hashlib import blake2b
from typing import Any, TypeVar

import torch
from torch import Tensor

from kdviz.cache import Cache
from kdviz.datasets import Normalizer, Split
from kdviz.models import Network
from kdviz.types import Event, Layer

Result = TypeVar("Result")

TEACHER_RESULTS: Cache[Any] = Cache(8)
"""A few megabytes each."""


def cached_result(
    key: str, compute: Callable[[], Generator[Event, None, Result]]
) -> Generator[Event, None, Result]:
    """The cached result for a key; a missing one is computed. Nobody may modify it.

    key: of `cache_key`, with everything that the result depends on.
    """
    known: Result | None = TEACHER_RESULTS.find(key)
    if known is None:
        known = yield from compute()
        TEACHER_RESULTS.keep(key, known)
    return known


def cache_key(
    name: str, network: Network, normalizer: Normalizer, layer: Layer, *splits: Split | None
) -> str:
    """A hash of a result's name and of what it depends on: weights, normalization and images."""
    digest = blake2b(repr((name, layer, str(network), str(normalizer.device))).encode(), digest_size=16)
    for tensor in (*network.state_dict().values(), normalizer.mean, normalizer.std, *_tensors(splits)):
        digest.update(repr((tensor.dtype, tensor.shape)).encode())
        digest.update(tensor.detach().cpu().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()


def _tensors(splits: Sequence[Split | None]) -> Iterator[Tensor]:
    """Every tensor of the splits; an empty one for each that is missing."""
    for split in splits:
        for name in ("images", "labels", "object_masks", "cue_masks"):
            part = getattr(split, name, None)
            yield torch.empty(0) if part is None else part
