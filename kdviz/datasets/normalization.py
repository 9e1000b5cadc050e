"""Normalization of inputs by the mean and standard deviation of the training images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Normalizer:
    """Channel means and standard deviations, (1, C, 1, 1), of pixels in [0, 1], on the networks' device."""

    mean: Tensor
    std: Tensor

    @classmethod
    def of(cls, mean: Sequence[float], std: Sequence[float], device: torch.device) -> Normalizer:
        """From one mean and one standard deviation per channel."""
        return cls(*(torch.tensor(numbers, device=device).view(1, -1, 1, 1) for numbers in (mean, std)))

    @property
    def device(self) -> torch.device:
        """The device of the networks."""
        return self.mean.device

    def normalize(self, images: Tensor) -> Tensor:
        """uint8 (N, C, H, W) on any device -> normalized float32 (N, C, H, W) on `device`."""
        return images.to(self.device).float().div_(255).sub_(self.mean).div_(self.std)

    def pixels(self, normalized: Tensor) -> NDArray[np.uint8]:
        """Normalized (N, C, H, W) on `device` -> uint8 (N, H, W, C), clamped to 0 to 255."""
        images = (normalized * self.std + self.mean).clamp(0, 1).mul(255).round().byte()
        pixels: NDArray[np.uint8] = images.permute(0, 2, 3, 1).cpu().numpy()
        return pixels
