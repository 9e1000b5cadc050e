"""M5: a small one-dimensional CNN on the samples of a sound."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from kdviz.models.network import PooledNetwork, scaled_channels
from kdviz.sound import in_order_of_time

_FIRST, _STRIDE = 80, 4
"""Samples that the first filters read, 5 ms, and their step."""


class SpectrogramAlone(nn.Module):
    """Sounds with their samples, as networks take them that read the spectrogram."""

    def forward(self, sounds: Tensor) -> Tensor:
        """(N, `WITH_SAMPLES`, F, T) to (N, 1, F, T)."""
        return sounds[:, :1]


class SamplesAlone(nn.Module):
    """The other part: samples in the order of time, as a picture with one row."""

    def forward(self, sounds: Tensor) -> Tensor:
        """(N, `WITH_SAMPLES`, F, T) to (N, 1, 1, samples)."""
        return in_order_of_time(sounds[:, 1:])[:, None, None]


class WaveformCNN(PooledNetwork):
    """Convolutions over time, each but the last with max pooling by 4, then the mean over time.

    Features have one row, (N, K, 1, T'), since samples have no frequency: a map over time is spread over all
    bands where it meets those of networks that read the spectrogram.
    """

    def __init__(self, channels: list[int], classes: int) -> None:
        """channels: of the four convolutions."""
        first, *others = channels
        stages: list[tuple[str, nn.Module]] = [
            ("conv1", nn.Sequential(*_convolution(1, first, _FIRST, _STRIDE), nn.MaxPool2d((1, 4))))
        ]
        for number, (inputs, outputs) in enumerate(zip(channels, others, strict=False), start=2):
            pooling = [nn.MaxPool2d((1, 4))] if number < len(channels) else []
            stages.append((f"conv{number}", nn.Sequential(*_convolution(inputs, outputs, 3, 1), *pooling)))
        # A cell of the last two maps is 16 ms, or 1.6 frames.
        super().__init__(stages, channels[-1], classes, strides=(1, 1, 2, 2))
        self.adapter = SamplesAlone()

    def over_cells(self, maps: Tensor, images: Tensor) -> Tensor:
        """Maps (N, 1 or F, T') whose evidence at each time is spread evenly over F bands; sums are kept."""
        bands = images.shape[2]
        return (maps.sum(1, keepdim=True) / bands).expand(-1, bands, -1)

    def players(self, images: Tensor, grid: int) -> Tensor:
        """As many parts of time as others have cells, (N, 1, grid · grid)."""
        return torch.ones(len(images), 1, grid * grid, dtype=torch.bool, device=images.device)

    def window(self, sides: tuple[int, ...]) -> tuple[int, ...]:
        """An eighth of the time, in all bands."""
        bands, length = sides
        return bands, max(2, round(length / 8))


def m5(*, classes: int, input_shape: tuple[int, ...], width: float) -> WaveformCNN:
    """A quarter of the paper's 128, 128, 256 and 512 channels, times the width; its last pooling is left out.

    Source: Dai et al. 2017, arXiv:1610.00087, table 1.
    """
    return WaveformCNN([scaled_channels(base, width) for base in (32, 32, 64, 128)], classes)


def _convolution(inputs: int, outputs: int, kernel: int, stride: int) -> list[nn.Module]:
    padding = (kernel - stride + 1) // 2
    return [
        nn.Conv2d(inputs, outputs, (1, kernel), (1, stride), (0, padding), bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    ]
