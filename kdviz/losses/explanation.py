"""Explanation losses: distances between the maps of student and teacher.

A distance takes two batches of raw maps and returns one number per image: 0 if they match, NaN if one of them
is blank. Blank maps are replaced *before* the similarity is computed: masking its result would still give NaN
gradients, and nearly blank maps gradients of 1e7.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from kdviz.resolution import at_larger_size, at_smaller_size

BLANK_LENGTH = 1e-6
"""A map with at most this L2 norm is blank: in float32 it is mostly rounding noise."""

BLANK_SHARE = 1e-2
"""The positive or centered part of a map is blank if its norm is at most this share of the map's norm.

This bounds the gradient by 100 / norm. On photographs, 6 % of an untrained student's maps are below it in the
first five steps, later less than 1 %.
"""


def explanation_loss(
    distance: Callable[[Tensor, Tensor], Tensor], teacher_maps: Tensor, student_maps: Tensor
) -> tuple[Tensor, Tensor]:
    """Mean distance over the images for which it is defined, and the share of images for which it is not.

    Both are scalars. The teacher's maps are detached. If no image has a map, the loss is 0, with a graph and
    zero gradient. Maps with infinite or NaN values are not blank: they make the loss NaN.
    """
    distances = distance(teacher_maps.detach().float(), student_maps.float())
    finite = student_maps.detach().flatten(1).sum(1).isfinite()
    defined = ~(distances.isnan() & finite)
    return _mean_where(defined, distances, dim=0), 1 - defined.float().mean()


def cosine_distance(teacher: Tensor, student: Tensor) -> Tensor:
    """1 − cosine of maps (N, *S) or (N, C, h, w), resized to the larger one; (N,), in [0, 2]."""
    first, second = at_larger_size(teacher, student)
    distances, defined = _cosine_distance(first.flatten(1), second.flatten(1))
    return torch.where(defined, distances, torch.nan)


def positive_cosine_distance(teacher: Tensor, student: Tensor) -> Tensor:
    """`cosine_distance` of the evidence *for* the target: maps (N, *S) after a ReLU; (N,), in [0, 1].

    Source: Parchami-Araghi et al. 2024, arXiv:2402.03119.
    """
    return cosine_distance(_positive_part(teacher), _positive_part(student))


def energy_distance(teacher: Tensor, student: Tensor) -> Tensor:
    """Squared L2 distance of maps (N, *S) of norm 1, resized to the larger one; (N,), in [0, 4].

    Computed as 2 · (1 − cosine). Source: Zagoruyko & Komodakis 2017, arXiv:1612.03928, sec. 3.1; their
    code averages over positions, so the loss shrinks with the grid.
    """
    return 2 * cosine_distance(teacher, student)


def class_distance(teacher: Tensor, student: Tensor) -> Tensor:
    """`energy_distance` of each class's map, from (N, classes, *S), mean over classes; (N,), in [0, 4].

    Maps are first averaged to the smaller grid. Classes without a map are left out.
    Source: Guo et al. 2023, arXiv:2304.12777, who average over positions.
    """
    first, second = at_smaller_size(teacher, student)
    distances, defined = _cosine_distance(first.flatten(2), second.flatten(2))
    return torch.where(defined.any(1), 2 * _mean_where(defined, distances, dim=1), torch.nan)


def class_shape_distance(teacher: Tensor, student: Tensor) -> Tensor:
    """`class_distance` of maps minus their mean over positions: where the evidence is, not how much.

    On the smaller grid, 2 · (1 − Pearson's correlation over positions), averaged over classes; (N,), in
    [0, 4]. A map is blank if its centered part has at most `BLANK_SHARE` of its norm.
    """
    return class_distance(*map(_centered, at_smaller_size(teacher, student)))


def class_level_distance(teacher: Tensor, student: Tensor) -> Tensor:
    """`energy_distance` of the means over positions, a vector of classes: how much evidence, not where.

    Maps (N, classes, *S); (N,), in [0, 4]. The means are close to the logits, so this is the control of
    `class_shape_distance`.
    """
    return energy_distance(*(maps.mean(_grid(maps)) for maps in (teacher, student)))


def _positive_part(maps: Tensor) -> Tensor:
    """Maps (N, *S) after a ReLU."""
    return _zero_if_blank(maps.relu(), maps, _grid(maps, leading=1))


def _centered(maps: Tensor) -> Tensor:
    """Maps (N, classes, *S) minus their mean over positions."""
    grid = _grid(maps)
    return _zero_if_blank(maps - maps.mean(grid, keepdim=True), maps, grid)


def _grid(maps: Tensor, leading: int = 2) -> tuple[int, ...]:
    """The spatial dimensions of maps, after the leading ones."""
    return tuple(range(leading, maps.ndim))


def _zero_if_blank(part: Tensor, maps: Tensor, grid: tuple[int, ...]) -> Tensor:
    """A part of each map; all zero, without gradient, if its norm is a negligible share of the map's."""
    blank = _norm(part, grid) <= BLANK_SHARE * _norm(maps, grid)
    return part.masked_fill(blank, 0)


def _norm(maps: Tensor, grid: tuple[int, ...]) -> Tensor:
    """L2 norms over the grid, with keepdim, detached."""
    norms: Tensor = torch.linalg.vector_norm(maps.detach(), dim=grid, keepdim=True)
    return norms


def _cosine_distance(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """1 − cosine over the last dimension, and whether it is defined; else 0, without gradient."""
    blank = (first.detach().norm(dim=-1) <= BLANK_LENGTH) | (second.detach().norm(dim=-1) <= BLANK_LENGTH)
    first = first.masked_fill(blank.unsqueeze(-1), 1)
    second = second.masked_fill(blank.unsqueeze(-1), 1)
    cosine = (first * second).sum(-1) / (first.norm(dim=-1) * second.norm(dim=-1))
    return 1 - cosine.masked_fill(blank, 1), ~blank


def _mean_where(defined: Tensor, values: Tensor, dim: int) -> Tensor:
    """The mean of the defined values; 0 if there are none."""
    return values.masked_fill(~defined, 0).sum(dim) / defined.sum(dim).clamp(min=1)
