"""Infidelity and sensitivity: whether a map predicts the effect of a perturbation, and is stable."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from kdviz.faithfulness.removal import Classifier
from kdviz.resolution import absent as absent_cells
from kdviz.resolution import resized_to

_SQUARE = 1 / 4
"""Side of a masked square, as a share of the image's."""


def infidelity(
    model: Classifier,
    images: Tensor,
    target: Tensor,
    maps: Tensor,
    *,
    baseline: Tensor | None = None,
    samples: int = 64,
    seed: int = 0,
) -> Tensor:
    """Share of the logit's change under masked squares that a map does not explain, (N,), in [0, 1].

    0: in every square the map's sum is the drop of the target's logit, up to one factor for the image. 1: no
    better than a blank map, or anticorrelated. NaN if the map is all zero or no logit changes.
    maps: (N, *S) signed, resized to the images, bilinear. samples: squares, a quarter of the side, at random
    positions, the same for all images; of texts, runs of words, a quarter of the longest one's.
    Captum's normalized `infidelity` divided by the mean squared drop: captum's own has the squared unit of
    the logit, and accepts an inverted map.
    Source: Yeh et al. 2019, arXiv:1901.09392, def. 2.1 with square removal and optimal scaling.
    """
    absent = torch.zeros_like(images) if baseline is None else baseline.to(images).expand_as(images)
    known = maps.to(images.device).masked_fill(absent_cells(maps).to(images.device), 0)
    fine = resized_to(known, tuple(images.shape[2:]))
    whole = _logit(model, images, target)
    predicted, drops = [], []
    for square in _squares(samples, _sides(maps, images), seed):
        covered = images.clone()
        covered[:, :, *square] = absent[:, :, *square]
        predicted.append(fine[:, *square].sum(tuple(range(1, fine.ndim))))
        drops.append(whole - _logit(model, covered, target))
    expected, actual = torch.stack(predicted).double(), torch.stack(drops).double()
    together = (expected * actual).sum(0).clamp(min=0)
    return (1 - together**2 / (expected.square().sum(0) * actual.square().sum(0))).to(known)


def sensitivity(
    explain: Callable[[Tensor, Tensor], Tensor],
    images: Tensor,
    target: Tensor,
    *,
    radius: float = 0.02,
    samples: int = 8,
    seed: int = 0,
) -> Tensor:
    """Largest change of a map under small changes of all pixels, relative to the map's norm, (N,).

    0: no change; 1: a change as large as the map. NaN if the map is all zero.
    explain: images and target to maps (N, h, w). radius: of the change, in normalized pixels: 0.02 is one or
    two of 255 grey levels, which is invisible. samples: number of changes, seeded.
    Source: Yeh et al. 2019, arXiv:1901.09392, def. 3.1; by captum's `sensitivity_max`.
    """
    from captum.metrics import sensitivity_max

    generator = torch.Generator().manual_seed(seed)

    def nudged(inputs: Tensor, within: float) -> Tensor:
        change = 2 * torch.rand(inputs.shape, generator=generator) - 1
        return inputs + within * change.to(inputs)

    def explained(inputs: Tensor | tuple[Tensor], target: Tensor) -> tuple[Tensor]:
        maps = explain(inputs[0] if isinstance(inputs, tuple) else inputs, target)
        return (maps.contiguous(),)  # captum reads them as rows of memory

    moved: Tensor = sensitivity_max(
        explained,
        images,
        nudged,
        perturb_radius=radius,
        n_perturb_samples=samples,
        max_examples_per_batch=len(images),
        target=target,
    )
    return moved.where(explain(images, target).flatten(1).any(1), torch.nan)


def _sides(maps: Tensor, images: Tensor) -> tuple[int, ...]:
    """The sides of images; of texts, the number of words of the longest."""
    words = (~absent_cells(maps)).any(0)
    return (int(words.sum()),) if maps.ndim == 2 else tuple(images.shape[2:])


def _squares(count: int, size: Sequence[int], seed: int) -> list[tuple[slice, ...]]:
    """The ranges, by dimension, of squares (or intervals) at random positions, completely inside."""
    extent = [max(1, round(_SQUARE * side)) for side in size]
    places = torch.rand(count, len(size), generator=torch.Generator().manual_seed(seed))
    room = torch.tensor([side - taken + 1 for side, taken in zip(size, extent, strict=True)])
    corners = (places * room).long().tolist()
    return [
        tuple(slice(first, first + taken) for first, taken in zip(corner, extent, strict=True))
        for corner in corners
    ]


def _logit(model: Classifier, images: Tensor, target: Tensor) -> Tensor:
    with torch.no_grad():
        return model(images).gather(1, target.unsqueeze(1)).squeeze(1)
