"""Explainers at pixel resolution, from gradients or by occlusion.

A baseline is what an absent pixel looks like: (N, C, H, W), or (C, H, W) or (C, 1, 1) for all images,
normalized likewise. None is 0, the data's mean colour.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from kdviz.explainers.baselines import one_each
from kdviz.explainers.batching import images_at_once
from kdviz.explainers.guided import guided_relus
from kdviz.resolution import absent
from kdviz.types import Layer

if TYPE_CHECKING:
    from kdviz.models.network import Network


def integrated_gradients(
    network: Network,
    images: Tensor,
    target: Tensor,
    *,
    layer: Layer = "last",
    baseline: Tensor | None = None,
    steps: int = 32,
) -> Tensor:
    """Integrated gradients of the target's logit from the baseline, summed over channels, (N, H, W).

    steps: of the integration. Adds up to logit(image) − logit(baseline), up to the error that
    `completeness_gap` measures.
    Source: Sundararajan et al. 2017, arXiv:1703.01365.
    """
    from captum.attr import IntegratedGradients

    attribution: Tensor = IntegratedGradients(network.forward_embedded).attribute(
        network.embed(images),
        network.embed(one_each(baseline, images)),
        target=target,
        n_steps=steps,
        internal_batch_size=max(images_at_once(images), len(images)),
    )
    return attribution.sum(1)


def completeness_gap(
    network: Callable[[Tensor], Tensor],
    images: Tensor,
    target: Tensor,
    attribution: Tensor,
    baseline: Tensor | None = None,
) -> Tensor:
    """|sum of the attribution − rise| / |rise|, with rise = logit(image) − logit(baseline); (N,).

    0 if the attribution is complete; NaN if the two logits are equal.
    """
    with torch.no_grad():
        ends = network(images) - network(one_each(baseline, images))
    due = ends.gather(1, target.unsqueeze(1)).squeeze(1)
    total = attribution.masked_fill(absent(attribution), 0).flatten(1).sum(1)
    missed = (total - due).abs()
    return torch.where(due == 0, torch.nan, missed / due.abs())


def saliency(
    network: Network, images: Tensor, target: Tensor, *, layer: Layer = "last", baseline: Tensor | None = None
) -> Tensor:
    """|∂ logit_target / ∂ pixel|, maximum over channels, (N, H, W), at least 0.

    Source: Simonyan et al. 2014, arXiv:1312.6034.
    """
    from captum.attr import Saliency

    embedded = network.embed(images).detach().clone().requires_grad_()
    attribution: Tensor = Saliency(network.forward_embedded).attribute(embedded, target=target)
    return attribution.amax(1)


def input_x_gradient(
    network: Network, images: Tensor, target: Tensor, *, layer: Layer = "last", baseline: Tensor | None = None
) -> Tensor:
    """(pixel − baseline) · ∂ logit_target / ∂ pixel, summed over channels, (N, H, W).

    Equals integrated gradients with one step, at the image.
    Source: Shrikumar et al. 2017, arXiv:1605.01713, sec. 3.5 (there the baseline is 0).
    """
    embedded, start = (network.embed(each) for each in (images, one_each(baseline, images)))
    return ((embedded - start) * slope(network, embedded, target)).sum(1).detach()


def smooth_grad(
    network: Network,
    images: Tensor,
    target: Tensor,
    *,
    layer: Layer = "last",
    baseline: Tensor | None = None,
    samples: int = 16,
    noise: float = 0.15,
    seed: int = 0,
) -> Tensor:
    """Saliency of the gradient averaged over noisy copies of the image, (N, H, W), at least 0.

    samples: number of copies. noise: standard deviation, as a share of the image's value range. seed: of the
    noise, which is the same for all images and networks, so that it causes no difference between maps.
    Source: Smilkov et al. 2017, arXiv:1706.03825 (there, 10 to 20 % noise and 50 copies).
    """
    generator = torch.Generator().manual_seed(seed)
    embedded = network.embed(images)
    every = tuple(range(1, embedded.ndim))
    draws = torch.randn(samples, *embedded.shape[1:], generator=generator).to(embedded)
    spread = embedded.amax(every, keepdim=True) - embedded.amin(every, keepdim=True)
    deviation = noise * spread * network.present(embedded)
    total = torch.zeros_like(embedded)
    for draw in draws:
        total += slope(network, embedded + deviation * draw, target)
    return (total / samples).abs().amax(1)


def guided_backprop(
    network: Network, images: Tensor, target: Tensor, *, layer: Layer = "last", baseline: Tensor | None = None
) -> Tensor:
    """Saliency with only positive gradients passed back through each ReLU; (N, H, W), at least 0.

    Sharp, but misleading: it nearly reconstructs the image, independent of what later layers have learned
    (Nie et al. 2018, arXiv:1805.07039; Adebayo et al. 2018, arXiv:1810.03292). Included as a negative
    example. Raises ModelError for a network without ReLUs.
    Source: Springenberg et al. 2015, arXiv:1412.6806.
    """
    with guided_relus(network):
        return slope(network, network.embed(images), target).abs().amax(1)


def occlusion(
    network: Network, images: Tensor, target: Tensor, *, layer: Layer = "last", baseline: Tensor | None = None
) -> Tensor:
    """Drop of the target's logit when a patch is replaced by the baseline, (N, H, W).

    The patch is an eighth of the side, the stride half a patch; a pixel takes the mean over the patches that
    cover it. Of a text, it is a word.
    Source: Zeiler & Fergus 2014, arXiv:1311.2901, sec. 4.2.
    """
    from captum.attr import Occlusion

    embedded = network.embed(images)
    channels, *sides = embedded.shape[1:]
    patch = network.window(tuple(sides))
    attribution: Tensor = Occlusion(network.forward_embedded).attribute(
        embedded,
        sliding_window_shapes=(channels, *patch),
        strides=(channels, *(max(1, side // 2) for side in patch)),
        baselines=network.embed(one_each(baseline, images)),
        target=target,
        perturbations_per_eval=max(1, images_at_once(images) // len(images)),
    )
    return attribution[:, 0]  # all channels are equal, since a patch covers all of them


def slope(network: Network, embedded: Tensor, target: Tensor) -> Tensor:
    """∂ logit_target / ∂ embedded input, in its shape, without graph."""
    with torch.enable_grad():
        inputs = embedded.detach().requires_grad_()
        score = network.forward_embedded(inputs).gather(1, target.unsqueeze(1)).sum()
        return torch.autograd.grad(score, inputs)[0]
