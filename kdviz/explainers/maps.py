"""Differentiable maps, one per method, which explanation losses compare during training.

Maps are raw, signed and free of hooks. They are computed with autograd here, because captum's have incomplete
gradients (LayerGradCam lacks the classifier's, IntegratedGradients has none), which a loss curve does not
reveal. With `create_graph` the gradient of a map reaches every weight that it depends on; without it, the map
is a constant, and may be computed under `torch.no_grad`.
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
    """A forward pass with the features at the explained layer. images: normalized (N, C, H, W)."""

    network: Network
    images: Tensor
    layer: Layer
    features: Tensor
    logits: Tensor


def run(network: Network, images: Tensor, layer: Layer = "last") -> Pass:
    """Forward pass of a batch that keeps the features at `layer`, with the logits of `network(images)`."""
    features = network.forward_features(images, layer)
    return Pass(network, images, layer, features, network.forward_head(features, layer))


@contextmanager
def running_statistics(network: nn.Module) -> Iterator[None]:
    """In this context, BatchNorm uses its running statistics and does not update them.

    With batch statistics, 46 % of an image's input gradient would fall on the other images of the batch.
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
    """The BatchNorm modules that use and track batch statistics."""
    return [module for module in part.modules() if isinstance(module, _BatchNorm) and module.training]


def _without_start(norm: _BatchNorm) -> tuple[Tensor, Tensor]:
    """Running mean and variance without the remainder of their initial values, 0 and 1.

    Bias correction as in Adam. Without it, a new deep network predicts one class with certainty: in the first
    batch 14 % of ResNet-56's and 22 % of WRN-40's input gradients were blank, and the others huge.
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
    """Σ_k α_k A_k, (N, *S), with α the gradient of the target's logit, averaged over the grid. No ReLU.

    In closed form, α_k = w[target, k] / cells, if average pooling and one linear layer follow: no second
    backward pass. Otherwise by autograd, with running statistics in BatchNorm after the layer.
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
    """Gradient of the target's logit with respect to the features, and the features, as maps (N, K, *S)."""
    network = passed.network
    with _reopened(passed, create_graph) as (features, logits):
        (gradient,) = torch.autograd.grad(
            _of_target(logits, target).sum(), features, create_graph=create_graph
        )
    with torch.set_grad_enabled(create_graph):
        return network.grid(gradient), network.grid(features if create_graph else features.detach())


@contextmanager
def _reopened(passed: Pass, create_graph: bool) -> Iterator[tuple[Tensor, Tensor]]:
    """The features, and logits that can be differentiated with respect to them, each image by itself."""
    features = passed.features if create_graph else passed.features.detach().requires_grad_()
    reusable = create_graph and not _mixes_images(passed)
    with torch.enable_grad(), running_statistics(passed.network):
        yield features, passed.logits if reusable else passed.network.forward_head(features, passed.layer)


def _mixes_images(passed: Pass) -> bool:
    """Whether BatchNorm after the layer uses batch statistics, so that a logit depends on all images."""
    behind = (*passed.network.stages[passed.network.explained[passed.layer] :], passed.network.head)
    return any(_gathering(part) for part in behind)


def activation_energy(passed: Pass, target: Tensor, create_graph: bool) -> Tensor:
    """Σ_k F_k², (N, *S), independent of the target.

    Source: Zagoruyko & Komodakis 2017, arXiv:1612.03928, F²_sum.
    """
    with torch.set_grad_enabled(create_graph):
        return passed.network.grid(passed.features).square().sum(1)


def input_gradient(passed: Pass, target: Tensor, create_graph: bool) -> Tensor:
    """∂ log p_target / ∂ embedded input, (N, C, H, W) for images, with running statistics in BatchNorm.

    Source: Srinivas & Fleuret 2018, arXiv:1803.00443 (there of the logits).
    """
    with torch.enable_grad(), running_statistics(passed.network):
        embedded = passed.network.embed(passed.images).detach().requires_grad_()
        logits = passed.network.forward_embedded(embedded)
        score = _of_target(F.log_softmax(logits, 1), target).sum()
        return torch.autograd.grad(score, embedded, create_graph=create_graph)[0]


def input_contribution(passed: Pass, target: Tensor, create_graph: bool) -> Tensor:
    """Embedded input · ∂ logit_target / ∂ embedded input, summed over its channels, (N, *S), signed.

    With running statistics in BatchNorm. A network with its own embedding has the same cells, so that maps
    can be compared where input gradients cannot. Of the logit and with its sign, where the source takes the
    norm of the gradient of the log-probability, which vanishes where a network is certain.
    Source: Wu et al. 2023, arXiv:2305.10010, eq. 3-5.
    """
    with torch.enable_grad(), running_statistics(passed.network):
        embedded = passed.network.embed(passed.images).detach().requires_grad_()
        score = _of_target(passed.network.forward_embedded(embedded), target).sum()
        (gradient,) = torch.autograd.grad(score, embedded, create_graph=create_graph)
        return (embedded.detach() * gradient).sum(1)


def class_activation(passed: Pass, target: Tensor, create_graph: bool) -> Tensor:
    """`grad_cam` of all classes times the number of cells, (N, classes, *S), independent of the target.

    If average pooling and one linear layer follow, these are the class activation maps, whose mean plus the
    bias is the logit. Otherwise one batched backward pass for all classes, with running statistics in
    BatchNorm after the layer.
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
    """Attention of the class token over cells in the last block, (N, *S), independent of the target."""
    with torch.set_grad_enabled(create_graph):
        return passed.network.class_attention(passed.features, passed.layer)


MAPS: dict[str, Callable[[Pass, Tensor, bool], Tensor]] = {
    "grad-cam": grad_cam,
    "activation-energy": activation_energy,
    "input-gradient": input_gradient,
    "input-x-gradient": input_contribution,
    "class-activation": class_activation,
    "class-attention": class_attention,
}
"""(pass, target (N,), create_graph) -> maps, by the name in `ExplanationLossSpec.map`."""


def _of_target(scores: Tensor, target: Tensor) -> Tensor:
    return scores.gather(1, target.unsqueeze(1)).squeeze(1)


def weighted_sum(weights: Tensor, grid: Tensor) -> Tensor:
    """Σ_k weights[n, k] · grid[n, k], (N, *S)."""
    return torch.einsum("nk,nk...->n...", weights, grid)


def cells(grid: Tensor) -> tuple[int, ...]:
    """The spatial dimensions of features (N, K, *S)."""
    return tuple(range(2, grid.ndim))
