"""The live path: one differentiable map a method, which explanation losses compare while training.

Maps are raw and signed, hook-free, and our own autograd code: captum's leave out some gradients
(its LayerGradCam the classifier's, its IntegratedGradients all), and a loss without gradient charts
like a real one. With `create_graph` a map's gradient reaches every weight that shaped it; without,
it is a constant, and works under `torch.no_grad` as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.modules.batchnorm import _BatchNorm

from kdviz.types import Layer

if TYPE_CHECKING:
    from kdviz.models.network import Network


@dataclass(frozen=True)
class Pass:
    """One forward pass, cut open at the explained layer. images: normalised (N, C, H, W)."""

    network: Network
    images: Tensor
    layer: Layer
    features: Tensor
    logits: Tensor


def run(network: Network, images: Tensor, layer: Layer = "last") -> Pass:
    """The forward pass of a batch: its logits are those of `network(images)`."""
    features = network.forward_features(images, layer)
    return Pass(network, images, layer, features, network.forward_head(features, layer))


@contextmanager
def running_statistics(network: nn.Module) -> Iterator[None]:
    """Inside, BatchNorm uses the statistics it has gathered, and gathers none.

    On a batch's own statistics 46 % of an image's input-gradient falls on the other images.
    """
    gathering = [(norm, norm.running_mean, norm.running_var) for norm in _gathering(network)]
    for norm, _, _ in gathering:
        norm.training = False
        norm.running_mean, norm.running_var = _without_start(norm)
    try:
        yield
    finally:
        for norm, norm.running_mean, norm.running_var in gathering:
            norm.training = True


def _gathering(part: nn.Module) -> list[_BatchNorm]:
    """Those BatchNorms that normalise by the batch and learn from it."""
    return [module for module in part.modules() if isinstance(module, _BatchNorm) and module.training]


def _without_start(norm: _BatchNorm) -> tuple[Tensor, Tensor]:
    """Gathered mean and variance without what is left in them of their start values, 0 and 1.

    Corrected as Adam corrects its averages. Without, a new deep network is sure of one class: in the first
    batch 14 % of ResNet-56's and 22 % of WRN-40's input-gradients were blank, and the others huge.
    """
    mean, variance = norm.running_mean, norm.running_var
    assert mean is not None
    assert variance is not None
    assert norm.num_batches_tracked is not None
    start = (1 - (norm.momentum or 1)) ** norm.num_batches_tracked.to(variance.dtype)
    gathered = 1 - start
    nothing = gathered == 0
    return (
        torch.where(nothing, mean, mean / gathered),
        torch.where(nothing, variance, (variance - start).clamp(min=0) / gathered),
    )


def grad_cam(passed: Pass, target: Tensor, create_graph: bool) -> Tensor:
    """Σ_k α_k A_k, (N, *S), with α the target logit's gradient averaged over the grid. No ReLU.

    Closed form α_k = w[target, k]/cells where average pooling and one linear layer follow: no second
    backward. Elsewhere by autograd, with BatchNorm behind the cut on running statistics.
    Source: Selvaraju et al. 2017, arXiv:1610.02391, eq. 1-2 (there with a ReLU).
    """
    classifier = passed.network.pooled_classifier(passed.layer)
    if classifier is None:
        return _grad_cam_by_autograd(passed, target, create_graph)
    with torch.set_grad_enabled(create_graph):
        grid = passed.network.grid(passed.features)
        return weighted_sum(classifier.weight[target], grid) / prod(grid.shape[2:])


def _grad_cam_by_autograd(passed: Pass, target: Tensor, create_graph: bool) -> Tensor:
    slope, grid = feature_slope(passed, target, create_graph)
    with torch.set_grad_enabled(create_graph):
        return weighted_sum(slope.mean(cells(grid)), grid)


def feature_slope(passed: Pass, target: Tensor, create_graph: bool = False) -> tuple[Tensor, Tensor]:
    """The target logit's gradient at the cut, and the features there, both as maps (N, K, *S)."""
    network = passed.network
    with _reopened(passed, create_graph) as (features, logits):
        (gradient,) = torch.autograd.grad(
            _of_target(logits, target).sum(), features, create_graph=create_graph
        )
    with torch.set_grad_enabled(create_graph):
        return network.grid(gradient), network.grid(features if create_graph else features.detach())


@contextmanager
def _reopened(passed: Pass, create_graph: bool) -> Iterator[tuple[Tensor, Tensor]]:
    """The features at the cut, and logits to differentiate by them: each image's, by itself."""
    features = passed.features if create_graph else passed.features.detach().requires_grad_()
    reusable = create_graph and not _mixes_images(passed)
    with torch.enable_grad(), running_statistics(passed.network):
        yield features, passed.logits if reusable else passed.network.forward_head(features, passed.layer)


def _mixes_images(passed: Pass) -> bool:
    """Whether BatchNorm behind the cut uses the batch's own statistics, so a logit hangs on all images."""
    behind = (*passed.network.stages[passed.network.explained[passed.layer] :], passed.network.head)
    return any(_gathering(part) for part in behind)


def activation_energy(passed: Pass, target: Tensor, create_graph: bool) -> Tensor:
    """Σ_k F_k², (N, *S), whatever the target.

    Source: Zagoruyko & Komodakis 2017, arXiv:1612.03928, F²_sum.
    """
    with torch.set_grad_enabled(create_graph):
        return passed.network.grid(passed.features).square().sum(1)


def input_gradient(passed: Pass, target: Tensor, create_graph: bool) -> Tensor:
    """∂ log p_target / ∂ embedded input, (N, C, H, W) of images, on BatchNorm's running statistics.

    Source: Srinivas & Fleuret 2018, arXiv:1803.00443 (there of the logits).
    """
    with torch.enable_grad(), running_statistics(passed.network):
        embedded = passed.network.embed(passed.images).detach().requires_grad_()
        logits = passed.network.forward_embedded(embedded)
        score = _of_target(F.log_softmax(logits, 1), target).sum()
        return torch.autograd.grad(score, embedded, create_graph=create_graph)[0]


def class_activation(passed: Pass, target: Tensor, create_graph: bool) -> Tensor:
    """`grad_cam` of every class times the grid's cells, (N, classes, *S), whatever the target.

    Where average pooling and one linear layer follow, the class activation map, whose mean plus the bias is
    the logit. Elsewhere one batched backward pass for all classes, with BatchNorm behind the cut on running
    statistics.
    Source: Zhou et al. 2016, arXiv:1512.04150, eq. 2; for distillation, Guo et al. 2023, arXiv:2304.12777.
    """
    classifier = passed.network.pooled_classifier(passed.layer)
    if classifier is None:
        return _class_activation_by_autograd(passed, create_graph)
    with torch.set_grad_enabled(create_graph):
        grid = passed.network.grid(passed.features)
        pointwise = F.conv2d if grid.ndim == 4 else F.conv1d
        return pointwise(grid, classifier.weight.view(*classifier.weight.shape, *[1] * len(cells(grid))))


def _class_activation_by_autograd(passed: Pass, create_graph: bool) -> Tensor:
    network = passed.network
    with _reopened(passed, create_graph) as (features, logits):
        classes = torch.eye(logits.shape[1], device=logits.device, dtype=logits.dtype)
        (gradients,) = torch.autograd.grad(
            logits, features, classes[:, None].expand(-1, *logits.shape),
            create_graph=create_graph, is_grads_batched=True,
        )  # fmt: skip
    with torch.set_grad_enabled(create_graph):
        grid = network.grid(features if create_graph else features.detach())
        slopes = torch.stack([network.grid(gradient).sum(cells(grid)) for gradient in gradients], dim=1)
        return torch.einsum("nck,nk...->nc...", slopes, grid)


def class_attention(passed: Pass, target: Tensor, create_graph: bool) -> Tensor:
    """The class token's attention over patches in the last block, (N, h, w), whatever the target."""
    with torch.set_grad_enabled(create_graph):
        return passed.network.class_attention(passed.features, passed.layer)


MAPS: dict[str, Callable[[Pass, Tensor, bool], Tensor]] = {
    "grad-cam": grad_cam,
    "activation-energy": activation_energy,
    "input-gradient": input_gradient,
    "class-activation": class_activation,
    "class-attention": class_attention,
}
"""(pass, target (N,), create_graph) -> maps, by the name that an explanation loss asks for."""


def _of_target(scores: Tensor, target: Tensor) -> Tensor:
    return scores.gather(1, target.unsqueeze(1)).squeeze(1)


def weighted_sum(weights: Tensor, grid: Tensor) -> Tensor:
    """Σ_k weights[n, k] · grid[n, k], (N, *S)."""
    return torch.einsum("nk,nk...->n...", weights, grid)


def cells(grid: Tensor) -> tuple[int, ...]:
    """The spatial dimensions of features (N, K, *S)."""
    return tuple(range(2, grid.ndim))
