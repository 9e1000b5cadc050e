"""Images on the device, dealt out in an order that a seed and an epoch fix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from kdviz.datasets import Normalizer, Split
from kdviz.errors import ConfigError
from kdviz.modalities import Modality


@dataclass(frozen=True)
class Batch:
    """Images that are learnt from together, as one arm after the other sees them.

    images: normalised (B, C, H, W). labels: (B,). views: (B,), which view of which image each one is: its
    place in the split, plus the split's length where it is mirrored. place: how many batches of the epoch
    came before.
    """

    images: Tensor
    labels: Tensor
    views: Tensor
    place: int


class Batches:
    """A training split, dealt out anew each epoch; the last incomplete batch is left out."""

    def __init__(
        self,
        split: Split,
        normalizer: Normalizer,
        *,
        modality: Modality,
        batch_size: int,
        flips: bool,
        seed: int,
    ) -> None:
        """Raises ConfigError if there are fewer images than one batch needs."""
        if batch_size > len(split):
            raise ConfigError(
                f"batch_size: {batch_size} is more than the {len(split)} training images. "
                f"Choose at most {len(split)}."
            )
        self._images, self._labels = split.images.to(normalizer.device), split.labels.to(normalizer.device)
        self._normalizer, self._flips, self._seed = normalizer, flips, seed
        self._augment = modality.augment
        self.batch_size = batch_size

    def __len__(self) -> int:
        return len(self._labels) // self.batch_size

    @property
    def device(self) -> torch.device:
        """Where the images are."""
        return self._normalizer.device

    @property
    def view_count(self) -> int:
        """How many different images can be dealt: mirrored ones count."""
        return len(self._labels) * (2 if self._flips else 1)

    def view(self, views: Tensor) -> Tensor:
        """The normalised images (B, C, H, W) of these views, (B,) on the device."""
        images = self._images[views % len(self._labels)]
        augmented = views >= len(self._labels)
        return self._normalizer.normalize(self._augment(images, augmented) if self._flips else images)

    def epoch(self, number: int) -> Iterator[Batch]:
        """Batches in which each image comes at most once.

        The order and the flips are a function of the seed and `number` alone, so that a resumed run
        sees what an uninterrupted one would have seen.
        """
        chance = torch.Generator().manual_seed(self._seed * 1_000_003 + number)
        order = torch.randperm(len(self._labels), generator=chance)
        if self._flips:
            order = order + len(order) * (torch.rand(len(order), generator=chance) < 0.5)
        for place in range(len(self)):
            start = place * self.batch_size
            chosen = order[start : start + self.batch_size].to(self._normalizer.device)
            yield Batch(self.view(chosen), self._labels[chosen % len(order)], chosen, place)
