"""Inputs in memory: a split, a data set of three splits, and class-balanced splitting."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from kdviz.datasets.counts import VALIDATION_SHARE, held_count
from kdviz.errors import DataError
from kdviz.types import IntArray

SPLITS = ("train", "validation", "test")

_CUT_SEED = 0


@dataclass(frozen=True, eq=False)
class Split:
    """Images with labels and masks. Shared between runs, so never modified.

    images: uint8 (N, C, H, W); of sounds, spectrograms (N, 1, bands, frames), which their
    samples may follow; of texts, numbers of words,
    int32 (N, 1, L). labels: int64 (N,). object_masks: bool (N, *S), the visible object; None if unknown.
    cue_masks: bool (N, *S), the planted cue; None without one, or if it is everywhere. texts: as written;
    None for other inputs. sounds: int16 (N, samples), of the spectrograms; likewise.
    """

    images: Tensor
    labels: Tensor
    object_masks: Tensor | None = None
    cue_masks: Tensor | None = None
    texts: tuple[str, ...] | None = None
    sounds: Tensor | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, indices: Tensor | IntArray) -> Split:
        """The images with these indices, in this order."""
        indices = torch.as_tensor(indices)
        return Split(
            self.images[indices],
            self.labels[indices],
            None if self.object_masks is None else self.object_masks[indices],
            None if self.cue_masks is None else self.cue_masks[indices],
            None if self.texts is None else tuple(self.texts[place] for place in _listed(indices)),
            None if self.sounds is None else self.sounds[indices],
        )


@dataclass(frozen=True, eq=False)
class DataSet:
    """Training, validation and test split of the same classes.

    flips: whether a mirrored image keeps its class. notes: about reading it, a sentence each.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    validation: Split
    test: Split
    flips: bool
    notes: tuple[str, ...] = ()

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(C, H, W) of each image, C is 1 for greyscale and 3 for RGB; (1, L) of each text."""
        return tuple(self.train.images.shape[1:])

    @property
    def mean(self) -> tuple[float, ...]:
        """Of the training split, per channel, in [0, 1]; empty for texts."""
        return self._moments[0]

    @property
    def std(self) -> tuple[float, ...]:
        """Of the training split, per channel; at least one grey level, since it is divided by."""
        return self._moments[1]

    @cached_property
    def _moments(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        if self.train.texts is not None:
            return (), ()
        levels = torch.linspace(0, 1, 256, dtype=torch.float64)
        means, stds = [], []
        for channel in _histograms(self.train.images):
            share = channel / channel.sum()
            mean = (share * levels).sum()
            means.append(mean.item())
            stds.append(max((share * (levels - mean) ** 2).sum().sqrt().item(), 1 / 255))
        return tuple(means), tuple(stds)


def with_validation(name: str, classes: tuple[str, ...], train: Split, test: Split) -> DataSet:
    """A data set whose validation split is cut from `train`: a sixth of each class, always the same."""
    kept, held = held_out(train.labels, VALIDATION_SHARE)
    return DataSet(name, classes, train.take(kept), train.take(held), test, flips=True)


def held_out(labels: Tensor, share: float) -> tuple[Tensor, Tensor]:
    """Indices to keep and to hold out, each ascending: `share` of each class, at least one, is held out."""
    counts = torch.bincount(labels)
    quota = torch.tensor([held_count(count, share) for count in counts.tolist()], dtype=torch.int64)
    held = _rank_in_class(labels, _CUT_SEED) < quota[labels]
    return (~held).nonzero().flatten(), held.nonzero().flatten()


def balanced_subset(split: Split, count: int | None, *, seed: int) -> Split:
    """`count` images chosen by seed, class-balanced as far as possible; None returns all.

    A smaller subset with the same seed is the beginning of a larger one. Raises DataError if the split has
    fewer images.
    """
    if count is None:
        return split
    if count > len(split):
        raise DataError(
            f"train_count: must be at most {len(split)}, the number of training images, got {count}. "
            "Leave it empty to take all."
        )
    return split.take(balanced_indices(split.labels, count, seed=seed))


def balanced_indices(labels: Tensor, count: int, *, seed: int) -> Tensor:
    """Indices of the images of `balanced_subset`, in its order."""
    order = _random_order(len(labels), seed)
    rank = _rank_in_class(labels, seed)[order]
    return order[torch.argsort(rank, stable=True)][:count]


def _rank_in_class(labels: Tensor, seed: int) -> Tensor:
    """(N,) number of images of the same class that come earlier in a random order."""
    order = _random_order(len(labels), seed)
    by_class = order[torch.argsort(labels[order], stable=True)]
    counts = torch.bincount(labels)
    starts = torch.repeat_interleave(counts.cumsum(0) - counts, counts)
    rank = torch.empty_like(labels)
    rank[by_class] = torch.arange(len(labels)) - starts
    return rank


def _random_order(count: int, seed: int) -> Tensor:
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))


def _listed(indices: Tensor) -> list[int]:
    """Indices (n,), or where a bool tensor is true."""
    places = indices.nonzero().flatten() if indices.dtype == torch.bool else indices
    return [int(place) for place in places]


def _histograms(images: Tensor) -> Tensor:
    """(C, 256) counts of grey levels, chunk by chunk, for images mapped from disk."""
    counts = torch.zeros(images.shape[1], 256, dtype=torch.float64)
    for chunk in torch.split(images, 1024):
        for channel, values in enumerate(chunk.unbind(1)):
            counts[channel] += torch.bincount(values.flatten(), minlength=256)
    return counts
