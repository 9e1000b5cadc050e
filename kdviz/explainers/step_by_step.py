"""Grad-CAM and integrated gradients of one input with all intermediate quantities."""

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
    """features: (K, *S), A. weights: (K,), α, the mean gradient. weighted: (K, *S), α_k A_k.

    summed: (*S), their sum, equal to `explain("grad-cam")`. positive: (*S), after the ReLU. All maps are NaN
    where a text has no word.
    """

    features: Tensor
    weights: Tensor
    weighted: Tensor
    summed: Tensor
    positive: Tensor


def grad_cam_steps(network: Network, image: Tensor, target: int, *, layer: Layer = "last") -> GradCamSteps:
    """Grad-CAM of one normalized image, text or sound (C, *S), from the feature maps to the ReLU."""
    images = image.unsqueeze(0)
    with torch.no_grad():
        passed = maps.run(network, images, layer)
    gradient, grid = maps.feature_slope(passed, _only(target, image))
    weights, features = gradient[0].flatten(1).mean(1), network.over_cells(grid[0], images)
    weighted = _along(weights, features[0]) * features
    summed = weighted.sum(0)
    return GradCamSteps(features, weights, weighted, summed, summed.relu())


@dataclass(frozen=True, eq=False)
class IntegrationPath:
    """Integrated gradients, accumulated after each step from the baseline to the input.

    positions: (steps,), share of the path covered, in (0, 1]; the last is 1. embedded: (steps, E, *S), the
    embedded input at each step: an image itself, normalized; the vectors of words. accumulated: (steps, *S),
    the attribution so far, summed over E; NaN where a text has no word. sums: (steps,), its total. rises:
    (steps,), logit(input at the step) − logit(baseline), which the total approximates better with more steps
    (completeness).
    """

    positions: Tensor
    embedded: Tensor
    accumulated: Tensor
    sums: Tensor
    rises: Tensor


def integration_path(
    network: Network, image: Tensor, target: int, *, baseline: Tensor | None = None, steps: int = 32
) -> IntegrationPath:
    """The accumulation of integrated gradients for one normalized image, text or sound (C, *S).

    With the same number of steps the last attribution is that of `explain("integrated-gradients")`: both
    evaluate the gradient at Gauss-Legendre nodes, whose weights are the share of the path that each covers.
    """
    images = image.unsqueeze(0)
    with torch.no_grad():
        end, start = (network.embed(each)[0] for each in (images, one_each(baseline, images)))
    distance = end - start
    nodes, shares = (torch.from_numpy(each).to(end) / 2 for each in np.polynomial.legendre.leggauss(steps))
    slopes = _slopes(network, _between(start, distance, nodes + 0.5), target)
    accumulated = (distance * _along(shares, distance) * slopes).sum(1).cumsum(0)
    positions = shares.cumsum(0)
    embedded = _between(start, distance, positions)
    with torch.no_grad():
        logits = network.forward_embedded(torch.cat([start.unsqueeze(0), embedded]))[:, target]
    sums, rises = accumulated.flatten(1).sum(1), logits[1:] - logits[0]
    return IntegrationPath(positions, embedded, network.over_cells(accumulated, images), sums, rises)


def _between(start: Tensor, distance: Tensor, positions: Tensor) -> Tensor:
    return start + _along(positions, distance) * distance


def _along(factors: Tensor, each: Tensor) -> Tensor:
    """Factors (n,), to be multiplied with n tensors of the shape of `each`."""
    return factors.view(-1, *[1] * each.ndim)


def _slopes(network: Network, embedded: Tensor, target: int) -> Tensor:
    parts = torch.split(embedded, images_at_once(embedded))
    return torch.cat([slope(network, part, _only(target, part).expand(len(part))) for part in parts])


def _only(target: int, like: Tensor) -> Tensor:
    return torch.tensor([target], device=like.device)
