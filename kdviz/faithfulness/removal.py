"""Deletion and insertion: pixels with high attribution should change the prediction first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from kdviz.errors import ShapeError
from kdviz.resolution import absent as absent_cells
from kdviz.resolution import resized_to

Classifier = Callable[[Tensor], Tensor]
"""Logits (N, classes) of normalized images (N, C, H, W)."""


@dataclass(frozen=True, eq=False)
class Removal:
    """The target's probability while pixels are deleted or inserted in the order of a map; (N, steps + 1).

    deletion: from the whole image to the baseline, highest pixels first; lower is better. insertion: from the
    baseline to the whole image; higher is better. random_deletion, random_insertion: means over random
    orders. NaN if a map is constant.
    """

    deletion: Tensor
    insertion: Tensor
    random_deletion: Tensor
    random_insertion: Tensor


def area_under(curve: Tensor) -> Tensor:
    """The area under each curve over the share of pixels, by the trapezoidal rule, (N,), in [0, 1]."""
    area: Tensor = torch.trapezoid(curve, dim=1) / (curve.shape[1] - 1)
    return area


def removal(
    model: Classifier,
    images: Tensor,
    target: Tensor,
    maps: Tensor,
    *,
    baseline: Tensor | None = None,
    steps: int = 16,
    orders: int = 4,
    seed: int = 0,
) -> Removal:
    """Deletion and insertion of each image by its map, and by random orders.

    images: normalized (N, C, *S). target: (N,). maps: (N, *S) signed, resized to the images, bilinear. Words
    that a text does not have are never removed.
    baseline: what an absent pixel looks like; None is 0, the data's mean colour.
    orders: number of random orders, each from a map of noise of the maps' own size, resized likewise.
    Deleting single pixels all over an image destroys it sooner than deleting a region, so a random order of
    pixels would be an unfair comparison for a coarse map. seed: of the noise, the same for all images. Raises
    ShapeError if there is not one map for each image.
    Source: Petsiuk et al. 2018, arXiv:1806.07421 (there, insertion starts from a blurred image).
    """
    if len(maps) != len(images):
        raise ShapeError(f"maps: must be one for each of the {len(images)} images, got {len(maps)}.")
    absent = torch.zeros_like(images) if baseline is None else baseline.to(images).expand_as(images)

    def curve(ranks: Tensor, start: Tensor, end: Tensor) -> Tensor:
        return _curve(model, start, end, target, ranks, steps)

    maps = maps.to(images.device)
    nothing = absent_cells(maps)
    ranks = _ranks(maps, images)
    deletion, insertion = curve(ranks, images, absent), curve(ranks, absent, images)
    noise = torch.randn(orders, *maps.shape[1:], generator=torch.Generator().manual_seed(seed))
    drawn = [
        _ranks(order.expand_as(maps).masked_fill(nothing, torch.nan), images) for order in noise.to(maps)
    ]
    random_deletion = torch.stack([curve(order, images, absent) for order in drawn]).mean(0)
    random_insertion = torch.stack([curve(order, absent, images) for order in drawn]).mean(0)
    defined = varies(maps).unsqueeze(1)
    return Removal(
        deletion.where(defined, torch.nan),
        insertion.where(defined, torch.nan),
        random_deletion.where(defined, torch.nan),
        random_insertion.where(defined, torch.nan),
    )


def ranked(maps: Tensor) -> tuple[Tensor, Tensor]:
    """The rank of each cell in its map, (N, cells), 0 for the highest, and the number of cells, (N, 1).

    maps: (N, *S). Cells that an input does not have are last, and not counted.
    """
    nothing = absent_cells(maps)
    ordered = maps.masked_fill(nothing, -torch.inf).flatten(1)
    ranks = ordered.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
    return ranks, (~nothing).flatten(1).sum(1, keepdim=True)


def varies(maps: Tensor) -> Tensor:
    """Whether a map (N, *S) has more than one value, bool (N,): a constant one has no highest cells."""
    nothing = absent_cells(maps)
    highest, lowest = maps.masked_fill(nothing, -torch.inf), maps.masked_fill(nothing, torch.inf)
    return highest.flatten(1).amax(1) > lowest.flatten(1).amin(1)


def target_probability(model: Classifier, images: Tensor, target: Tensor) -> Tensor:
    """The target's probability, (N,), without a graph."""
    with torch.no_grad():
        return model(images).softmax(1).gather(1, target.unsqueeze(1)).squeeze(1)


def _ranks(maps: Tensor, images: Tensor) -> Tensor:
    """For each cell of the inputs its rank in the map, 0 for the highest, as a share of all, (N, *S).

    Cells that an input does not have are last, from 1.
    """
    size = tuple(images.shape[2:])
    places, there = ranked(resized_to(maps, size))
    return (places / there).view(-1, *size)


def _curve(
    model: Classifier, start: Tensor, end: Tensor, target: Tensor, ranks: Tensor, steps: int
) -> Tensor:
    """The target's probability as pixels of `start` are replaced by those of `end`, (N, steps + 1)."""
    points = []
    for step in range(steps + 1):
        gone = (ranks < step / steps).unsqueeze(1)
        points.append(target_probability(model, torch.where(gone, end, start), target))
    return torch.stack(points, dim=1)
