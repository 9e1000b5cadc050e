"""Images on the device, dealt out in an order that a seed and an epoch fix."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from kdviz.datasets import Eyes, Split
from kdviz.errors import ConfigError


class Batches:
    """A training split, dealt out anew each epoch; the last incomplete batch is left out."""

    def __init__(self, split: Split, eyes: Eyes, *, batch_size: int, flips: bool, seed: int) -> None:
        """Raises ConfigError if there are fewer images than one batch needs."""
        if batch_size > len(split):
            raise ConfigError(
                f"batch_size: {batch_size} is more than the {len(split)} training images. "
                f"Choose at most {len(split)}."
            )
        self._images, self._labels = split.images.to(eyes.device), split.labels.to(eyes.device)
        self._eyes, self._batch_size, self._flips, self._seed = eyes, batch_size, flips, seed

    def __len__(self) -> int:
        return len(self._labels) // self._batch_size

    def epoch(self, number: int) -> Iterator[tuple[Tensor, Tensor]]:
        """Normalised images (B, C, H, W) and labels (B,), each image at most once.

        The order and the flips are a function of the seed and `number` alone, so that a resumed run
        sees what an uninterrupted one would have seen.
        """
        chance = torch.Generator().manual_seed(self._seed * 1_000_003 + number)
        order = torch.randperm(len(self._labels), generator=chance)
        mirrored = torch.rand(len(order), generator=chance) < 0.5
        for start in range(0, len(self) * self._batch_size, self._batch_size):
            chosen = order[start : start + self._batch_size].to(self._eyes.device)
            images = self._images[chosen]
            if self._flips:
                flip = mirrored[start : start + self._batch_size].to(self._eyes.device)
                images = torch.where(flip.view(-1, 1, 1, 1), images.flip(-1), images)
            yield self._eyes.see(images), self._labels[chosen]
