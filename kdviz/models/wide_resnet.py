"""Wide residual networks: few layers, many channels, normalization before each convolution."""

from __future__ import annotations

from torch import Tensor, nn

from kdviz.models.network import PooledNetwork, scaled_channels


def wide_resnet(*, classes: int, input_shape: tuple[int, ...], width: float, depth: int) -> PooledNetwork:
    """WRN-depth-k with k = 2 × width; the last map has a quarter of the image's size.

    depth: number of layers with weights, 6n + 4 for n blocks a stage.
    """
    blocks = (depth - 4) // 6
    small, middle, large = (scaled_channels(base, 2 * width) for base in (16, 32, 64))
    last = nn.Sequential(*_stage(middle, large, blocks, stride=2), nn.BatchNorm2d(large), nn.ReLU())
    stages = [
        ("stem", nn.Conv2d(input_shape[0], 16, 3, padding=1, bias=False)),
        ("stage1", _stage(16, small, blocks, stride=1)),
        ("stage2", _stage(small, middle, blocks, stride=2)),
        ("stage3", last),
    ]
    return PooledNetwork(stages, large, classes, (1, 1, 2, 4))


class _PreactivationBlock(nn.Module):
    """Twice norm, ReLU, 3×3 convolution; a shortcut with weights starts after the first ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.activate = nn.Sequential(nn.BatchNorm2d(inputs), nn.ReLU())
        self.convolve = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
        )
        self.shortcut: nn.Conv2d | None = None
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        active = self.activate(features)
        kept: Tensor = features if self.shortcut is None else self.shortcut(active)
        convolved: Tensor = self.convolve(active)
        return kept + convolved


def _stage(inputs: int, outputs: int, blocks: int, *, stride: int) -> nn.Sequential:
    first = _PreactivationBlock(inputs, outputs, stride)
    return nn.Sequential(first, *(_PreactivationBlock(outputs, outputs, 1) for _ in range(blocks - 1)))
