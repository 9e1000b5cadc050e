"""Grad-CAM and integrated gradients of one image with all intermediate quantities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from kdviz.explainers import maps
from kdviz.explainers.baselines import one_each
from kdviz.explainers.batching import images_at_once
from kdviz.explainers.pixel_methods import slope
from kdviz.types import Layer

if TYPE_CHECKING:
    from kdviz.models.network import Network


@dataclass(frozen=True, eq=False)
class GradCamSteps:
    """features: (K, h, w), A. weights: (K,), α, the mean gradient. weighted: (K, h, w), α_k A_k.

    summed: (h, w), their sum, equal to `explain("grad-cam")`. positive: (h, w), after the ReLU.
    """

    features: Tensor
    weights: Tensor
    weighted: Tensor
    summed: Tensor
    positive: Tensor


def grad_cam_steps(network: Network, image: Tensor, target: int, *, layer: Layer = "last") -> GradCamSteps:
    """Grad-CAM of one normalized image (C, H, W), from the feature maps to the ReLU."""
    with torch.no_grad():
        passed = maps.run(network, image.unsqueeze(0), layer)
    gradient, grid = maps.feature_slope(passed, _only(target, image))
    weights, features = gradient[0].mean((1, 2)), grid[0]
    weighted = weights[:, None, None] * features
    summed = weighted.sum(0)
    return GradCamSteps(features, weights, weighted, summed, summed.relu())


@dataclass(frozen=True, eq=False)
class IntegrationPath:
    """Integrated gradients, accumulated after each step from the baseline to the image.

    positions: (steps,), share of the path covered, in (0, 1]; the last is 1. images: (steps, C, H, W), the
    image at each step, normalized. accumulated: (steps, H, W), the attribution so far, summed over channels.
    sums: (steps,), its total. rises: (steps,), logit(image at the step) − logit(baseline), which the total
    approximates better with more steps (completeness).
    """

    positions: Tensor
    images: Tensor
    accumulated: Tensor
    sums: Tensor
    rises: Tensor


def integration_path(
    network: Network, image: Tensor, target: int, *, baseline: Tensor | None = None, steps: int = 32
) -> IntegrationPath:
    """The accumulation of integrated gradients for one normalized image (C, H, W).

    With the same number of steps the last attribution is that of `explain("integrated-gradients")`: both
    evaluate the gradient at Gauss-Legendre nodes, whose weights are the share of the path that each covers.
    """
    nodes, shares = (torch.from_numpy(each).to(image) / 2 for each in np.polynomial.legendre.leggauss(steps))
    start = one_each(baseline, image.unsqueeze(0))[0]
    distance = image - start
    slopes = _slopes(network, _between(start, distance, nodes + 0.5), target)
    accumulated = (distance * shares[:, None, None, None] * slopes).sum(1).cumsum(0)
    positions = shares.cumsum(0)
    images = _between(start, distance, positions)
    with torch.no_grad():
        logits = network(torch.cat([start.unsqueeze(0), images]))[:, target]
    return IntegrationPath(positions, images, accumulated, accumulated.sum((1, 2)), logits[1:] - logits[0])


def _between(start: Tensor, distance: Tensor, positions: Tensor) -> Tensor:
    return start + positions[:, None, None, None] * distance


def _slopes(network: Network, images: Tensor, target: int) -> Tensor:
    parts = torch.split(images, images_at_once(images))
    return torch.cat([slope(network, part, _only(target, part).expand(len(part))) for part in parts])


def _only(target: int, like: Tensor) -> Tensor:
    return torch.tensor([target], device=like.device)
