"""A simple CNN: two convolutions, two dense layers. Its head flattens, so it depends on positions."""

from __future__ import annotations

from torch import nn

from kdviz.models.network import Network, named_layers, scaled_channels


class SimpleCNN(Network):
    """Conv32, pool, Conv64, pool, Dense64, Dense C; ReLU, 3×3.

    Maps are taken after a convolution's ReLU and before its pooling, where the resolution is highest. The
    convolutions are padded: otherwise the resized map would be shifted by 3 pixels at the border.
    """

    def __init__(self, *, classes: int, input_shape: tuple[int, ...], width: float) -> None:
        """width: factor on 32 and 64."""
        super().__init__()
        channels, height, breadth = input_shape
        narrow, wide = scaled_channels(32, width), scaled_channels(64, width)
        self.stages = nn.Sequential()
        self.stages.add_module("conv1", nn.Sequential(_conv(channels, narrow), nn.ReLU()))
        self.stages.add_module("conv2", nn.Sequential(nn.MaxPool2d(2), _conv(narrow, wide), nn.ReLU()))
        self.head = nn.Sequential(
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(wide * (height // 4) * (breadth // 4), wide),
            nn.ReLU(),
            nn.Linear(wide, classes),
        )
        self.explained = named_layers(2, (1, 2))


def _conv(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1)
