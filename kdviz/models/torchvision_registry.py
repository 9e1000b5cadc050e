"""torchvision's classification networks as registry entries, by family, the smallest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from kdviz.lazy import Deferred, deferred
from kdviz.models.offers import ATTENTION, FEATURES, POOLED, RELUS
from kdviz.types import ModelSpec


def _family(
    source: str,
    about: str,
    offers: frozenset[str],
    labels: Mapping[str, str],
    *,
    optimizer: Literal["sgd", "adamw"] = "sgd",
    minimum_size: int = 64,
    size_multiple: int = 1,
    makes: Mapping[str, Deferred] | None = None,
    family: str = "",
    finest: int = 1,
) -> dict[str, ModelSpec]:
    """Entries with these labels. makes: for networks that are not traced. family: if not the first."""
    return {
        name: ModelSpec(
            name=name,
            label=label,
            about=about,
            make=makes[name] if makes else _traced(name),
            source=f"torchvision; {source}",
            offers=offers,
            optimizer=optimizer,
            minimum_size=minimum_size,
            size_multiple=size_multiple,
            has_width=False,
            family=family or next(iter(labels)),
            finest=_PATCHES.get(name, finest),
        )
        for name, label in labels.items()
    }


def _traced(name: str) -> Deferred:
    return deferred("kdviz.models.torchvision_traced:traced_network", name=name)


def _vit(patch: int, dim: int, depth: int, heads: int) -> Deferred:
    return deferred(
        "kdviz.models.vit:VisionTransformer",
        patch=patch, dim=dim, depth=depth, heads=heads, mlp_ratio=4, norm_eps=1e-6,
    )  # fmt: skip


_PATCHES = {"vit-b-32": 32, "vit-b-16": 16, "vit-l-32": 32, "vit-l-16": 16, "vit-h-14": 14}
"""In pixels: all blocks of a transformer have maps of one size."""

TORCHVISION_MODELS: dict[str, ModelSpec] = {
    **_family(
        "He et al. 2016, arXiv:1512.03385",
        "A deeper residual network for photographs.",
        POOLED | RELUS,
        {"resnet34": "ResNet-34", "resnet101": "ResNet-101", "resnet152": "ResNet-152"},
        family="resnet18",
    ),
    **_family(
        "Xie et al. 2017, arXiv:1611.05431",
        "A residual network with convolutions in groups.",
        POOLED | RELUS,
        {
            "resnext50-32x4d": "ResNeXt-50 32×4d",
            "resnext101-32x8d": "ResNeXt-101 32×8d",
            "resnext101-64x4d": "ResNeXt-101 64×4d",
        },
    ),
    **_family(
        "Zagoruyko & Komodakis 2016, arXiv:1605.07146",
        "A residual network with twice as many channels inside its blocks.",
        POOLED | RELUS,
        {"wide-resnet50-2": "Wide ResNet-50-2", "wide-resnet101-2": "Wide ResNet-101-2"},
    ),
    **_family(
        "Ma et al. 2018, arXiv:1807.11164",
        "Shuffles channels between cheap convolutions: fast on processors of phones.",
        POOLED | RELUS,
        {
            "shufflenet-v2-x0-5": "ShuffleNetV2 ×0.5",
            "shufflenet-v2-x1-0": "ShuffleNetV2 ×1.0",
            "shufflenet-v2-x1-5": "ShuffleNetV2 ×1.5",
            "shufflenet-v2-x2-0": "ShuffleNetV2 ×2.0",
        },
    ),
    **_family(
        "Sandler et al. 2018, arXiv:1801.04381",
        "Inverted residuals: few parameters.",
        POOLED,
        {"mobilenet-v2": "MobileNetV2"},
    ),
    **_family(
        "Howard et al. 2019, arXiv:1905.02244",
        "The larger of two networks for phones.",
        FEATURES,
        {"mobilenet-v3-large": "MobileNetV3 large"},
        family="mobilenet-v3-small",
    ),
    **_family(
        "Tan et al. 2019, arXiv:1807.11626",
        "Found by a search for speed on phones.",
        POOLED | RELUS,
        {
            "mnasnet0-5": "MNASNet 0.5",
            "mnasnet0-75": "MNASNet 0.75",
            "mnasnet1-0": "MNASNet 1.0",
            "mnasnet1-3": "MNASNet 1.3",
        },
    ),
    **_family(
        "Iandola et al. 2016, arXiv:1602.07360",
        "Few parameters, without normalization; its last map has one channel for each class.",
        FEATURES | RELUS,
        {"squeezenet1-1": "SqueezeNet 1.1", "squeezenet1-0": "SqueezeNet 1.0"},
        optimizer="adamw",
    ),
    **_family(
        "Tan & Le 2019, arXiv:1905.11946",
        "Depth, width and image size grow together from B0 to B7.",
        POOLED,
        {f"efficientnet-b{number}": f"EfficientNet-B{number}" for number in range(1, 8)},
        family="efficientnet-b0",
    ),
    **_family(
        "Tan & Le 2021, arXiv:2104.00298",
        "EfficientNet with plain convolutions in its first blocks, which train faster.",
        POOLED,
        {
            "efficientnet-v2-s": "EfficientNetV2-S",
            "efficientnet-v2-m": "EfficientNetV2-M",
            "efficientnet-v2-l": "EfficientNetV2-L",
        },
    ),
    **_family(
        "Radosavovic et al. 2020, arXiv:2003.13678",
        "Width and depth follow one simple rule.",
        POOLED | RELUS,
        {
            "regnet-x-400mf": "RegNetX-400MF",
            "regnet-x-800mf": "RegNetX-800MF",
            "regnet-x-1-6gf": "RegNetX-1.6GF",
            "regnet-x-3-2gf": "RegNetX-3.2GF",
            "regnet-x-8gf": "RegNetX-8GF",
            "regnet-x-16gf": "RegNetX-16GF",
            "regnet-x-32gf": "RegNetX-32GF",
        },
    ),
    **_family(
        "Radosavovic et al. 2020, arXiv:2003.13678",
        "RegNetX that also weighs its channels for each image.",
        POOLED,
        {
            "regnet-y-400mf": "RegNetY-400MF",
            "regnet-y-800mf": "RegNetY-800MF",
            "regnet-y-1-6gf": "RegNetY-1.6GF",
            "regnet-y-3-2gf": "RegNetY-3.2GF",
            "regnet-y-8gf": "RegNetY-8GF",
            "regnet-y-16gf": "RegNetY-16GF",
            "regnet-y-32gf": "RegNetY-32GF",
            "regnet-y-128gf": "RegNetY-128GF",
        },
    ),
    **_family(
        "Huang et al. 2017, arXiv:1608.06993",
        "Each layer reads the maps of all layers before it.",
        POOLED | RELUS,
        {
            "densenet121": "DenseNet-121",
            "densenet169": "DenseNet-169",
            "densenet201": "DenseNet-201",
            "densenet161": "DenseNet-161",
        },
    ),
    **_family(
        "Szegedy et al. 2015, arXiv:1409.4842",
        "Convolutions of several sizes side by side; without its auxiliary classifiers.",
        POOLED | RELUS,
        {"googlenet": "GoogLeNet"},
    ),
    **_family(
        "Szegedy et al. 2016, arXiv:1512.00567",
        "GoogLeNet with factorized convolutions; without its auxiliary classifier.",
        POOLED | RELUS,
        {"inception-v3": "Inception v3"},
        minimum_size=128,
    ),
    **_family(
        "Krizhevsky 2014, arXiv:1404.5997",
        "The network that began it: five convolutions and three dense layers.",
        FEATURES | RELUS,
        {"alexnet": "AlexNet"},
        optimizer="adamw",
        minimum_size=96,
        finest=4,
    ),
    **_family(
        "Simonyan & Zisserman 2015, arXiv:1409.1556",
        "Only convolutions of 3×3, then three dense layers: many parameters.",
        FEATURES | RELUS,
        {
            f"vgg{depth}{suffix}": f"VGG-{depth}{' with BatchNorm' if suffix else ''}"
            for suffix in ("-bn", "")
            for depth in (11, 13, 16, 19)
        },
        optimizer="adamw",
    ),
    **_family(
        "Liu et al. 2022, arXiv:2201.03545",
        "Convolutions of 7×7 in blocks built like a transformer's.",
        FEATURES,
        {f"convnext-{size}": f"ConvNeXt-{size}" for size in ("tiny", "small", "base", "large")},
        optimizer="adamw",
        finest=4,
    ),
    **_family(
        "Liu et al. 2021, arXiv:2103.14030",
        "A transformer that attends within windows, on maps that shrink.",
        POOLED,
        {"swin-t": "Swin-T", "swin-s": "Swin-S", "swin-b": "Swin-B"},
        optimizer="adamw",
        finest=4,
    ),
    **_family(
        "Liu et al. 2022, arXiv:2111.09883",
        "Swin with cosine attention, for larger images.",
        POOLED,
        {"swin-v2-t": "Swin V2-T", "swin-v2-s": "Swin V2-S", "swin-v2-b": "Swin V2-B"},
        optimizer="adamw",
        finest=4,
    ),
    **_family(
        "Tu et al. 2022, arXiv:2204.01697",
        "Convolutions, then attention within windows and across them; sides are multiples of 224 px.",
        FEATURES,
        {"maxvit-t": "MaxViT-T"},
        optimizer="adamw",
        minimum_size=224,
        size_multiple=224,
    ),
    **_family(
        "Dosovitskiy et al. 2021, arXiv:2010.11929",
        "A transformer over patches, whose attention can be visualized.",
        ATTENTION,
        {
            "vit-b-32": "ViT-B/32",
            "vit-b-16": "ViT-B/16",
            "vit-l-32": "ViT-L/32",
            "vit-l-16": "ViT-L/16",
            "vit-h-14": "ViT-H/14",
        },
        optimizer="adamw",
        makes={
            "vit-b-32": _vit(_PATCHES["vit-b-32"], 768, 12, 12),
            "vit-b-16": _vit(_PATCHES["vit-b-16"], 768, 12, 12),
            "vit-l-32": _vit(_PATCHES["vit-l-32"], 1024, 24, 16),
            "vit-l-16": _vit(_PATCHES["vit-l-16"], 1024, 24, 16),
            "vit-h-14": _vit(_PATCHES["vit-h-14"], 1280, 32, 16),
        },
    ),
}
