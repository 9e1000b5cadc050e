"""The article's network: two convolutions, two dense layers. Its head flattens, so it keeps places apart."""

from __future__ import annotations

from torch import nn

from kdviz.models.network import Network, scaled_channels


class SimpleCNN(Network):
    """Conv32, pool, Conv64, pool, Dense64, Dense C; ReLU, 3×3.

    A map is cut out after a convolution's ReLU and before its pool, where it is finest. The
    convolutions are padded: without, the map stretched over the image would be off by 3 pixels at its rim.
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
        self.explained = {"last": 2, "second-to-last": 1}


def _conv(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1)
