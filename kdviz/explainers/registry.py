"""The registries of explainers and baselines."""

from __future__ import annotations

from kdviz.errors import ConfigError, unknown_name
from kdviz.lazy import deferred
from kdviz.types import ANY_INPUT, BaselineSpec, ExplainerSpec, ModalityName

_MAP = frozenset({"spatial-features"})

_NOT_AN_EXPLANATION = (
    "Shows what a network attends to, not what its answer depends on: other attention can give the same "
    "answer, see Jain & Wallace 2019, arXiv:1902.10186."
)

_WHATEVER_THE_CLASS = (
    "Shows where a network attends or is active, whatever the class, not what its answer depends on: other "
    "attention can give the same answer, see Jain & Wallace 2019, arXiv:1902.10186."
)

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
        modalities=ANY_INPUT,
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
        about="Grad-CAM without averaging the gradients: sharper at early layers.",
        make=deferred("kdviz.explainers.feature_methods:layer_cam"),
        source="Jiang et al. 2021, doi:10.1109/TIP.2021.3089943, eq. 5-6",
        requires=_MAP,
        positive_part=True,
        modalities=ANY_INPUT,
    ),
    "score-cam": ExplainerSpec(
        name="score-cam",
        label="Score-CAM",
        about="Weights each channel by the target's score if only its region is visible; no gradients.",
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
        about="Gradients accumulated along the path from a baseline to the image.",
        make=deferred("kdviz.explainers.pixel_methods:integrated_gradients"),
        source="Sundararajan et al. 2017, arXiv:1703.01365",
        complete=True,
        takes_baseline=True,
        passes=100,
        modalities=ANY_INPUT,
    ),
    "saliency": ExplainerSpec(
        name="saliency",
        label="Saliency",
        about="Absolute gradient of the target's score with respect to each pixel.",
        make=deferred("kdviz.explainers.pixel_methods:saliency"),
        source="Simonyan et al. 2014, arXiv:1312.6034",
        signed=False,
        passes=4,
        modalities=ANY_INPUT,
    ),
    "smooth-grad": ExplainerSpec(
        name="smooth-grad",
        label="SmoothGrad",
        about="Saliency averaged over noisy copies of the image: less noisy.",
        make=deferred("kdviz.explainers.pixel_methods:smooth_grad"),
        source="Smilkov et al. 2017, arXiv:1706.03825",
        signed=False,
        passes=50,
        modalities=ANY_INPUT,
    ),
    "input-x-gradient": ExplainerSpec(
        name="input-x-gradient",
        label="Input × gradient",
        about="Pixel value times gradient: the contribution of each pixel if the network were linear.",
        make=deferred("kdviz.explainers.pixel_methods:input_x_gradient"),
        source="Shrikumar et al. 2017, arXiv:1605.01713, sec. 3.5",
        takes_baseline=True,
        modalities=ANY_INPUT,
    ),
    "guided-backprop": ExplainerSpec(
        name="guided-backprop",
        label="Guided backpropagation",
        about="Saliency with only positive gradients passed back through each ReLU.",
        make=deferred("kdviz.explainers.pixel_methods:guided_backprop"),
        source="Springenberg et al. 2015, arXiv:1412.6806",
        requires=frozenset({"relu"}),
        signed=False,
        warning="Highlights the image's edges and hardly depends on later layers: see Adebayo et al. 2018, "
        "arXiv:1810.03292.",
    ),
    "occlusion": ExplainerSpec(
        name="occlusion",
        label="Occlusion",
        about="Drop of the target's score when a patch of the image is masked.",
        make=deferred("kdviz.explainers.pixel_methods:occlusion"),
        source="Zeiler & Fergus 2014, arXiv:1311.2901, sec. 4.2",
        takes_baseline=True,
        passes=230,
        modalities=ANY_INPUT,
    ),
    "kernel-shap": ExplainerSpec(
        name="kernel-shap",
        label="Kernel SHAP",
        about="Shapley values: the mean contribution of each grid cell to the target's score.",
        make=deferred("kdviz.explainers.kernel_shap:kernel_shap"),
        source="Lundberg & Lee 2017, arXiv:1705.07874; Covert & Lee 2021, arXiv:2012.01536",
        complete=True,
        takes_baseline=True,
        passes=256,
        modalities=ANY_INPUT,
    ),
    "attention": ExplainerSpec(
        name="attention",
        label="Attention map",
        about="Attention of a transformer's class token; activation energy of other networks.",
        make=deferred("kdviz.explainers.feature_methods:attention"),
        source="Zagoruyko & Komodakis 2017, arXiv:1612.03928; Dosovitskiy et al. 2021, arXiv:2010.11929",
        requires=_MAP,
        signed=False,
        warning=_WHATEVER_THE_CLASS,
        passes=2,
        modalities=ANY_INPUT,
    ),
    "attention-rollout": ExplainerSpec(
        name="attention-rollout",
        label="Attention rollout",
        about="Attention from the class token to each patch, propagated through all blocks.",
        make=deferred("kdviz.explainers.feature_methods:attention_rollout"),
        source="Abnar & Zuidema 2020, arXiv:2005.00928, eq. 1",
        requires=_MAP | {"token-attention"},
        signed=False,
        warning=_NOT_AN_EXPLANATION,
        passes=2,
        modalities=ANY_INPUT,
    ),
}

BASELINES: dict[str, BaselineSpec] = {
    "mean": BaselineSpec(
        name="mean",
        label="Mean colour",
        about="The data's mean colour: evidence is what differs from the average image.",
        make=deferred("kdviz.explainers.baselines:mean"),
    ),
    "black": BaselineSpec(
        name="black",
        label="Black",
        about="Black: black pixels of the image can never be evidence.",
        make=deferred("kdviz.explainers.baselines:black"),
    ),
    "blur": BaselineSpec(
        name="blur",
        label="Blurred picture",
        about="The blurred image: evidence is detail, not overall colour.",
        make=deferred("kdviz.explainers.baselines:blur"),
    ),
    "pad": BaselineSpec(
        name="pad",
        label="No word",
        about="The padding after the end of a text: evidence is what a word says, against no word.",
        make=deferred("kdviz.explainers.baselines:pad"),
        modality="text",
    ),
    "silence": BaselineSpec(
        name="silence",
        label="Silence",
        about="No sound at all: evidence is what is heard, against nothing.",
        make=deferred("kdviz.explainers.baselines:black"),
        modality="audio",
    ),
}


def explainers_for(offers: frozenset[str], modality: ModalityName) -> dict[str, ExplainerSpec]:
    """The explainers of a kind of input, for networks with these offers."""
    return {
        name: spec
        for name, spec in EXPLAINERS.items()
        if spec.requires <= offers and modality in spec.modalities
    }


def baselines_for(modality: ModalityName) -> dict[str, BaselineSpec]:
    """What an absent part of a kind of input can look like, the usual one first."""
    return {name: spec for name, spec in BASELINES.items() if spec.modality == modality}


def explainer_named(name: str) -> ExplainerSpec:
    """The explainer of that name. Raises ConfigError, with a suggestion, for an unknown one."""
    if name not in EXPLAINERS:
        raise ConfigError(unknown_name("explainer", name, EXPLAINERS))
    return EXPLAINERS[name]
