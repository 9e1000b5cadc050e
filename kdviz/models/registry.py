"""The registry of networks."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace

from kdviz.language import _
from kdviz.lazy import deferred
from kdviz.models.offers import ATTENTION, FEATURES, POOLED, RELUS
from kdviz.models.torchvision_registry import TORCHVISION_MODELS
from kdviz.types import IMAGES, SOUNDS, TEXTS, ModelSpec

_ALL_WORDS = 32
"""No map of a text network has a name by its stride: all have a cell for each word."""

_RESNET = "He et al. 2016, arXiv:1512.03385, section 4.2, with 1×1 convolutions as shortcuts"
_WIDE = "Zagoruyko & Komodakis 2016, arXiv:1605.07146, without dropout"

MODELS: dict[str, ModelSpec] = {
    "simple-cnn": ModelSpec(
        name="simple-cnn",
        label="Simple CNN",
        about="Two convolutions and two dense layers: the smallest network that works.",
        make=deferred("kdviz.models.simple_cnn:SimpleCNN"),
        source="the usual first network of a tutorial",
        offers=FEATURES | RELUS,
    ),
    "resnet8-lite": ModelSpec(
        name="resnet8-lite",
        label="ResNet-8 lite",
        about="Three residual blocks on half-size maps: the fastest that learns well.",
        make=deferred("kdviz.models.cifar_resnet:cifar_resnet", depth=8, stem_stride=2),
        source=f"{_RESNET}; a stem of stride 2",
        offers=POOLED | RELUS,
    ),
    "resnet8": ModelSpec(
        name="resnet8",
        label="ResNet-8",
        about="Three residual blocks for small images.",
        make=deferred("kdviz.models.cifar_resnet:cifar_resnet", depth=8),
        source=_RESNET,
        offers=POOLED | RELUS,
    ),
    "resnet20": ModelSpec(
        name="resnet20",
        label="ResNet-20",
        about="Nine residual blocks for small images: a usual student.",
        make=deferred("kdviz.models.cifar_resnet:cifar_resnet", depth=20),
        source=_RESNET,
        offers=POOLED | RELUS,
    ),
    "resnet32": ModelSpec(
        name="resnet32",
        label="ResNet-32",
        about="Fifteen residual blocks for small images.",
        make=deferred("kdviz.models.cifar_resnet:cifar_resnet", depth=32),
        source=_RESNET,
        offers=POOLED | RELUS,
    ),
    "resnet56": ModelSpec(
        name="resnet56",
        label="ResNet-56",
        about="Twenty-seven residual blocks for small images: a usual teacher.",
        make=deferred("kdviz.models.cifar_resnet:cifar_resnet", depth=56),
        source=_RESNET,
        offers=POOLED | RELUS,
    ),
    **{
        f"resnet{depth}-a": ModelSpec(
            name=f"resnet{depth}-a",
            label=f"ResNet-{depth} (option A)",
            about="A residual network for small images whose shortcuts have no weights, as in the paper.",
            make=deferred("kdviz.models.cifar_resnet:cifar_resnet", depth=depth, padded_shortcuts=True),
            source="He et al. 2016, arXiv:1512.03385, section 4.2, option A",
            offers=POOLED | RELUS,
            family="resnet20-a",
        )
        for depth in (20, 32, 44, 56, 110)
    },
    "wrn16": ModelSpec(
        name="wrn16",
        label="WRN-16-k",
        about="Six wide residual blocks; k is twice the width.",
        make=deferred("kdviz.models.wide_resnet:wide_resnet", depth=16),
        source=_WIDE,
        offers=POOLED | RELUS,
    ),
    "wrn40": ModelSpec(
        name="wrn40",
        label="WRN-40-k",
        about="Eighteen wide residual blocks; k is twice the width.",
        make=deferred("kdviz.models.wide_resnet:wide_resnet", depth=40),
        source=_WIDE,
        offers=POOLED | RELUS,
    ),
    "mobilenet-small": ModelSpec(
        name="mobilenet-small",
        label="MobileNet small",
        about="Six inverted residuals: few parameters, for small images.",
        make=deferred("kdviz.models.mobilenet_small:mobilenet_small"),
        source="after Sandler et al. 2018, arXiv:1801.04381, for small images",
        offers=POOLED,
    ),
    "vit-tiny": ModelSpec(
        name="vit-tiny",
        label="ViT tiny",
        about="A transformer over patches of 4×4 pixels, whose attention can be visualized.",
        make=deferred("kdviz.models.vit:VisionTransformer"),
        source="after Dosovitskiy et al. 2021, arXiv:2010.11929, for small images",
        offers=ATTENTION,
        optimizer="adamw",
        finest=4,
    ),
    "m5": ModelSpec(
        name="m5",
        label="M5 (waveform)",
        about="Four convolutions over the waveform of a sound: its maps have no frequency.",
        make=deferred("kdviz.models.waveform_cnn:m5"),
        source="after Dai et al. 2017, arXiv:1610.00087",
        offers=(POOLED | RELUS) - {"usual-input"},
        optimizer="adamw",
        modalities=SOUNDS,
        reads_samples=True,
    ),
    "bag-of-words": ModelSpec(
        name="bag-of-words",
        label="Bag of words",
        about="Each word by itself, then the mean: what can be said without the order of words.",
        make=deferred("kdviz.models.text_networks:bag_of_words"),
        source="after Iyyer et al. 2015, Deep Unordered Composition Rivals Syntactic Methods",
        offers=POOLED | RELUS,
        optimizer="adamw",
        minimum_size=1,
        finest=_ALL_WORDS,
        modalities=TEXTS,
    ),
    "text-cnn": ModelSpec(
        name="text-cnn",
        label="Text CNN",
        about="A convolution over three words, then the mean: a usual first network for texts.",
        make=deferred("kdviz.models.text_networks:text_cnn"),
        source="after Kim 2014, arXiv:1408.5882, with the mean instead of the maximum over words",
        offers=POOLED | RELUS,
        optimizer="adamw",
        minimum_size=1,
        finest=_ALL_WORDS,
        modalities=TEXTS,
    ),
    "text-cnn-deep": ModelSpec(
        name="text-cnn-deep",
        label="Text CNN, two layers",
        about="Two convolutions over three words each, then the mean: five words at once.",
        make=deferred("kdviz.models.text_networks:text_cnn_deep"),
        source="after Kim 2014, arXiv:1408.5882, with the mean instead of the maximum over words",
        offers=POOLED | RELUS,
        optimizer="adamw",
        minimum_size=1,
        finest=_ALL_WORDS,
        modalities=TEXTS,
    ),
    "bilstm": ModelSpec(
        name="bilstm",
        label="BiLSTM",
        about="Reads a text word by word from both ends, then takes the mean: a word is read in its context.",
        make=deferred("kdviz.models.bidirectional_lstm:bidirectional_lstm"),
        source="Hochreiter & Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735; Schuster & Paliwal 1997, "
        "doi:10.1109/78.650093",
        offers=POOLED,
        optimizer="adamw",
        minimum_size=1,
        finest=_ALL_WORDS,
        modalities=TEXTS,
    ),
    "text-transformer": ModelSpec(
        name="text-transformer",
        label="Text transformer",
        about="A small transformer over words, whose attention can be visualized.",
        make=deferred("kdviz.models.text_transformer:TextTransformer"),
        source="after Vaswani et al. 2017, arXiv:1706.03762, with a class token and layer norms first",
        offers=ATTENTION,
        optimizer="adamw",
        minimum_size=1,
        finest=_ALL_WORDS,
        modalities=TEXTS,
    ),
    "resnet18": ModelSpec(
        name="resnet18",
        label="ResNet-18",
        about="The usual network for photographs; fixed width.",
        make=deferred("kdviz.models.torchvision_nets:torchvision_network", name="resnet18"),
        source="torchvision; He et al. 2016, arXiv:1512.03385",
        offers=POOLED | RELUS,
        minimum_size=64,
        has_width=False,
        finest=4,
    ),
    "resnet50": ModelSpec(
        name="resnet50",
        label="ResNet-50",
        about="A strong and slow teacher for photographs; fixed width.",
        make=deferred("kdviz.models.torchvision_nets:torchvision_network", name="resnet50"),
        source="torchvision; He et al. 2016, arXiv:1512.03385",
        offers=POOLED | RELUS,
        minimum_size=64,
        has_width=False,
        finest=4,
    ),
    "mobilenet-v3-small": ModelSpec(
        name="mobilenet-v3-small",
        label="MobileNetV3 small",
        about="A fast student for photographs; fixed width.",
        make=deferred("kdviz.models.torchvision_nets:torchvision_network", name="mobilenet-v3-small"),
        source="torchvision; Howard et al. 2019, arXiv:1905.02244",
        offers=FEATURES,
        minimum_size=64,
        has_width=False,
    ),
    "efficientnet-b0": ModelSpec(
        name="efficientnet-b0",
        label="EfficientNet-B0",
        about="An accurate and efficient network for photographs; fixed width.",
        make=deferred("kdviz.models.torchvision_nets:torchvision_network", name="efficientnet-b0"),
        source="torchvision; Tan & Le 2019, arXiv:1905.11946",
        offers=POOLED,
        minimum_size=64,
        has_width=False,
    ),
    **TORCHVISION_MODELS,
}

_PROGRAM = ModelSpec(
    name="program",
    label="Program (.pt2)",
    about="The network of a file of torch.export, as it is.",
    make=deferred("kdviz.models.program_network:program_network"),
    source="the file that teacher_weights names",
    offers=FEATURES,
    minimum_size=1,
    has_width=False,
    modalities=IMAGES,
)
PROGRAMS = {
    "program": _PROGRAM,
    "program-pooled": replace(
        _PROGRAM,
        name="program-pooled",
        label="Program (.pt2) with pooled maps",
        about="The network of a file of torch.export, which ends in average pooling and one linear layer.",
        offers=POOLED,
    ),
}
"""Networks that a file brings along, for teachers alone."""

PRETRAINED = "pretrained-transformer"
"""The name of a teacher for texts that a folder brings along."""

_PRETRAINED = ModelSpec(
    name=PRETRAINED,
    label="Pretrained transformer",
    about="An encoder of the BERT family from a folder, fine-tuned on the run's texts.",
    make=deferred("kdviz.models.pretrained_text:pretrained_text_network"),
    source="the folder that teacher_weights names; Devlin et al. 2019, arXiv:1810.04805",
    offers=(POOLED | ATTENTION) - {"usual-input"},
    optimizer="adamw",
    learning_rate=1e-4,
    minimum_size=1,
    has_width=False,
    finest=_ALL_WORDS,
    modalities=TEXTS,
)

PROGRAM_SUFFIX = ".pt2"
"""Of their files."""

TEACHERS: Mapping[str, ModelSpec] = ChainMap(PROGRAMS, {PRETRAINED: _PRETRAINED}, MODELS)

FAMILIES: dict[str, tuple[str, ...]] = {
    first: tuple(name for name, other in MODELS.items() if other.family == first != name)
    for first, spec in MODELS.items()
    if spec.family in ("", first)
}
"""The other networks of each family, by the name of its smallest one."""


def network_label(name: str, width: float) -> str:
    """A network in the language being spoken, with a width other than 1: "ResNet-8 ×0.5"."""
    label = _(TEACHERS[name].label) if name in TEACHERS else name
    return label if width == 1 else f"{label} ×{width:g}"


def sides_needed(spec: ModelSpec) -> str:
    """Which images a network takes: "images of at least 64 px"."""
    if spec.size_multiple > 1:
        return f"images whose sides are multiples of {spec.size_multiple} px"
    return f"images of at least {spec.minimum_size} px"
