"""What a network costs, found without computing anything: shapes alone, on the meta device."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn

from kdviz.models.building import skeleton
from kdviz.models.network import Network
from kdviz.models.vit import Attention
from kdviz.types import Layer


@dataclass(frozen=True)
class ModelCard:
    """What a menu says about a network.

    multiply_adds: per image. explained_sizes: (height, width) of the map at each layer.
    """

    parameters: int
    multiply_adds: int
    explained_sizes: Mapping[Layer, tuple[int, int]]


@lru_cache(maxsize=256)
def describe(name: str, *, classes: int, channels: int, image_size: int, width: float = 1.0) -> ModelCard:
    """The cost of a network before it is built. Raises ModelError as `build` does."""
    network = skeleton(name, classes=classes, channels=channels, image_size=image_size, width=width)
    sizes: dict[Layer, tuple[int, int]] = {}
    for layer, cut in network.explained.items():
        network.stages[cut - 1].register_forward_hook(_noting_size(network, layer, sizes))
    counted = multiply_adds(network, channels, image_size)
    return ModelCard(parameter_count(network), counted, sizes)


def parameter_count(network: nn.Module) -> int:
    """How many numbers are learnt."""
    return sum(parameter.numel() for parameter in network.parameters())


def multiply_adds(network: Network, channels: int, image_size: int) -> int:
    """Multiplications, each with an addition, in convolutions, linear layers and attention, for one image."""
    counts: list[int] = []

    def count(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        counts.append(_own_multiply_adds(module, output))

    private = deepcopy(network).to("meta").eval()
    for module in private.modules():
        module.register_forward_hook(count)
    private(torch.empty(1, channels, image_size, image_size, device="meta"))
    return sum(counts)


def _own_multiply_adds(module: nn.Module, output: Tensor) -> int:
    """Those of the module itself, not of the modules in it."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        return output.numel() * module.weight[0].numel()
    if isinstance(module, Attention):
        return 2 * output.numel() * output.shape[1]  # queries × keys, and weights × values
    return 0


def _noting_size(network: Network, layer: Layer, sizes: dict[Layer, tuple[int, int]]) -> Callable[..., None]:
    def note(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        height, width = network.grid(output).shape[-2:]
        sizes[layer] = height, width

    return note
