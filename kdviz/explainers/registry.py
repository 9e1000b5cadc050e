"""The explainers that a person can choose, and the one way to call any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from kdviz.errors import ConfigError, unknown_name
from kdviz.explainers.baselines import one_each
from kdviz.explainers.feature_methods import (
    attention,
    attention_rollout,
    grad_cam,
    grad_cam_plus_plus,
    layer_cam,
    score_cam,
)
from kdviz.explainers.kernel_shap import kernel_shap
from kdviz.explainers.pixel_methods import (
    guided_backprop,
    input_x_gradient,
    integrated_gradients,
    occlusion,
    saliency,
    smooth_grad,
)
from kdviz.explainers.portions import images_at_once
from kdviz.types import ExplainerSpec, Layer

if TYPE_CHECKING:
    from kdviz.models.network import Network

_MAP = frozenset({"spatial-features"})

EXPLAINERS: dict[str, ExplainerSpec] = {
    "grad-cam": ExplainerSpec(
        name="grad-cam",
        label="Grad-CAM",
        about="Where the explained feature map raises the target's score.",
        make=grad_cam,
        source="Selvaraju et al. 2017, arXiv:1610.02391, eq. 1-2",
        requires=_MAP,
        positive_part=True,
        passes=2,
    ),
    "grad-cam-plus-plus": ExplainerSpec(
        name="grad-cam-plus-plus",
        label="Grad-CAM++",
        about="Grad-CAM that does not favour the larger of several objects.",
        make=grad_cam_plus_plus,
        source="Chattopadhay et al. 2018, arXiv:1710.11063, eq. 7 and 19",
        requires=_MAP,
        positive_part=True,
    ),
    "layer-cam": ExplainerSpec(
        name="layer-cam",
        label="LayerCAM",
        about="Where each cell of the feature map raises the target's score: sharp at early layers.",
        make=layer_cam,
        source="Jiang et al. 2021, doi:10.1109/TIP.2021.3089943, eq. 5-6",
        requires=_MAP,
        positive_part=True,
    ),
    "score-cam": ExplainerSpec(
        name="score-cam",
        label="Score-CAM",
        about="Where the channels are active whose region alone keeps the target's score up; no gradients.",
        make=score_cam,
        source="Wang et al. 2020, arXiv:1910.01279, algorithm 1",
        requires=_MAP,
        positive_part=True,
        takes_baseline=True,
        passes=65,
    ),
    "integrated-gradients": ExplainerSpec(
        name="integrated-gradients",
        label="Integrated gradients",
        about="What each pixel adds to the target's score on the way from a blank image.",
        make=integrated_gradients,
        source="Sundararajan et al. 2017, arXiv:1703.01365",
        complete=True,
        takes_baseline=True,
        passes=100,
    ),
    "saliency": ExplainerSpec(
        name="saliency",
        label="Saliency",
        about="How strongly the target's score reacts to a small change of each pixel.",
        make=saliency,
        source="Simonyan et al. 2014, arXiv:1312.6034",
        signed=False,
        passes=4,
    ),
    "smooth-grad": ExplainerSpec(
        name="smooth-grad",
        label="SmoothGrad",
        about="Saliency averaged over noisy copies of the image: less speckled.",
        make=smooth_grad,
        source="Smilkov et al. 2017, arXiv:1706.03825",
        signed=False,
        passes=50,
    ),
    "input-x-gradient": ExplainerSpec(
        name="input-x-gradient",
        label="Input × gradient",
        about="What each pixel would add to the target's score if the network were linear.",
        make=input_x_gradient,
        source="Shrikumar et al. 2017, arXiv:1605.01713, sec. 3.5",
        takes_baseline=True,
    ),
    "guided-backprop": ExplainerSpec(
        name="guided-backprop",
        label="Guided backpropagation",
        about="Saliency that keeps only what raises the target's score at every ReLU on the way back.",
        make=guided_backprop,
        source="Springenberg et al. 2015, arXiv:1412.6806",
        requires=frozenset({"relu"}),
        signed=False,
        warning="Draws the image's edges and hardly depends on the later layers: see Adebayo et al. 2018, "
        "arXiv:1810.03292.",
    ),
    "occlusion": ExplainerSpec(
        name="occlusion",
        label="Occlusion",
        about="How much the target's score falls when a patch of the image is covered.",
        make=occlusion,
        source="Zeiler & Fergus 2014, arXiv:1311.2901, sec. 4.2",
        takes_baseline=True,
        passes=230,
    ),
    "kernel-shap": ExplainerSpec(
        name="kernel-shap",
        label="Kernel SHAP",
        about="What each cell of a grid adds to the target's score, whichever other cells are there.",
        make=kernel_shap,
        source="Lundberg & Lee 2017, arXiv:1705.07874; Covert & Lee 2021, arXiv:2012.01536",
        complete=True,
        takes_baseline=True,
        passes=256,
    ),
    "attention": ExplainerSpec(
        name="attention",
        label="Attention map",
        about="Where a transformer's class token attends, or a convolutional network is most active.",
        make=attention,
        source="Zagoruyko & Komodakis 2017, arXiv:1612.03928; Dosovitskiy et al. 2021, arXiv:2010.11929",
        requires=_MAP,
        signed=False,
        passes=2,
    ),
    "attention-rollout": ExplainerSpec(
        name="attention-rollout",
        label="Attention rollout",
        about="What reaches a transformer's class token from each patch through the attention of all blocks.",
        make=attention_rollout,
        source="Abnar & Zuidema 2020, arXiv:2005.00928, eq. 1",
        requires=_MAP | {"token-attention"},
        signed=False,
        passes=2,
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
    layer, baseline: for the methods that read a feature map, or that need an absent pixel: (C, 1, 1),
    (C, H, W) or (N, C, H, W), by default the data's mean colour; `absent_pixels` makes others.
    parameters: the method's own, such as `steps`.
    Raises ConfigError for an unknown name, ModelError where the network lacks what the method needs.
    """
    if name not in EXPLAINERS:
        raise ConfigError(unknown_name("explainer", name, EXPLAINERS))
    make, batch = EXPLAINERS[name].make, (images, target, one_each(baseline, images))
    parts = zip(*(torch.split(each, images_at_once(images)) for each in batch), strict=True)
    maps = [make(network, *part, layer=layer, baseline=absent, **parameters) for *part, absent in parts]
    return torch.cat(maps).detach().float()
