from copy import deepcopy
from functools import cache

import pytest
import torch
from torch import Tensor, nn

from kdviz.models import Network, build


class Linear(Network):
    """Logits are W·x + b."""

    def __init__(self, channels: int, height: int, width: int) -> None:
        super().__init__()
        self.stages = nn.Sequential(nn.Identity())
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(channels * height * width, 3))
        self.explained = {"last": 1, "second-to-last": 1}
        self.shape = (channels, height, width)

    def weights(self, target: Tensor) -> Tensor:
        return self.head[1].weight[target].detach().unflatten(1, self.shape)


@pytest.fixture
def random():
    """Normal numbers of a shape, from a generator of their own."""
    generator = torch.Generator().manual_seed(0)
    return lambda *shape: torch.randn(*shape, generator=generator)


@pytest.fixture
def linear():
    """A maker of networks whose logits are W·x + b."""
    return Linear


@pytest.fixture(scope="module")
def small():
    """A maker of narrow networks of three classes, in eval mode, whose BatchNorm knows such images."""

    @cache
    def made(model: str, side: int) -> Network:
        network = build(
            model, classes=3, input_shape=(3, side, side), width=1.0 if side > 32 else 0.5
        ).train()
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.momentum = 1.0
        with torch.no_grad():
            network(torch.randn(32, 3, side, side, generator=torch.Generator().manual_seed(9)))
        return network.eval()

    return lambda model, side=16: deepcopy(made(model, side))
