"""The interface of all networks: named stages, a head, and layers at which they are split."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import get_args

import torch
from torch import Tensor, nn

from kdviz.errors import ModelError
from kdviz.types import LAYER_STRIDES, Layer


class Network(nn.Module):
    """A classifier that can be split in two after a stage.

    stages: applied in order; each takes the features of the one before. head: takes the last stage's features
    and returns logits (N, classes). explained: number of stages before the split, by layer name.

    `forward_head(forward_features(x, layer), layer)` equals `forward(x)`. No hooks are used, so two threads
    can explain one network at once. adapter: applied to images before the first stage, for a network that was
    trained on other ones. coalitions: sets of `players` that Kernel SHAP evaluates by default.
    """

    stages: nn.Sequential
    head: nn.Module
    explained: dict[Layer, int]
    adapter: nn.Module | None
    coalitions = 254

    def __init__(self) -> None:
        """Without an adapter: images are as the network expects them."""
        super().__init__()
        self.adapter = None

    def embed(self, images: Tensor) -> Tensor:
        """Inputs as gradient methods differentiate with respect to them; images are used unchanged."""
        return images

    def forward_embedded(self, embedded: Tensor) -> Tensor:
        """Logits (N, classes) of embedded inputs."""
        logits: Tensor = self.head(self.stages(self.adapted(embedded)))
        return logits

    def adapted(self, embedded: Tensor) -> Tensor:
        """Embedded inputs as the first stage takes them."""
        return embedded if self.adapter is None else self.adapter(embedded)

    def present(self, embedded: Tensor) -> Tensor:
        """Where embedded inputs (N, E, *S) have anything, to be broadcast to them: everywhere in images."""
        return torch.ones(1, dtype=torch.bool, device=embedded.device)

    def over_cells(self, maps: Tensor, images: Tensor) -> Tensor:
        """Maps (N, *S) as they are compared: NaN where an input has nothing; those of images unchanged."""
        return maps

    def players(self, images: Tensor, grid: int) -> Tensor:
        """Which cells of a map have a Shapley value, bool (N, *S): in images, all of a grid."""
        return torch.ones(len(images), *[grid] * (images.ndim - 2), dtype=torch.bool, device=images.device)

    def window(self, sides: tuple[int, ...]) -> tuple[int, ...]:
        """What occlusion hides at once, in cells of an input with these sides: an eighth of an image's."""
        return tuple(max(2, round(side / 8)) for side in sides)

    def forward_features(self, images: Tensor, layer: Layer = "last") -> Tensor:
        """Features at `layer`: (N, K, h, w), or (N, tokens, D) for a transformer.

        images: normalized, (N, C, H, W).
        """
        return self._run(self.adapted(self.embed(images)), 0, self.explained[layer])

    def forward_head(self, features: Tensor, layer: Layer = "last") -> Tensor:
        """Logits (N, classes) from the features at `layer`."""
        logits: Tensor = self.head(self._run(features, self.explained[layer], len(self.stages)))
        return logits

    def forward(self, images: Tensor) -> Tensor:
        """Logits (N, classes) of normalized images (N, C, H, W)."""
        return self.forward_embedded(self.embed(images))

    def grid(self, features: Tensor) -> Tensor:
        """Features as a map (N, K, h, w)."""
        return features

    def pooled_classifier(self, layer: Layer = "last") -> nn.Linear | None:
        """The linear layer after the average of the features at `layer`, if nothing else follows."""
        return None

    def class_attention(self, features: Tensor, layer: Layer = "last") -> Tensor:
        """Attention of the class token in the last block, mean over heads, (N, *S); sum at most 1.

        Raises ModelError for a network without a class token.
        """
        raise ModelError(f"{type(self).__name__} has no class token: choose a transformer.")

    def attention(self, images: Tensor) -> list[Tensor]:
        """Attention from each token (row) to each (column), mean over heads, (N, T, T) per block.

        Raises ModelError for a network without tokens.
        """
        raise ModelError(f"{type(self).__name__} has no tokens that attend: choose a transformer.")

    def attended(self, weights: Tensor, images: Tensor) -> Tensor:
        """What the output attends to in each cell, (N, *S), of attention between tokens (N, T, T)."""
        raise ModelError(f"{type(self).__name__} has no tokens that attend: choose a transformer.")

    def draw(self, module: nn.Module, generator: torch.Generator) -> None:
        """Initialize the parameters that `module` itself holds, independent of their memory layout.

        Source: He et al. 2015, arXiv:1502.01852, with the gain of a ReLU after convolutions only.
        """
        if isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
        elif isinstance(module, nn.Conv1d | nn.Conv2d | nn.Linear):
            gain = 1.0 if isinstance(module, nn.Linear) else 2.0
            deviation = (gain / module.weight[0].numel()) ** 0.5
            module.weight.data.copy_(torch.randn(module.weight.shape, generator=generator) * deviation)
            if module.bias is not None:
                nn.init.zeros_(module.bias)

    def _run(self, features: Tensor, start: int, stop: int) -> Tensor:
        for stage in self.stages[start:stop]:
            features = stage(features)
        return features


class PooledNetwork(Network):
    """Stages, then global average pooling and one linear layer."""

    pooling: Callable[[int], nn.Module] = nn.AdaptiveAvgPool2d
    head: nn.Sequential

    def __init__(
        self,
        stages: Iterable[tuple[str, nn.Module]],
        width: int,
        classes: int,
        strides: Sequence[int] = (),
    ) -> None:
        """stages: (name, module) in order. width: channels of the last one. strides: as in `named_layers`."""
        super().__init__()
        self.stages = nn.Sequential()
        for name, stage in stages:
            self.stages.add_module(name, stage)
        self.head = nn.Sequential(self.pooling(1), nn.Flatten(), nn.Linear(width, classes))
        self.explained = named_layers(len(self.stages), strides)

    def pooled_classifier(self, layer: Layer = "last") -> nn.Linear | None:
        """The linear layer, if the split is directly before the pooling."""
        classifier = self.head[-1]
        assert isinstance(classifier, nn.Linear)
        return classifier if self.explained[layer] == len(self.stages) else None


def named_layers(count: int, strides: Sequence[int] = ()) -> dict[Layer, int]:
    """Number of stages before the split, by layer name, of a network of `count` stages.

    strides: pixels a cell of each stage's map, in order; without them no layer is named by its stride.
    """
    layers: dict[Layer, int] = {"last": count, "second-to-last": max(count - 1, 1)}
    for layer in get_args(Layer):
        most = LAYER_STRIDES.get(layer, 0)
        if fine := [place for place, stride in enumerate(strides, start=1) if stride <= most]:
            layers[layer] = fine[-1]
    return layers


_ORDER: tuple[Layer, ...] = ("second-to-last", "stride16", "stride8", "stride4", "stride2", "last")
"""Of names for one map, the later is shown."""


def candidate_layers(network: Network) -> Mapping[Layer, str]:
    """Layers at which a network can be explained, the last first, with the name of the stage of each map.

    Each map once: if it has several names, "last", or else that of its stride.
    """
    names = list(network.stages._modules)
    ordered = sorted(network.explained, key=_ORDER.index)
    found = {network.explained[layer]: layer for layer in ordered}
    return {layer: names[place - 1] for place, layer in sorted(found.items(), reverse=True)}


def scaled_channels(base: int, width: float, multiple: int = 1) -> int:
    """`base` channels times `width`, rounded to a `multiple`, at least one of it."""
    return max(1, round(base * width / multiple)) * multiple
