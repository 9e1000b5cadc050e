"""Explainers that answer pixel by pixel, by captum: how each pixel moves the target's logit.

A baseline is what an absent pixel looks like: (C, H, W) or (C, 1, 1), normalised as the images are.
None is 0, the data's mean colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from captum.attr import IntegratedGradients, Occlusion, Saliency
from torch import Tensor

from kdviz.types import Layer

if TYPE_CHECKING:
    from kdviz.models.network import Network

# One CPU core is fastest at 128 to 512 images of 32×32; captum's default, all at once, takes twice as long.
_PIXELS_AT_ONCE = 256 * 32 * 32


def images_at_once(images: Tensor) -> int:
    """How many images of this size to send through a network together, for speed and memory."""
    return max(1, _PIXELS_AT_ONCE // (images.shape[-2] * images.shape[-1]))


def integrated_gradients(
    network: Network,
    images: Tensor,
    target: Tensor,
    *,
    layer: Layer = "last",
    baseline: Tensor | None = None,
    steps: int = 32,
) -> Tensor:
    """What each pixel adds to the target's logit on the way from the baseline, sum over channels, (N, H, W).

    steps: points on the way. Sums to logit(image) − logit(baseline); `completeness_gap` says how nearly.
    Source: Sundararajan et al. 2017, arXiv:1703.01365.
    """
    attribution: Tensor = IntegratedGradients(network).attribute(
        images,
        _like(baseline, images),
        target=target,
        n_steps=steps,
        internal_batch_size=max(images_at_once(images), len(images)),
    )
    return attribution.sum(1)


def completeness_gap(
    network: Network, images: Tensor, target: Tensor, attribution: Tensor, baseline: Tensor | None = None
) -> Tensor:
    """How far an attribution's sum misses logit(image) − logit(baseline), as a share of it, (N,).

    0 where the attribution is complete; NaN where the two logits are equal.
    """
    with torch.no_grad():
        ends = network(images) - network(_like(baseline, images))
    due = ends.gather(1, target.unsqueeze(1)).squeeze(1)
    missed = (attribution.flatten(1).sum(1) - due).abs()
    return torch.where(due == 0, torch.nan, missed / due.abs())


def saliency(
    network: Network, images: Tensor, target: Tensor, *, layer: Layer = "last", baseline: Tensor | None = None
) -> Tensor:
    """|∂ logit_target / ∂ pixel|, the largest over channels, (N, H, W), at least 0.

    Source: Simonyan et al. 2014, arXiv:1312.6034.
    """
    pixels = images.detach().clone().requires_grad_()
    attribution: Tensor = Saliency(network).attribute(pixels, target=target)
    return attribution.amax(1)


def occlusion(
    network: Network, images: Tensor, target: Tensor, *, layer: Layer = "last", baseline: Tensor | None = None
) -> Tensor:
    """How much the target's logit falls when a patch is covered by the baseline, (N, H, W).

    The patch is an eighth of the side, moved by half of itself; a pixel takes the mean over the
    patches that cover it.
    Source: Zeiler & Fergus 2014, arXiv:1311.2901, sec. 4.2.
    """
    channels, *sides = images.shape[1:]
    patch = [max(2, round(side / 8)) for side in sides]
    attribution: Tensor = Occlusion(network).attribute(
        images,
        sliding_window_shapes=(channels, *patch),
        strides=(channels, *(side // 2 for side in patch)),
        baselines=_like(baseline, images),
        target=target,
        perturbations_per_eval=max(1, images_at_once(images) // len(images)),
    )
    return attribution[:, 0]  # a patch covers all channels, so they are equal


def _like(baseline: Tensor | None, images: Tensor) -> Tensor:
    """The baseline once for each image."""
    return torch.zeros_like(images) if baseline is None else baseline.to(images).expand_as(images)
