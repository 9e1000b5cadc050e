"""Explainers at the resolution of a feature map: Grad-CAM and its variants, and attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from kdviz.errors import ModelError
from kdviz.explainers import maps
from kdviz.explainers.baselines import one_each
from kdviz.explainers.batching import mixed_logits
from kdviz.resolution import resized_to
from kdviz.types import Layer

if TYPE_CHECKING:
    from kdviz.models.network import Network


def grad_cam(
    network: Network, images: Tensor, target: Tensor, *, layer: Layer = "last", baseline: Tensor | None = None
) -> Tensor:
    """Grad-CAM at `layer`, (N, h, w): negative values lower the target's logit. No ReLU.

    Source: Selvaraju et al. 2017, arXiv:1610.02391, eq. 1-2 (there with a ReLU).
    """
    return maps.grad_cam(_passed(network, images, layer), target, create_graph=False)


def grad_cam_plus_plus(
    network: Network, images: Tensor, target: Tensor, *, layer: Layer = "last", baseline: Tensor | None = None
) -> Tensor:
    """Grad-CAM++, which weights channels by their positive gradients; (N, h, w), without the final ReLU.

    With gradient g and total activation S = Σ A of a channel, its weight is Σ g⁺ / (2 + S·g⁺): the paper's
    α·ReLU(g), simplified by g². The paper's factor exp(logit) is omitted, since it is constant for an image.
    If features can be negative, as in a transformer, S is the sum of their positive part, since the
    denominator could vanish otherwise.
    Source: Chattopadhay et al. 2018, arXiv:1710.11063, eq. 7 and 19 (there with a ReLU).
    """
    slope, grid = maps.feature_slope(_passed(network, images, layer), target)
    cells = maps.cells(grid)
    rising, activity = slope.relu(), grid.relu().sum(cells, keepdim=True)
    return maps.weighted_sum((rising / (2 + activity * rising)).sum(cells), grid)


def layer_cam(
    network: Network, images: Tensor, target: Tensor, *, layer: Layer = "last", baseline: Tensor | None = None
) -> Tensor:
    """Σ_k ReLU(∂ logit / ∂ A_k) · A_k, element-wise, (N, h, w). No ReLU at the end.

    Gradients are not averaged over the grid, so maps stay sharp at early layers, where Grad-CAM is
    uninformative.
    Source: Jiang et al. 2021, doi:10.1109/TIP.2021.3089943, eq. 5-6 (there with a ReLU).
    """
    slope, grid = maps.feature_slope(_passed(network, images, layer), target)
    return (slope.relu() * grid).sum(1)


def score_cam(
    network: Network,
    images: Tensor,
    target: Tensor,
    *,
    layer: Layer = "last",
    baseline: Tensor | None = None,
    channels: int = 64,
) -> Tensor:
    """Σ_k w_k A_k, (N, h, w); w: softmax of the target's logit if only the region of channel k is shown.

    Free of gradients, so independent of the Grad-CAM family. Chosen over Eigen-CAM (Muhammad & Yeasin 2020,
    arXiv:2008.00299), which depends neither on the target nor on the layers after the feature map: maps of
    two networks *for one target* could not be compared with it.
    channels: number of channels used, those that vary most over the grid, since each needs a forward pass;
    most networks for small images have no more. The logit of the baseline, which the paper subtracts, cancels
    in the softmax.
    Source: Wang et al. 2020, arXiv:1910.01279, algorithm 1 (there with a ReLU).
    """
    grid = _most_varied(network.grid(_passed(network, images, layer).features), channels)
    regions = _from_0_to_1(resized_to(grid, (images.shape[-2], images.shape[-1])))
    logits = mixed_logits(network, images, one_each(baseline, images), regions, target)
    return maps.weighted_sum(logits.softmax(1), grid)


def attention(
    network: Network, images: Tensor, target: Tensor, *, layer: Layer = "last", baseline: Tensor | None = None
) -> Tensor:
    """Attention of the class token in a transformer, else the energy Σ_k F_k²; (N, *S), at least 0."""
    passed = _passed(network, images, layer)
    try:
        return maps.class_attention(passed, target, create_graph=False)
    except ModelError:
        return maps.activation_energy(passed, target, create_graph=False)


def attention_rollout(
    network: Network, images: Tensor, target: Tensor, *, layer: Layer = "last", baseline: Tensor | None = None
) -> Tensor:
    """Attention from the output to each cell, propagated through all blocks, (N, *S); sum at most 1.

    Each block counts as half attention, half identity. Independent of target and layer. Raises ModelError for
    a network without attention.
    Source: Abnar & Zuidema 2020, arXiv:2005.00928, eq. 1.
    """
    with torch.no_grad():
        blocks = network.attention(images)
        reached = shortcut = torch.eye(blocks[0].shape[-1], device=images.device)
        for weights in blocks:
            reached = (weights + shortcut) / 2 @ reached
        return network.attended(reached, images)


def _passed(network: Network, images: Tensor, layer: Layer) -> maps.Pass:
    with torch.no_grad():
        return maps.run(network, images, layer)


def _most_varied(grid: Tensor, channels: int) -> Tensor:
    """Indices of the channels of each image that vary most over the grid, ascending."""
    kept = grid.flatten(2).var(2).topk(min(channels, grid.shape[1]), dim=1).indices.sort(1).values
    return grid.take_along_dim(kept[:, :, None, None], 1)


def _from_0_to_1(grid: Tensor) -> Tensor:
    """Each channel scaled to [0, 1]; 0 if it is constant, since it has no region to show."""
    low, high = grid.amin((2, 3), keepdim=True), grid.amax((2, 3), keepdim=True)
    return torch.where(high > low, (grid - low) / (high - low), 0)
