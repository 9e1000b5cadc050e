"""torchvision's classification networks as they are, cut at their maps by tracing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode
from torchvision import models
from torchvision.models.feature_extraction import NodePathTracer
from torchvision.ops import StochasticDepth

from kdviz.models.cutting import CutNetwork, StageEnd, cut, stage_ends

_TRACED_SIDES = (224, 448)
"""Large enough for every family's last map to have several cells, and not square."""

_MAXVIT_SIDES = (448, 448)

_ends: dict[str, list[StageEnd]] = {}
"""Where each network is cut, once it is known: that depends neither on classes nor on inputs."""

_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "googlenet": {"aux_logits": False, "init_weights": False},
    "inception_v3": {"aux_logits": False, "init_weights": False},
}


def traced_network(*, name: str, classes: int, input_shape: tuple[int, ...], width: float) -> CutNetwork:
    """A network of torchvision's, in stages. width is fixed. input_shape: (C, H, W)."""
    channels, *sides = input_shape
    if not name.startswith("maxvit"):
        graph = _traced(name, classes, channels)
        if name not in _ends:
            _ends[name] = stage_ends(graph, (channels, *_TRACED_SIDES))
        return cut(graph, _ends[name])
    # Built for one image size; at twice the usual one no list of windows has the shape of a map.
    if name not in _ends:
        large = _traced(name, classes, channels, input_size=_MAXVIT_SIDES)
        _ends[name] = stage_ends(large, (channels, *_MAXVIT_SIDES))
    return cut(_traced(name, classes, channels, input_size=tuple(sides)), _ends[name])


def _traced(name: str, classes: int, channels: int, **options: Any) -> fx.GraphModule:
    builder = torchvision_name(name)
    with torch.device("meta"), _TablesOnCpu():
        whole = models.get_model(builder, num_classes=classes, **_OPTIONS.get(builder, {}), **options)
    _prepare(whole.eval(), channels)
    return fx.GraphModule(whole, NodePathTracer().trace(whole))


def torchvision_name(name: str) -> str:
    """The name of a network in torchvision: "vgg11-bn" is "vgg11_bn"."""
    return name.replace("-", "_")


class HardSigmoid(nn.Module):
    """torch 2.14 has no second derivative of nn.Hardsigmoid, which explanation losses need."""

    def forward(self, features: Tensor) -> Tensor:
        """Element by element, 0 below -3 and 1 above 3."""
        return F.relu6(features + 3) / 6


_READ = (torch.arange, torch.tensor)


class _TablesOnCpu(TorchFunctionMode):
    """Ranges are computed: builders read them, or keep tables of positions made of them."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        return func(*args, **({**kwargs, "device": "cpu"} if func in _READ else kwargs))


def _prepare(whole: nn.Module, channels: int) -> None:
    """No random layers, so that equal arms stay equal; second derivatives; BatchNorm for short training."""
    for path, module in list(whole.named_modules()):
        if isinstance(module, nn.Dropout | StochasticDepth):
            module.p = 0.0
        elif isinstance(module, nn.BatchNorm2d):
            module.momentum = 0.1
        elif isinstance(module, nn.Hardsigmoid):
            whole.set_submodule(path, HardSigmoid())
    take_channels(next(part for part in whole.modules() if isinstance(part, nn.Conv2d)), channels)


def take_channels(stem: nn.Conv2d, channels: int) -> None:
    """Give a network's first convolution this number of input channels, on the meta device."""
    stem.in_channels = channels
    shape = (stem.out_channels, channels, *stem.kernel_size)
    stem.weight = nn.Parameter(torch.empty(shape, device="meta"))
