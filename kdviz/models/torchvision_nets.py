"""torchvision's networks for images of 64 pixels and more, split into stages by the stride of their maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from torch import nn
from torchvision import models

from kdviz.models.network import Network, PooledNetwork, named_layers
from kdviz.models.torchvision_traced import HardSigmoid, take_channels

_Kind = TypeVar("_Kind", bound=nn.Module)


@dataclass(frozen=True)
class _Backbone:
    """How a torchvision network is split.

    make: builds it, without dropout or stochastic depth, so that equal arms stay equal. stages: our stage
    names and the torchvision modules in each, in order. head: torchvision's layers of the head and their
    names here. stem: its first convolution. strides: pixels a cell of each stage's map.
    """

    make: Callable[..., nn.Module]
    stages: Mapping[str, tuple[str, ...]]
    head: Mapping[str, str]
    stem: str
    strides: tuple[int, ...] = (2, 4, 8, 16, 32)


def _features(*indices: int) -> tuple[str, ...]:
    return tuple(f"features.{index}" for index in indices)


_RESNET_STAGES = {
    "stem": ("conv1", "bn1", "relu", "maxpool"),
    **{layer: (layer,) for layer in ("layer1", "layer2", "layer3", "layer4")},
}
_RESNET_STRIDES = (4, 4, 8, 16, 32)

_BACKBONES = {
    "resnet18": _Backbone(models.resnet18, _RESNET_STAGES, {"fc": "head.2"}, "conv1", _RESNET_STRIDES),
    "resnet50": _Backbone(models.resnet50, _RESNET_STAGES, {"fc": "head.2"}, "conv1", _RESNET_STRIDES),
    "mobilenet-v3-small": _Backbone(
        # torchvision's BatchNorm momentum of 0.01 is for long training: after a few hundred steps the
        # running statistics would still be those of the start.
        partial(models.mobilenet_v3_small, dropout=0.0, norm_layer=partial(nn.BatchNorm2d, eps=1e-3)),
        {
            "stride2": _features(0),
            "stride4": _features(1),
            "stride8": _features(2, 3),
            "stride16": _features(4, 5, 6, 7, 8),
            "stride32": _features(9, 10, 11, 12),
        },
        {"classifier.0": "head.2", "classifier.3": "head.4"},
        "features.0.0",
    ),
    "efficientnet-b0": _Backbone(
        partial(models.efficientnet_b0, dropout=0.0, stochastic_depth_prob=0.0),
        {
            "stride2": _features(0, 1),
            "stride4": _features(2),
            "stride8": _features(3),
            "stride16": _features(4, 5),
            "stride32": _features(6, 7, 8),
        },
        {"classifier.1": "head.2"},
        "features.0.0",
    ),
}


class _HiddenLayerNetwork(Network):
    """Stages, then global average pooling and a perceptron with one hidden layer."""

    def __init__(
        self, stages: nn.Sequential, width: int, hidden: int, classes: int, strides: Sequence[int]
    ) -> None:
        super().__init__()
        self.stages = stages
        layers = (nn.Linear(width, hidden), nn.Hardswish(), nn.Linear(hidden, classes))
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), *layers)
        self.explained = named_layers(len(stages), strides)


def torchvision_network(*, name: str, classes: int, input_shape: tuple[int, ...], width: float) -> Network:
    """A torchvision network, in stages. width is fixed."""
    backbone = _BACKBONES[name]
    whole = backbone.make(num_classes=classes)
    take_channels(_part(whole, backbone.stem, nn.Conv2d), input_shape[0])
    for path, module in list(whole.named_modules()):
        if isinstance(module, nn.Hardsigmoid):
            whole.set_submodule(path, HardSigmoid())
    stages = nn.Sequential()
    for stage, paths in backbone.stages.items():
        stages.add_module(stage, _gathered(whole, paths))
    width, *hidden = (_part(whole, path, nn.Linear).in_features for path in backbone.head)
    if hidden:
        return _HiddenLayerNetwork(stages, width, hidden[0], classes, backbone.strides)
    return PooledNetwork(stages.named_children(), width, classes, backbone.strides)


def _gathered(whole: nn.Module, paths: tuple[str, ...]) -> nn.Sequential:
    stage = nn.Sequential()
    for path in paths:
        stage.add_module(_short(path), whole.get_submodule(path))
    return stage


def _short(path: str) -> str:
    return path.rpartition(".")[2]


def _part(whole: nn.Module, path: str, kind: type[_Kind]) -> _Kind:
    part = whole.get_submodule(path)
    assert isinstance(part, kind)
    return part
