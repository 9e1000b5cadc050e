"""What a kind of input must provide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kdviz.types import Spec


@dataclass(frozen=True)
class Modality(Spec):
    """One kind of input. Everything else knows only maps (N, *S) and features (N, K, *S).

    dimensions: the number of spatial dimensions of a map, |S|, 1 or 2.
    normalizer: (mean, std, device) -> the Normalizer of raw inputs.
    augment: (raw inputs (B, …), augmented (B,) bool) -> the inputs, those augmented in their other view.
    baseline: (name, normalized inputs, normalizer) -> what an absent cell of each looks like.
    read: (file content, shape) -> a person's own input as a raw batch of 1, and whether it was enlarged.
    """

    dimensions: int
    normalizer: Callable[..., Any]
    augment: Callable[..., Any]
    baseline: Callable[..., Any]
    read: Callable[..., Any]
