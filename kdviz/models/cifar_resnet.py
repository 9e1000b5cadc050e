"""Residual networks for small images: three stages of 16, 32 and 64 channels, 6n + 2 layers deep."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from kdviz.models.network import PooledNetwork, scaled_channels


def cifar_resnet(
    *,
    classes: int,
    input_shape: tuple[int, ...],
    width: float,
    depth: int,
    stem_stride: int = 1,
    padded_shortcuts: bool = False,
) -> PooledNetwork:
    """A residual network with a last map of a quarter of the image's size, divided by the stem's stride.

    depth: number of layers with weights, 6n + 2 for n blocks a stage. width: factor on 16, 32 and 64.
    stem_stride: 2 makes every layer four times cheaper. padded_shortcuts: option A of the paper.
    """
    blocks = (depth - 2) // 6
    small, middle, large = (scaled_channels(base, width) for base in (16, 32, 64))
    stages = [
        ("stem", nn.Sequential(*_conv_norm(input_shape[0], small, stem_stride), nn.ReLU())),
        ("stage1", _stage(small, small, blocks, stride=1)),
        ("stage2", _stage(small, middle, blocks, stride=2, padded=padded_shortcuts)),
        ("stage3", _stage(middle, large, blocks, stride=2, padded=padded_shortcuts)),
    ]
    strides = [stem_stride * factor for factor in (1, 1, 2, 4)]
    return PooledNetwork(stages, large, classes, strides)


class _ResidualBlock(nn.Module):
    """Two 3×3 convolutions and a shortcut; if the shape changes, a 1×1 convolution or padded channels."""

    def __init__(self, inputs: int, outputs: int, stride: int, *, padded: bool = False) -> None:
        super().__init__()
        self.first = nn.Sequential(*_conv_norm(inputs, outputs, stride), nn.ReLU())
        self.second = nn.Sequential(*_conv_norm(outputs, outputs, 1))
        self.shortcut = nn.Sequential()
        if padded:
            self.shortcut = _PaddedShortcut(stride, outputs - inputs)
        elif stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(*_conv_norm(inputs, outputs, stride, kernel=1))

    def forward(self, features: Tensor) -> Tensor:
        return F.relu(self.second(self.first(features)) + self.shortcut(features))


class _PaddedShortcut(nn.Sequential):
    """Every s-th pixel, and channels of zeros on both sides: no parameters."""

    def __init__(self, stride: int, channels: int) -> None:
        super().__init__()
        self.stride, self.channels = stride, channels

    def forward(self, features: Tensor) -> Tensor:
        pixels = F.avg_pool2d(features, 1, self.stride)
        return F.pad(pixels, (0, 0, 0, 0, self.channels // 2, self.channels - self.channels // 2))


def _stage(inputs: int, outputs: int, blocks: int, *, stride: int, padded: bool = False) -> nn.Sequential:
    first = _ResidualBlock(inputs, outputs, stride, padded=padded)
    return nn.Sequential(first, *(_ResidualBlock(outputs, outputs, 1) for _ in range(blocks - 1)))


def _conv_norm(inputs: int, outputs: int, stride: int, kernel: int = 3) -> tuple[nn.Module, nn.Module]:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)
    return conv, nn.BatchNorm2d(outputs)
