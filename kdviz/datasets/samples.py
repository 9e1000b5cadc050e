"""Samples of a split for display."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import torch
from torch import Tensor

from kdviz.datasets.crude_words import is_crude
from kdviz.datasets.split import Split


def class_counts(split: Split, classes: int) -> list[int]:
    """The number of images of each class."""
    return [int(count) for count in torch.bincount(split.labels, minlength=classes)]


def sample_of_class(split: Split, label: int, count: int, *, turn: int = 0) -> Split:
    """Up to `count` images of a class. Each turn continues where the one before ended, cyclically.

    Texts with crude words come last.
    """
    return split.take(_places(split, label, count, turn))


def sample_of_classes(split: Split, labels: Iterable[int], count: int, *, turn: int = 0) -> Split:
    """The same for several classes, concatenated."""
    return split.take(torch.cat([_places(split, label, count, turn) for label in labels]))


def of_class(split: Split, label: int) -> Split:
    """All images of a class."""
    return split.take((split.labels == label).nonzero().flatten())


def randomly_flipped(split: Split, *, seed: int) -> Split:
    """The images, each flipped left to right with probability ½, with its object mask."""
    flip = torch.rand(len(split), generator=torch.Generator().manual_seed(seed)) < 0.5
    masks = split.object_masks
    return replace(
        split,
        images=torch.where(flip.view(-1, 1, 1, 1), split.images.flip(-1), split.images),
        object_masks=None if masks is None else torch.where(flip.view(-1, 1, 1), masks.flip(-1), masks),
    )


def _places(split: Split, label: int, count: int, turn: int) -> Tensor:
    places = (split.labels == label).nonzero().flatten()
    if split.texts is not None:
        crude = torch.tensor([is_crude(split.texts[place]) for place in places.tolist()], dtype=torch.bool)
        places = torch.cat([places[~crude], places[crude]])
    return places.roll(-(turn * count % max(1, len(places))))[:count]
