"""How maps of different size meet: the one rule, for losses, agreement, faithfulness and figures."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def resized_to(maps: Tensor, size: tuple[int, int]) -> Tensor:
    """Maps (N, h, w) or (N, C, h, w) at another height and width, bilinear; values keep their scale.

    A flat map stays flat only up to rounding: ask whether it is flat before.
    """
    if maps.shape[-2:] == size:
        return maps
    planes = maps.unsqueeze(1) if maps.ndim == 3 else maps
    return F.interpolate(planes, size, mode="bilinear", align_corners=False).view(*maps.shape[:-2], *size)


def at_larger_size(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Both batches of maps at the larger one's height and width: the rule wherever two models meet."""
    size = (max(first.shape[-2], second.shape[-2]), max(first.shape[-1], second.shape[-1]))
    return resized_to(first, size), resized_to(second, size)


def at_smaller_size(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Both batches of maps averaged down to the smaller one's grid, where a method's paper asks for it."""
    size = (min(first.shape[-2], second.shape[-2]), min(first.shape[-1], second.shape[-1]))
    return F.adaptive_avg_pool2d(first, size), F.adaptive_avg_pool2d(second, size)
