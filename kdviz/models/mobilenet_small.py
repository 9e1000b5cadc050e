"""A small MobileNetV2 for small images: inverted residuals with depthwise convolutions."""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

from kdviz.models.network import PooledNetwork, scaled_channels

_EXPANSION = 4
_BLOCKS = 2


def mobilenet_small(*, classes: int, input_shape: tuple[int, ...], width: float) -> PooledNetwork:
    """Three stages of two inverted residuals; the last map has an eighth of the image's size.

    width: factor on the channel counts.
    """
    widths = [scaled_channels(base, width) for base in (16, 24, 32, 64)]
    final = scaled_channels(128, width)
    stem = nn.Sequential(
        nn.Conv2d(input_shape[0], widths[0], 3, padding=1, bias=False), *_norm_relu6(widths[0])
    )
    stages = [_stage(inputs, outputs) for inputs, outputs in pairwise(widths)]
    stages[-1].extend([nn.Conv2d(widths[-1], final, 1, bias=False), *_norm_relu6(final)])
    named = [("stem", stem), *((f"stage{i}", stage) for i, stage in enumerate(stages, 1))]
    return PooledNetwork(named, final, classes, (1, 2, 4, 8))


class _InvertedResidual(nn.Module):
    """1×1 expansion, 3×3 depthwise convolution, 1×1 projection; added to the input if shapes match."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        hidden = _EXPANSION * inputs
        self.convolve = nn.Sequential(
            nn.Conv2d(inputs, hidden, 1, bias=False),
            *_norm_relu6(hidden),
            nn.Conv2d(hidden, hidden, 3, stride, padding=1, groups=hidden, bias=False),
            *_norm_relu6(hidden),
            nn.Conv2d(hidden, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.is_residual = stride == 1 and inputs == outputs

    def forward(self, features: Tensor) -> Tensor:
        narrowed: Tensor = self.convolve(features)
        return features + narrowed if self.is_residual else narrowed


def _stage(inputs: int, outputs: int) -> nn.Sequential:
    first = _InvertedResidual(inputs, outputs, stride=2)
    return nn.Sequential(first, *(_InvertedResidual(outputs, outputs, 1) for _ in range(_BLOCKS - 1)))


def _norm_relu6(channels: int) -> tuple[nn.Module, nn.Module]:
    return nn.BatchNorm2d(channels), nn.ReLU6()
