"""The explainers and the baselines that a person can choose."""

from __future__ import annotations

from kdviz.errors import ConfigError, unknown_name
from kdviz.lazy import deferred
from kdviz.types import BaselineSpec, ExplainerSpec

_MAP = frozenset({"spatial-features"})

EXPLAINERS: dict[str, ExplainerSpec] = {
    "grad-cam": ExplainerSpec(
        name="grad-cam",
        label="Grad-CAM",
        about="Where the explained feature map raises the target's score.",
        make=deferred("kdviz.explainers.feature_methods:grad_cam"),
        source="Selvaraju et al. 2017, arXiv:1610.02391, eq. 1-2",
        requires=_MAP,
        positive_part=True,
        passes=2,
    ),
    "grad-cam-plus-plus": ExplainerSpec(
        name="grad-cam-plus-plus",
        label="Grad-CAM++",
        about="Grad-CAM that does not favour the larger of several objects.",
        make=deferred("kdviz.explainers.feature_methods:grad_cam_plus_plus"),
        source="Chattopadhay et al. 2018, arXiv:1710.11063, eq. 7 and 19",
        requires=_MAP,
        positive_part=True,
    ),
    "layer-cam": ExplainerSpec(
        name="layer-cam",
        label="LayerCAM",
        about="Where each cell of the feature map raises the target's score: sharp at early layers.",
        make=deferred("kdviz.explainers.feature_methods:layer_cam"),
        source="Jiang et al. 2021, doi:10.1109/TIP.2021.3089943, eq. 5-6",
        requires=_MAP,
        positive_part=True,
    ),
    "score-cam": ExplainerSpec(
        name="score-cam",
        label="Score-CAM",
        about="Where the channels are active whose region alone keeps the target's score up; no gradients.",
        make=deferred("kdviz.explainers.feature_methods:score_cam"),
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
        make=deferred("kdviz.explainers.pixel_methods:integrated_gradients"),
        source="Sundararajan et al. 2017, arXiv:1703.01365",
        complete=True,
        takes_baseline=True,
        passes=100,
    ),
    "saliency": ExplainerSpec(
        name="saliency",
        label="Saliency",
        about="How strongly the target's score reacts to a small change of each pixel.",
        make=deferred("kdviz.explainers.pixel_methods:saliency"),
        source="Simonyan et al. 2014, arXiv:1312.6034",
        signed=False,
        passes=4,
    ),
    "smooth-grad": ExplainerSpec(
        name="smooth-grad",
        label="SmoothGrad",
        about="Saliency averaged over noisy copies of the image: less speckled.",
        make=deferred("kdviz.explainers.pixel_methods:smooth_grad"),
        source="Smilkov et al. 2017, arXiv:1706.03825",
        signed=False,
        passes=50,
    ),
    "input-x-gradient": ExplainerSpec(
        name="input-x-gradient",
        label="Input × gradient",
        about="What each pixel would add to the target's score if the network were linear.",
        make=deferred("kdviz.explainers.pixel_methods:input_x_gradient"),
        source="Shrikumar et al. 2017, arXiv:1605.01713, sec. 3.5",
        takes_baseline=True,
    ),
    "guided-backprop": ExplainerSpec(
        name="guided-backprop",
        label="Guided backpropagation",
        about="Saliency that keeps only what raises the target's score at every ReLU on the way back.",
        make=deferred("kdviz.explainers.pixel_methods:guided_backprop"),
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
        make=deferred("kdviz.explainers.pixel_methods:occlusion"),
        source="Zeiler & Fergus 2014, arXiv:1311.2901, sec. 4.2",
        takes_baseline=True,
        passes=230,
    ),
    "kernel-shap": ExplainerSpec(
        name="kernel-shap",
        label="Kernel SHAP",
        about="What each cell of a grid adds to the target's score, whichever other cells are there.",
        make=deferred("kdviz.explainers.kernel_shap:kernel_shap"),
        source="Lundberg & Lee 2017, arXiv:1705.07874; Covert & Lee 2021, arXiv:2012.01536",
        complete=True,
        takes_baseline=True,
        passes=256,
    ),
    "attention": ExplainerSpec(
        name="attention",
        label="Attention map",
        about="Where a transformer's class token attends, or a convolutional network is most active.",
        make=deferred("kdviz.explainers.feature_methods:attention"),
        source="Zagoruyko & Komodakis 2017, arXiv:1612.03928; Dosovitskiy et al. 2021, arXiv:2010.11929",
        requires=_MAP,
        signed=False,
        passes=2,
    ),
    "attention-rollout": ExplainerSpec(
        name="attention-rollout",
        label="Attention rollout",
        about="What reaches a transformer's class token from each patch through the attention of all blocks.",
        make=deferred("kdviz.explainers.feature_methods:attention_rollout"),
        source="Abnar & Zuidema 2020, arXiv:2005.00928, eq. 1",
        requires=_MAP | {"token-attention"},
        signed=False,
        passes=2,
    ),
}

BASELINES: dict[str, BaselineSpec] = {
    "mean": BaselineSpec(
        name="mean",
        label="Mean colour",
        about="The data's mean colour everywhere: evidence is what differs from the average picture.",
        make=deferred("kdviz.explainers.baselines:mean"),
    ),
    "black": BaselineSpec(
        name="black",
        label="Black",
        about="Darkness: a black pixel of the picture can never be evidence.",
        make=deferred("kdviz.explainers.baselines:black"),
    ),
    "blur": BaselineSpec(
        name="blur",
        label="Blurred picture",
        about="The picture without its detail: evidence is detail, not overall colour.",
        make=deferred("kdviz.explainers.baselines:blur"),
    ),
}


def explainer_named(name: str) -> ExplainerSpec:
    """The explainer that a person has typed. Raises ConfigError for a name that is not in `EXPLAINERS`."""
    if name not in EXPLAINERS:
        raise ConfigError(unknown_name("explainer", name, EXPLAINERS))
    return EXPLAINERS[name]
