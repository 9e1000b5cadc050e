"""Grad-CAM of one image at each layer of a network, to choose the explained layer by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.datasets import Split
from kdviz.explainers import explain
from kdviz.models import Network, candidate_layers
from kdviz.sound import drawn
from kdviz.trainer.setup import TrainingSetup
from kdviz.types import FloatArray, Layer


@dataclass(frozen=True, eq=False)
class LayerMap:
    """Grad-CAM of an image at a layer. names: its values of `explained_layer`, the usual one first.

    stage: whose map it is. closed_form: whether only average pooling and one linear layer follow, so that
    maps of all classes need no backward pass. map: signed, (rows, columns).
    """

    names: tuple[Layer, ...]
    stage: str
    closed_form: bool
    map: FloatArray

    @property
    def layer(self) -> Layer:
        """Its usual name."""
        return self.names[0]


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """One image, uint8 (H, W, C), with its maps for a class, the last layer first.

    classes: names of all. target: the class of the maps.
    """

    image: NDArray[np.uint8]
    classes: tuple[str, ...]
    target: int
    maps: tuple[LayerMap, ...]

    def named(self, layer: str) -> LayerMap | None:
        """The map at a layer, None if the network has none."""
        return next((each for each in self.maps if layer in each.names), None)


def layer_maps(setup: TrainingSetup, network: Network, images: Split, predicted: Tensor) -> LayerMaps:
    """Maps of the predicted class, of the first image that is predicted right, or the first at all.

    network: in eval mode. predicted: (N,), its classes for the images.
    """
    right = (predicted.cpu() == images.labels).nonzero().flatten()
    shown = images.take(right[:1] if len(right) else torch.tensor([0]))
    target = predicted.cpu()[right[:1] if len(right) else torch.tensor([0])]
    normalized = setup.normalizer.normalize(shown.images)
    maps = tuple(
        LayerMap(
            (layer, *(name for name, at in network.explained.items() if name != layer and at == place)),
            stage,
            network.pooled_classifier(layer) is not None,
            explain("grad-cam", network, normalized, target.to(normalized.device), layer=layer)[0]
            .cpu()
            .numpy(),
        )
        for layer, stage in candidate_layers(network).items()
        for place in [network.explained[layer]]
    )
    picture = drawn(shown.images)[0].permute(1, 2, 0).numpy()
    return LayerMaps(picture, setup.data.dataset.classes, int(target), maps)
