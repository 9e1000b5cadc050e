"""torchvision's networks for images of 64 pixels and more, split into stages by the stride of their maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from torch import Tensor, nn
from torch.nn import functional as F
from torchvision import models

from kdviz.errors import ModelError
from kdviz.models.network import Network, PooledNetwork
from kdviz.types import Weights

_Kind = TypeVar("_Kind", bound=nn.Module)


@dataclass(frozen=True)
class _Backbone:
    """How a torchvision network is split.

    make: builds it, without dropout or stochastic depth, so that equal arms stay equal. stages: our stage
    names and the torchvision modules in each, in order. head: torchvision's layers of the head and their
    names here. stem: its first convolution.
    """

    make: Callable[..., nn.Module]
    stages: Mapping[str, tuple[str, ...]]
    head: Mapping[str, str]
    stem: str


def _features(*indices: int) -> tuple[str, ...]:
    return tuple(f"features.{index}" for index in indices)


_RESNET_STAGES = {
    "stem": ("conv1", "bn1", "relu", "maxpool"),
    **{layer: (layer,) for layer in ("layer1", "layer2", "layer3", "layer4")},
}

_BACKBONES = {
    "resnet18": _Backbone(models.resnet18, _RESNET_STAGES, {"fc": "head.2"}, "conv1"),
    "resnet50": _Backbone(models.resnet50, _RESNET_STAGES, {"fc": "head.2"}, "conv1"),
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


class _HardSigmoid(nn.Module):
    """torch 2.14 has no second derivative of nn.Hardsigmoid, which explanation losses need."""

    def forward(self, features: Tensor) -> Tensor:
        return F.relu6(features + 3) / 6


class _HiddenLayerNetwork(Network):
    """Stages, then global average pooling and a perceptron with one hidden layer."""

    def __init__(self, stages: nn.Sequential, width: int, hidden: int, classes: int) -> None:
        super().__init__()
        self.stages = stages
        layers = (nn.Linear(width, hidden), nn.Hardswish(), nn.Linear(hidden, classes))
        self.head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), *layers)
        self.explained = {"last": len(stages), "second-to-last": len(stages) - 1}


def torchvision_network(*, name: str, classes: int, input_shape: tuple[int, ...], width: float) -> Network:
    """A torchvision network, in stages. Raises ModelError for a width other than 1, which is fixed."""
    if width != 1:
        raise ModelError(f"width: {name!r} has only width 1, got {width:g}. Use 1, or another network.")
    backbone = _BACKBONES[name]
    whole = backbone.make(num_classes=classes)
    if (channels := input_shape[0]) != 3:
        whole.set_submodule(backbone.stem, _with_inputs(_part(whole, backbone.stem, nn.Conv2d), channels))
    for path, module in list(whole.named_modules()):
        if isinstance(module, nn.Hardsigmoid):
            whole.set_submodule(path, _HardSigmoid())
    stages = nn.Sequential()
    for stage, paths in backbone.stages.items():
        stages.add_module(stage, _gathered(whole, paths))
    width, *hidden = (_part(whole, path, nn.Linear).in_features for path in backbone.head)
    if hidden:
        return _HiddenLayerNetwork(stages, width, hidden[0], classes)
    return PooledNetwork(stages.named_children(), width, classes)


def pretrained(name: str, channels: int = 3) -> Weights:
    """ImageNet weights for `build(name, …)`, without the head, by download.

    channels: 1 sums the first convolution's weights over red, green and blue: a grey image has the output of
    its colour version. Raises ModelError if there are none for this network, or they cannot be downloaded.
    """
    _backbone(name)
    choice = models.get_model_weights(name.replace("-", "_")).DEFAULT
    try:
        found = choice.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except (OSError, RuntimeError) as error:
        raise ModelError(
            f"weights: could not download ImageNet weights for {name!r} ({_reason(error)}). "
            "Connect to the internet, give a file of weights, or train from the start."
        ) from error
    weights = {
        key: tensor for key, tensor in from_torchvision(name, found).items() if not key.startswith("head.")
    }
    if channels == 1:
        stem = next(iter(weights))
        weights[stem] = weights[stem].sum(dim=1, keepdim=True)
    return weights


def from_torchvision(name: str, weights: Weights) -> Weights:
    """Weights of torchvision, under the names of `build(name, …)`.

    Raises ModelError for a network or a tensor that is not torchvision's.
    """
    backbone = _backbone(name)
    renames = dict(backbone.head)
    for stage, paths in backbone.stages.items():
        renames |= {path: f"stages.{stage}.{_short(path)}" for path in paths}
    return {_renamed(key, renames): tensor for key, tensor in weights.items()}


def _backbone(name: str) -> _Backbone:
    if name not in _BACKBONES:
        known = ", ".join(_BACKBONES)
        raise ModelError(f"weights: torchvision has none for {name!r}. It has for: {known}.")
    return _BACKBONES[name]


def _renamed(key: str, renames: Mapping[str, str]) -> str:
    for theirs, ours in renames.items():
        if key.startswith(f"{theirs}."):
            return ours + key.removeprefix(theirs)
    raise ModelError(f"weights: tensor {key!r} is none of torchvision's. Give weights made by torchvision.")


def _gathered(whole: nn.Module, paths: tuple[str, ...]) -> nn.Sequential:
    stage = nn.Sequential()
    for path in paths:
        stage.add_module(_short(path), whole.get_submodule(path))
    return stage


def _short(path: str) -> str:
    return path.rpartition(".")[2]


def _with_inputs(conv: nn.Conv2d, channels: int) -> nn.Conv2d:
    """The same square convolution with another number of input channels."""
    kernel, stride = conv.kernel_size[0], conv.stride[0]
    return nn.Conv2d(channels, conv.out_channels, kernel, stride, padding=kernel // 2, bias=False)


def _part(whole: nn.Module, path: str, kind: type[_Kind]) -> _Kind:
    part = whole.get_submodule(path)
    assert isinstance(part, kind)
    return part


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
