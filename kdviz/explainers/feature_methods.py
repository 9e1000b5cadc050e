"""Explainers that answer on the grid of a feature map: where in it the evidence, or the activity, lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from kdviz.errors import ModelError
from kdviz.explainers import maps
from kdviz.types import Layer

if TYPE_CHECKING:
    from kdviz.models.network import Network


def grad_cam(
    network: Network, images: Tensor, target: Tensor, *, layer: Layer = "last", baseline: Tensor | None = None
) -> Tensor:
    """Where the feature map at `layer` raises (or, below 0, lowers) the target's logit, (N, h, w). No ReLU.

    Source: Selvaraju et al. 2017, arXiv:1610.02391, eq. 1-2 (there with a ReLU).
    """
    with torch.no_grad():
        passed = maps.run(network, images, layer)
    return maps.grad_cam(passed, target, create_graph=False)


def attention(
    network: Network, images: Tensor, target: Tensor, *, layer: Layer = "last", baseline: Tensor | None = None
) -> Tensor:
    """The class token's attention in a transformer, the energy Σ_k F_k² elsewhere; (N, h, w), at least 0."""
    with torch.no_grad():
        passed = maps.run(network, images, layer)
    try:
        return maps.class_attention(passed, target, create_graph=False)
    except ModelError:
        return maps.activation_energy(passed, target, create_graph=False)
