"""Weights that follow from names and shapes alone, the same wherever they are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod, sqrt
from zlib import crc32

import torch
from torch import Tensor


def filled(shapes: Mapping[str, Sequence[int]]) -> dict[str, Tensor]:
    """Tensors of these shapes, so large that a network's outputs neither vanish nor explode."""
    return {name: _filled(name, tuple(shape)) for name, shape in shapes.items()}


def _filled(name: str, shape: tuple[int, ...]) -> Tensor:
    if not shape:
        return torch.tensor(1)
    numbers = torch.randn(shape, generator=torch.Generator().manual_seed(crc32(name.encode())))
    if len(shape) > 1:
        return numbers * sqrt(2 / prod(shape[1:]))
    return 0.1 * numbers if name.endswith(("bias", "running_mean")) else 1 + 0.1 * numbers.abs()


IMAGES = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
