"""Batches of a training split, in an order that depends only on the seed and the epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from kdviz.datasets import AUGMENTATIONS, Normalizer, Split
from kdviz.errors import ConfigError
from kdviz.modalities import Modality


@dataclass(frozen=True)
class Batch:
    """A batch, the same for all arms.

    images: normalized (B, C, *S). labels: (B,). views: (B,), the image's index in the split, plus the split's
    length times its variant: 1 for a mirrored image. index: number of batches before it in the epoch. masks:
    bool (B, *S), where the object is, mirrored with its image; None unless they are asked for.
    """

    images: Tensor
    labels: Tensor
    views: Tensor
    index: int
    masks: Tensor | None = None


def require_batch(split: Split, batch_size: int) -> None:
    """Raises ConfigError if the split has fewer images than one batch."""
    if batch_size > len(split):
        raise ConfigError(
            f"batch_size: {batch_size} is more than the {len(split)} training images. "
            f"Choose at most {len(split)}."
        )


class Batches:
    """A training split in batches, shuffled every epoch; the last incomplete batch is dropped."""

    def __init__(
        self,
        split: Split,
        normalizer: Normalizer,
        *,
        modality: Modality,
        batch_size: int,
        flips: bool,
        seed: int,
        masks: bool = False,
        augmentation: str = "usual",
    ) -> None:
        """masks: whether batches have the split's object masks. augmentation: a name in `AUGMENTATIONS`.

        Raises ConfigError if the split has fewer images than one batch.
        """
        require_batch(split, batch_size)
        self._images, self._labels = split.images.to(normalizer.device), split.labels.to(normalizer.device)
        self._normalizer, self._flips, self._seed = normalizer, flips, seed
        self._modality = modality
        self._augmentation = AUGMENTATIONS[augmentation]
        samples = split.sounds if flips and self._augmentation.changes_samples else None
        self._samples = None if samples is None else samples.to(normalizer.device)
        known = split.object_masks if masks else None
        self._masks = None if known is None else known.to(normalizer.device)
        self.batch_size = batch_size

    def __len__(self) -> int:
        return len(self._labels) // self.batch_size

    @property
    def device(self) -> torch.device:
        """The device of the images."""
        return self._normalizer.device

    @property
    def view_count(self) -> int:
        """Number of different images, mirrored ones included."""
        return len(self._labels) * self._variants

    def select(self, views: Tensor) -> Tensor:
        """The normalized images (B, C, H, W) of views (B,)."""
        disturb = self._modality.disturb
        if self._samples is None or disturb is None:
            return self._normalizer.normalize(self._seen(self._images, views, self._modality.augment))
        index, variant = views % len(self._labels), views // len(self._labels)
        return self._normalizer.normalize(
            disturb(
                self._samples[index], index, variant,
                augmentation=self._augmentation, seed=self._seed, channels=self._images.shape[1],
            )
        )  # fmt: skip

    def batch(self, views: Tensor, index: int = 0) -> Batch:
        """The batch of these views (B,)."""
        masks = None if self._masks is None else self._seen(self._masks, views, self._modality.augment_masks)
        return Batch(self.select(views), self._labels[views % len(self._labels)], views, index, masks)

    def with_mask(self) -> Batch:
        """The first images that have a mask, up to a batch. Only if batches have masks."""
        assert self._masks is not None
        return self.batch(self._masks.flatten(1).any(1).nonzero().flatten()[: self.batch_size])

    @property
    def _variants(self) -> int:
        return self._modality.variants if self._flips else 1

    def _seen(self, inputs: Tensor, views: Tensor, augment: Callable[..., Tensor]) -> Tensor:
        """Views (B,) of inputs (N, C, *S), or of masks (N, *S)."""
        index, variant = views % len(self._labels), views // len(self._labels)
        return augment(inputs[index], index, variant) if self._flips else inputs[index]

    def epoch(self, number: int) -> Iterator[Batch]:
        """The batches of an epoch. No image is in two of them.

        Order and flips depend only on the seed and `number`, so a resumed run has the batches of one that
        was not interrupted.
        """
        generator = torch.Generator().manual_seed(self._seed * 1_000_003 + number)
        order = torch.randperm(len(self._labels), generator=generator)
        if self._flips:
            shares = torch.rand(len(order), generator=generator)
            order = order + len(order) * (self._variants - 1 - (shares * self._variants).long())
        for index in range(len(self)):
            start = index * self.batch_size
            views = order[start : start + self.batch_size].to(self._normalizer.device)
            yield self.batch(views, index)
