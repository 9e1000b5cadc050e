"""Size and cost of a network, computed from shapes on the meta device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from kdviz.models.bare import bare
from kdviz.models.building import skeleton
from kdviz.models.network import Network, candidate_layers
from kdviz.models.registry import MODELS
from kdviz.types import Layer


@dataclass(frozen=True)
class ModelCard:
    """Cost of a network. multiply_adds: per input. candidates: of `candidate_layers`.

    explained_sizes: of the map by layer, (height, width), or (words,) of a text.
    """

    parameters: int
    multiply_adds: int
    explained_sizes: Mapping[Layer, tuple[int, ...]]
    candidates: Mapping[Layer, str]


@dataclass(frozen=True)
class StageCard:
    """One stage of a network, or its head.

    shape: of its output for one input: (K, h, w), or (K, L) of a text; (tokens, D) in a transformer;
    (classes,) of the head. read: the layers whose map this output is: second-to-last, and what it is called
    among the candidates.
    """

    name: str
    shape: tuple[int, ...]
    parameters: int
    multiply_adds: int
    read: tuple[Layer, ...]


@lru_cache(maxsize=64)
def anatomy(
    name: str, *, classes: int, input_shape: tuple[int, ...], width: float = 1.0
) -> tuple[StageCard, ...]:
    """The stages of a network in order, the head last. Raises ModelError like `build`."""
    network = skeleton(name, classes=classes, input_shape=input_shape, width=width).eval()
    shape = MODELS[name].read_shape(input_shape)
    features, cards = network.adapted(network.embed(torch.empty(1, *shape, device="meta"))), []
    of_text = len(input_shape) == 2
    parts = [*network.stages.named_children(), ("head", network.head)]
    candidates = candidate_layers(network)
    for place, (part, module) in enumerate(parts, start=1):
        features, counted = _counted(bare(module), features)
        read = tuple(
            layer
            for layer, cut in network.explained.items()
            if cut == place and layer in ("second-to-last", *candidates)
        )
        output = network.grid(features) if of_text and part != "head" else features
        cards.append(StageCard(part, tuple(output.shape[1:]), parameter_count(module), counted, read))
    return tuple(cards)


@lru_cache(maxsize=256)
def describe(name: str, *, classes: int, input_shape: tuple[int, ...], width: float = 1.0) -> ModelCard:
    """The cost of a network. Raises ModelError like `build`."""
    network = skeleton(name, classes=classes, input_shape=input_shape, width=width)
    return card_of(network, MODELS[name].read_shape(input_shape))


def card_of(network: Network, input_shape: tuple[int, ...]) -> ModelCard:
    """The cost of a network for images (C, H, W) or texts (1, L), computed on a copy without weights."""
    empty = bare(network)
    at: dict[int, tuple[int, ...]] = {}
    with torch.no_grad(), _Counting() as counting:  # type: ignore[no-untyped-call]
        features = empty.adapted(empty.embed(torch.empty(1, *input_shape, device="meta")))
        for place, stage in enumerate((*empty.stages, empty.head)):
            if place in empty.explained.values():
                at[place] = tuple(empty.grid(features).shape[2:])
            features = stage(features)
    sizes = {layer: at[place] for layer, place in empty.explained.items()}
    return ModelCard(parameter_count(network), counting.multiply_adds, sizes, candidate_layers(network))


def parameter_count(network: nn.Module) -> int:
    """Number of trainable weights."""
    return sum(parameter.numel() for parameter in network.parameters())


def multiply_adds(network: Network, input_shape: tuple[int, ...]) -> int:
    """Multiply-adds of convolutions, linear layers and attention, for one input."""
    return _counted(bare(network), torch.empty(1, *input_shape, device="meta"))[1]


def _counted(module: nn.Module, given: Tensor) -> tuple[Tensor, int]:
    """Output of the module, and its multiply-adds."""
    with torch.no_grad(), _Counting() as counting:  # type: ignore[no-untyped-call]
        output: Tensor = module(given)
    return output, counting.multiply_adds


class _Counting(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds up the multiply-adds of matrix products and convolutions, in this thread."""

    multiply_adds = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        output = func(*args, **(kwargs or {}))
        flops = flop_registry.get(func.overloadpacket)
        if flops is not None:
            self.multiply_adds += flops(*args, **(kwargs or {}), out_val=output) // 2
        return output
