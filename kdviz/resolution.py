"""Resizing of maps, the same for losses, agreement, faithfulness and figures.

A map has one or two spatial dimensions, S: (L,) or (h, w).
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

_MODES = {1: "linear", 2: "bilinear"}


def resized_to(maps: Tensor, size: tuple[int, ...]) -> Tensor:
    """Maps (N, *S) or (N, C, *S) resized (bi)linearly; values keep their scale.

    A constant map stays constant only up to rounding: test for that before resizing.
    """
    dimensions = len(size)
    if maps.shape[-dimensions:] == size:
        return maps
    planes = maps.unsqueeze(1) if maps.ndim == 1 + dimensions else maps
    resized = F.interpolate(planes, size, mode=_MODES[dimensions], align_corners=False)
    return resized.view(*maps.shape[:-dimensions], *size)


def absent(maps: Tensor) -> Tensor:
    """Where inputs have nothing, bool (N, *S): NaN in maps of texts, (N, L); nowhere in maps of images."""
    return maps.isnan() if maps.ndim == 2 else torch.zeros_like(maps, dtype=torch.bool)


def at_larger_size(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Two batches of maps (N, *S), or (N, C, h, w), both resized to the larger size of each dimension."""
    dimensions = min(first.ndim - 1, 2)
    size = tuple(map(max, first.shape[-dimensions:], second.shape[-dimensions:]))
    return resized_to(first, size), resized_to(second, size)


def at_smaller_size(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Two batches of maps (N, C, *S), both averaged to the smaller size of each dimension."""
    size = tuple(map(min, first.shape[2:], second.shape[2:]))
    return averaged_to(first, size), averaged_to(second, size)


def averaged_to(maps: Tensor, size: tuple[int, ...]) -> Tensor:
    """Maps (N, C, *S) averaged over the area of each cell of a smaller grid."""
    if len(size) == 1:
        return F.adaptive_avg_pool1d(maps, size[0])
    return F.adaptive_avg_pool2d(maps, (size[0], size[1]))
