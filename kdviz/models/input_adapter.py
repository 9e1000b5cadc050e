"""Images as one network's data are normalized, brought to the size and scale that another one expects."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class InputAdapter(nn.Module):
    """From images normalized with one mean and deviation to another, in three colours, resized.

    Its numbers follow from a run's settings and are not among the weights.
    """

    factor: Tensor
    shift: Tensor

    def __init__(
        self,
        given: tuple[Sequence[float], Sequence[float]],
        expected: tuple[Sequence[float], Sequence[float]],
        sides: tuple[int, int],
    ) -> None:
        """given, expected: mean and deviation of each channel, of pixels in [0, 1]. sides: (H, W)."""
        super().__init__()
        self.sides = sides
        mean, std, new_mean, new_std = (_channels(numbers) for numbers in (*given, *expected))
        self.register_buffer("factor", std / new_std, persistent=False)
        self.register_buffer("shift", (mean - new_mean) / new_std, persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, 3, *sides); a grey image has three equal colours."""
        scaled = images * self.factor + self.shift
        if scaled.shape[2:] == self.sides:
            return scaled
        smaller = self.sides[0] < scaled.shape[2]
        return F.interpolate(scaled, self.sides, mode="bilinear", align_corners=False, antialias=smaller)


def _channels(numbers: Sequence[float]) -> Tensor:
    return torch.tensor(tuple(numbers), device="cpu").view(1, -1, 1, 1)
