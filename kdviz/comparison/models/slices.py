"""Long computations of pages: of how many images, and in slices so that others can compute in between."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeVar

import torch

from kdviz.explainers import EXPLAINERS
from kdviz.models import Network, multiply_adds
from kdviz.types import Preparing

Result = TypeVar("Result")
Work = Generator[Preparing, None, Result]
"""Yields its progress after each slice; closing it stops the work."""

_MOST_WORK, _FEWEST_IMAGES = 1e12, 24  # multiply-adds, about a minute of one core; images, even beyond that
_SLICE, _SLICE_IMAGES = 1.5e9, 250  # multiply-adds and images at a time: about 0.1 s on one core


def explaining_cost(network: Network, explainer: str, input_shape: tuple[int, ...]) -> int:
    """Approximate multiply-adds of explaining one image."""
    return EXPLAINERS[explainer].passes * max(1, multiply_adds(network, input_shape))


def affordable_count(cost: int) -> int:
    """Number of images that a page may have explained at `cost` multiply-adds each."""
    return max(_FEWEST_IMAGES, int(_MOST_WORK / cost))


def slices(count: int, cost: int, device: torch.device) -> Sequence[slice]:
    """Slices of `count` images, for `cost` multiply-adds an image.

    Always the same for the same work, so that results do not depend on the load of the machine.
    """
    budget = _SLICE if device.type == "cpu" else 100 * _SLICE
    size = min(_SLICE_IMAGES, max(1, int(budget / cost)))
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]
