"""What one run found out about a teacher, kept for the next run of the same process.

The runs of a study mostly share a teacher and the images that it is asked about. What it says of them is
then the same to the last digit, and takes up to a third of a short run to work out again.
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

Answer = TypeVar("Answer")

ANSWERS: Cache[Any] = Cache(8)
"""A few megabytes each."""


def recalled(key: str, ask: Callable[[], Generator[Event, None, Answer]]) -> Generator[Event, None, Answer]:
    """What `ask` returned when it was last asked under this key; it is asked if it never was.

    key: of `key_of`, with everything that the answer depends on. Nobody may change what comes back.
    """
    known: Answer | None = ANSWERS.find(key)
    if known is None:
        known = yield from ask()
        ANSWERS.keep(key, known)
    return known


def key_of(
    question: str, network: Network, normalizer: Normalizer, layer: Layer, *splits: Split | None
) -> str:
    """A hash of the question and of all that the answer depends on: weights, normalisation and images."""
    digest = blake2b(repr((question, layer, str(network), str(normalizer.device))).encode(), digest_size=16)
    for tensor in (*network.state_dict().values(), normalizer.mean, normalizer.std, *_parts(splits)):
        digest.update(repr((tensor.dtype, tensor.shape)).encode())
        digest.update(tensor.detach().cpu().reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()


def _parts(splits: Sequence[Split | None]) -> Iterator[Tensor]:
    """Every tensor of the splits; an empty one for each that is not there."""
    for split in splits:
        for name in ("images", "labels", "object_masks", "cue_masks"):
            part = getattr(split, name, None)
            yield torch.empty(0) if part is None else part
