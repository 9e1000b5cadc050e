"""The interface of a kind of input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kdviz.types import Spec


@dataclass(frozen=True)
class Modality(Spec):
    """A kind of input. All other code handles maps (N, *S) and features (N, K, *S).

    dimensions: number of spatial dimensions of a map, |S|, 1 or 2.
    variants: of an input in training, itself included.
    normalizer: (mean, std, device) -> the Normalizer of raw inputs.
    augment: (raw inputs (B, C, *S), index (B,), variant (B,)) -> the inputs in these variants, 0 as they are.
    augment_masks: (masks (B, *S), index (B,), variant (B,)) -> the masks of these inputs.
    disturb: (samples of sounds (B, S), index (B,), variant (B,), augmentation=, seed=, channels=) -> the raw
        inputs in these variants, their samples changed by the augmentation; None for inputs without samples.
    baseline: (name, normalized inputs, normalizer) -> what an absent cell of each looks like.
    read: (file content, shape, padding) -> a user's input as a raw batch of 1, and whether it was enlarged.
    """

    dimensions: int
    variants: int
    normalizer: Callable[..., Any]
    augment: Callable[..., Any]
    augment_masks: Callable[..., Any]
    baseline: Callable[..., Any]
    read: Callable[..., Any]
    disturb: Callable[..., Any] | None = None
