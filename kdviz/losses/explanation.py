"""How far a student's maps are from the teacher's.

A distance takes both batches of raw maps and gives one number an image: 0 where they match, NaN where
either map is blank. Blank maps are put aside *before* the similarity: masking its result would still
send NaN gradients, and a nearly blank map gradients of 1e7.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from kdviz.resolution import at_larger_size, at_smaller_size

BLANK_LENGTH = 1e-6
"""A map is blank where its length (L2) is at most this: float32 has little but noise there."""

BLANK_SHARE = 1e-2
"""A map's positive part, or its shape, is blank where its length is at most this share of the whole map's.

It bounds the gradient by 100 over the map's length. On photographs 6 % of a new student's maps lie
below it in the first five steps, then under 1 %.
"""


def explanation_loss(
    distance: Callable[[Tensor, Tensor], Tensor], teacher_maps: Tensor, student_maps: Tensor
) -> tuple[Tensor, Tensor]:
    """The mean distance over the images where it is defined, and the share of images where it is not.

    Both scalars. The teacher's maps are constants. Where no image has a map the loss is 0, with a
    graph and a gradient of 0. A map that is not finite is not blank: it makes the loss NaN.
    """
    distances = distance(teacher_maps.detach().float(), student_maps.float())
    finite = student_maps.detach().flatten(1).sum(1).isfinite()
    defined = ~(distances.isnan() & finite)
    return _mean_where(defined, distances, dim=0), 1 - defined.float().mean()


def cosine_distance(teacher: Tensor, student: Tensor) -> Tensor:
    """1 − cosine of maps (N, *S) or (N, C, h, w) at the larger one's size; (N,), in [0, 2]."""
    first, second = at_larger_size(teacher, student)
    distances, defined = _cosine_distance(first.flatten(1), second.flatten(1))
    return torch.where(defined, distances, torch.nan)


def positive_cosine_distance(teacher: Tensor, student: Tensor) -> Tensor:
    """`cosine_distance` of what speaks *for* the target: maps (N, *S) after a ReLU; (N,), in [0, 1].

    Source: Parchami-Araghi et al. 2024, arXiv:2402.03119.
    """
    return cosine_distance(_positive_part(teacher), _positive_part(student))


def energy_distance(teacher: Tensor, student: Tensor) -> Tensor:
    """Squared L2 distance of maps (N, *S) scaled to length 1, at the larger one's size; (N,), in [0, 4].

    Computed as 2 · (1 − cosine). Source: Zagoruyko & Komodakis 2017, arXiv:1612.03928, sec. 3.1; their
    code takes the mean over positions, which shrinks with the grid.
    """
    return 2 * cosine_distance(teacher, student)


def class_distance(teacher: Tensor, student: Tensor) -> Tensor:
    """`energy_distance` of each class's map, from (N, classes, *S), mean over classes; (N,), in [0, 4].

    Maps are averaged down to the smaller one's grid first. A class without a map is left out.
    Source: Guo et al. 2023, arXiv:2304.12777; there the mean over positions.
    """
    first, second = at_smaller_size(teacher, student)
    distances, defined = _cosine_distance(first.flatten(2), second.flatten(2))
    return torch.where(defined.any(1), 2 * _mean_where(defined, distances, dim=1), torch.nan)


def class_shape_distance(teacher: Tensor, student: Tensor) -> Tensor:
    """`class_distance` of maps less their mean over positions, class by class: where, not how much.

    On the smaller one's grid, 2 · (1 − Pearson's correlation over positions), mean over classes; (N,), in
    [0, 4]. A map that is flat but for `BLANK_SHARE` of its length is blank.
    """
    return class_distance(*map(_centered, at_smaller_size(teacher, student)))


def class_level_distance(teacher: Tensor, student: Tensor) -> Tensor:
    """`energy_distance` of each class's mean over positions, as one vector an image: how much, not where.

    Maps (N, classes, *S). The means are nearly the logits, so this is the control of
    `class_shape_distance`; (N,), in [0, 4].
    """
    return energy_distance(*(maps.mean(_grid(maps)) for maps in (teacher, student)))


def _positive_part(maps: Tensor) -> Tensor:
    """Maps (N, *S) after a ReLU."""
    return _unless_nearly_blank(maps.relu(), maps, _grid(maps, leading=1))


def _centered(maps: Tensor) -> Tensor:
    """Maps (N, classes, *S) less their mean over positions."""
    grid = _grid(maps)
    return _unless_nearly_blank(maps - maps.mean(grid, keepdim=True), maps, grid)


def _grid(maps: Tensor, leading: int = 2) -> tuple[int, ...]:
    """The spatial dimensions of maps, after the leading ones."""
    return tuple(range(leading, maps.ndim))


def _unless_nearly_blank(part: Tensor, maps: Tensor, grid: tuple[int, ...]) -> Tensor:
    """Part of each map; all zero, without gradient, where its length is next to nothing of the map's."""
    blank = _length(part, grid) <= BLANK_SHARE * _length(maps, grid)
    return part.masked_fill(blank, 0)


def _length(maps: Tensor, grid: tuple[int, ...]) -> Tensor:
    """L2 norms over the grid, whose dimensions are kept at size 1, without gradient."""
    lengths: Tensor = torch.linalg.vector_norm(maps.detach(), dim=grid, keepdim=True)
    return lengths


def _cosine_distance(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """1 − cosine over the last dimension, and where it is defined: 0 without gradient where it is not."""
    blank = (first.detach().norm(dim=-1) <= BLANK_LENGTH) | (second.detach().norm(dim=-1) <= BLANK_LENGTH)
    first = first.masked_fill(blank.unsqueeze(-1), 1)
    second = second.masked_fill(blank.unsqueeze(-1), 1)
    cosine = (first * second).sum(-1) / (first.norm(dim=-1) * second.norm(dim=-1))
    return 1 - cosine.masked_fill(blank, 1), ~blank


def _mean_where(defined: Tensor, values: Tensor, dim: int) -> Tensor:
    """The mean over the defined values, 0 where there are none."""
    return values.masked_fill(~defined, 0).sum(dim) / defined.sum(dim).clamp(min=1)
