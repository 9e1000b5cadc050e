"""The explainers that a person can choose, and the one way to call any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kdviz.errors import ConfigError, unknown_name
from kdviz.explainers.feature_methods import attention, grad_cam
from kdviz.explainers.pixel_methods import images_at_once, integrated_gradients, occlusion, saliency
from kdviz.types import ExplainerSpec, Layer

if TYPE_CHECKING:
    from kdviz.models.network import Network

EXPLAINERS: dict[str, ExplainerSpec] = {
    "grad-cam": ExplainerSpec(
        name="grad-cam",
        label="Grad-CAM",
        about="Where the explained feature map raises the target's score.",
        make=grad_cam,
        source="Selvaraju et al. 2017, arXiv:1610.02391, eq. 1-2",
        requires=frozenset({"spatial-features"}),
    ),
    "integrated-gradients": ExplainerSpec(
        name="integrated-gradients",
        label="Integrated gradients",
        about="What each pixel adds to the target's score on the way from a blank image.",
        make=integrated_gradients,
        source="Sundararajan et al. 2017, arXiv:1703.01365",
    ),
    "saliency": ExplainerSpec(
        name="saliency",
        label="Saliency",
        about="How strongly the target's score reacts to a small change of each pixel.",
        make=saliency,
        source="Simonyan et al. 2014, arXiv:1312.6034",
        signed=False,
    ),
    "occlusion": ExplainerSpec(
        name="occlusion",
        label="Occlusion",
        about="How much the target's score falls when a patch of the image is covered.",
        make=occlusion,
        source="Zeiler & Fergus 2014, arXiv:1311.2901, sec. 4.2",
    ),
    "attention": ExplainerSpec(
        name="attention",
        label="Attention map",
        about="Where a transformer's class token attends, or a convolutional network is most active.",
        make=attention,
        source="Zagoruyko & Komodakis 2017, arXiv:1612.03928; Dosovitskiy et al. 2021, arXiv:2010.11929",
        requires=frozenset({"spatial-features"}),
        signed=False,
    ),
}


def explain(
    name: str,
    network: Network,
    images: Tensor,
    target: Tensor,
    *,
    layer: Layer = "last",
    baseline: Tensor | None = None,
    **parameters: Any,
) -> Tensor:
    """Attributions (N, h, w) of a network's answers, float32, raw and signed, at the method's own resolution.

    network: in eval mode, and the caller's own. images: normalised. target: (N,) classes.
    layer, baseline: for the methods that read a feature map, or that need an absent pixel.
    parameters: the method's own, such as `steps`.
    Raises ConfigError for an unknown name, ModelError where the network lacks what the method needs.
    """
    if name not in EXPLAINERS:
        raise ConfigError(unknown_name("explainer", name, EXPLAINERS))
    make, at_once = EXPLAINERS[name].make, images_at_once(images)
    parts = [
        make(network, some, wanted, layer=layer, baseline=baseline, **parameters)
        for some, wanted in zip(torch.split(images, at_once), torch.split(target, at_once), strict=True)
    ]
    return torch.cat(parts).detach().float()
