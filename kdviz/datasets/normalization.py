"""How networks see images: scaled by what the training images are like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Eyes:
    """A normalisation on a device. mean, std: (1, C, 1, 1), of pixels in [0, 1]."""

    mean: Tensor
    std: Tensor

    @classmethod
    def of(cls, mean: Sequence[float], std: Sequence[float], device: torch.device) -> Eyes:
        """From one number a channel."""
        return cls(*(torch.tensor(numbers, device=device).view(1, -1, 1, 1) for numbers in (mean, std)))

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return self.mean.device

    def see(self, images: Tensor) -> Tensor:
        """uint8 (N, C, H, W), anywhere -> normalised float32 on the device."""
        return images.to(self.device).float().div_(255).sub_(self.mean).div_(self.std)
