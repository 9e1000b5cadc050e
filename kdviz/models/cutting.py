"""A traced network cut into stages where its feature map shrinks, and a head behind its last map."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2

import torch
from torch import Tensor, fx, nn
from torch.fx.passes.shape_prop import ShapeProp, TensorMetadata

from kdviz.errors import ModelError
from kdviz.models.bare import bare
from kdviz.models.network import Network, named_layers
from kdviz.types import Layer

_IN_PLACE = {operator.iadd: operator.add, operator.imul: operator.mul}
COPIED = "copied"
"""In the meta of a node that needs of the images their number and device alone."""

_IMAGES = 2
"""In the batch that is traced: lists of windows have another length."""

_BEFORE_THE_CLASSIFIER = ("avgpool", "adaptive_avg_pool2d", "mean", "flatten", "dropout", "size", "view")


class CutNetwork(Network):
    """The stages and the head of a traced network, with the parameter names of the original behind them."""

    def __init__(self, stages: nn.Sequential, head: fx.GraphModule, ends: Sequence[StageEnd]) -> None:
        super().__init__()
        self.stages = stages
        self.head = head
        self.explained = named_layers(len(stages), [end.stride for end in ends])
        self._classifier = _pooled_classifier(head)

    def pooled_classifier(self, layer: Layer = "last") -> nn.Linear | None:
        """The linear layer, if nothing but pooling comes between it and the last map."""
        if self._classifier is None or self.explained[layer] != len(self.stages):
            return None
        classifier = self.head.get_submodule(self._classifier)
        assert isinstance(classifier, nn.Linear)
        return classifier

    def draw(self, module: nn.Module, generator: torch.Generator) -> None:
        """As `Network.draw`; parameters outside convolutions, linear and norm layers as in their papers.

        Layer scales start at 1e-6 (Liu et al. 2022, arXiv:2201.03545, section A.1), relative positions with a
        deviation of 0.02 and the logit scales of cosine attention at log 10 (Liu et al. 2021 and 2022,
        arXiv:2103.14030, arXiv:2111.09883).
        """
        if type(module) is nn.Module:
            for name, parameter in module.named_parameters(recurse=False):
                parameter.data.copy_(_drawn(name, parameter, generator))
        elif isinstance(module, nn.LayerNorm):
            module.reset_parameters()
        else:
            super().draw(module, generator)


@dataclass(frozen=True)
class StageEnd:
    """A node of a traced network at which it is cut. stride: pixels a cell, rounded to a power of 2.

    channels_first: the map is (N, K, h, w); else (N, h, w, K), as in some transformers.
    """

    node: str
    stride: int
    channels_first: bool


def stage_ends(
    graph: fx.GraphModule, input_shape: tuple[int, ...], *, padded: bool = False
) -> list[StageEnd]:
    """The last map of each stride that alone determine what follows, in order.

    graph: takes images (N, C, H, W) and returns logits. Its parameters may be on the meta device.
    input_shape: (C, H, W), large enough for the last map to have several cells. Feature maps are
    distinguished from sequences of tokens by their sides, most reliably if H and W differ. padded: maps with
    a border of padding, whose cells are shifted, are maps too. Raises ModelError if there is none.
    """
    on_meta = bare(graph)
    with torch.no_grad():
        ShapeProp(on_meta).propagate(torch.empty(_IMAGES, *input_shape, device="meta"))
    maps = [
        found
        for node in _bottlenecks(on_meta.graph)
        if (padded or not _is_padding(node)) and (found := _as_map(node, input_shape))
    ]
    if not maps:
        raise ModelError(
            "network: no feature map with several cells alone determines its logits. Give a network with "
            "spatial feature maps."
        )
    last = {each.stride: each for each in maps}
    return [last[stride] for stride in sorted(last)]


def cut(graph: fx.GraphModule, ends: Sequence[StageEnd]) -> CutNetwork:
    """A traced network as stages that end there, and a head behind the last of them."""
    _without_in_place(graph)
    stages, head = stages_and_head(graph, ends)
    for part in (*stages, head):
        for module in part.modules():
            if type(module) is nn.Module or module is part:  # tables that follow from the architecture
                module._non_persistent_buffers_set.update(module._buffers)
    return CutNetwork(stages, head, ends)


def stages_and_head(graph: fx.GraphModule, ends: Sequence[StageEnd]) -> tuple[nn.Sequential, fx.GraphModule]:
    """The stages of a network that end there, and the head behind the last of them."""
    stages = nn.Sequential()
    for start, end in pairwise([None, *ends]):
        assert end
        stages.add_module(f"stride{end.stride}", _between(graph, start, end))
    return stages, _between(graph, ends[-1], None)


def _without_in_place(graph: fx.GraphModule) -> None:
    """A map that is explained must not be changed by the layer behind it."""
    for module in graph.modules():
        if getattr(module, "inplace", False):
            setattr(module, "inplace", False)  # noqa: B010 (no Module declares it)
    for node in graph.graph.nodes:
        if node.kwargs.get("inplace"):
            node.kwargs = {**node.kwargs, "inplace": False}
        node.target = _IN_PLACE.get(node.target, node.target)


def _bottlenecks(graph: fx.Graph) -> Iterator[fx.Node]:
    """Nodes before the pooling that alone determine all that follows them."""
    nodes = [node for node in graph.nodes if not is_copied(node)]
    place = {node: index for index, node in enumerate(nodes)}
    needed_until = -1
    for index, node in enumerate(nodes):
        alone = needed_until <= index
        needed_until = max([needed_until, *(place[user] for user in node.users if user in place)])
        if alone and (node.op == "output" or "adaptive" in _called(node)):
            return
        if alone and node.op != "placeholder":
            yield node


def is_copied(node: fx.Node) -> bool:
    """Whether it is copied into every stage that needs it: a parameter, or a number of images."""
    return node.op == "get_attr" or COPIED in node.meta


def _is_padding(node: fx.Node) -> bool:
    name = _called(node).partition(".")[0]
    return name in ("pad", "constant_pad_nd") or name.endswith("pad2d")


def _called(node: fx.Node) -> str:
    """The lower-case name of the module's class or of the function that a node calls."""
    graph = node.graph.owning_module
    if node.op == "call_module" and graph is not None:
        return type(graph.get_submodule(str(node.target))).__name__.lower()
    return getattr(node.target, "__name__", str(node.target)).lower()


def _as_map(node: fx.Node, input_shape: tuple[int, ...]) -> StageEnd | None:
    """The node's output as a map, if it has the proportions of the image and several cells."""
    found = node.meta.get("tensor_meta")
    if not isinstance(found, TensorMetadata) or len(found.shape) != 4 or found.shape[0] != _IMAGES:
        return None
    _count, first, second, third = found.shape
    of_image, fitting = input_shape[2] / input_shape[1], []
    for height, width, channels_first in ((second, third, True), (first, second, False)):
        if min(height, width) > 1 and _alike(width / height, of_image):
            end = StageEnd(str(node.name), 2 ** round(log2(input_shape[1] / height)), channels_first)
            fitting.append((abs(log2(width / height / of_image)), end))
    return min(fitting, key=lambda each: each[0])[1] if fitting else None


def _alike(aspect: float, of_image: float) -> bool:
    """Convolutions without padding change the proportions of an image that is not square."""
    return aspect == of_image if of_image == 1 else 0.75 < aspect / of_image < 1.33


def _between(whole: fx.GraphModule, start: StageEnd | None, end: StageEnd | None) -> fx.GraphModule:
    """The part of a network between two maps, (N, K, h, w), from the images up to the logits if None."""
    nodes = {node.name: node for node in whole.graph.nodes if not is_copied(node)}
    names = list(nodes)
    first = start.node if start else next(name for name in names if nodes[name].op == "placeholder")
    last = end.node if end else next(name for name in names if nodes[name].op == "output")
    graph = fx.Graph()
    features = graph.placeholder("features")
    if start and not start.channels_first:
        features = graph.call_method("permute", (features, 0, 2, 3, 1))
    copies = dict.fromkeys((nodes[names[0]], nodes[first]), features)

    def copied(node: fx.Node) -> fx.Node:
        if node not in copies:
            copies[node] = graph.node_copy(node, copied)
        return copies[node]

    for name in names[names.index(first) + 1 : names.index(last) + 1]:
        copies[nodes[name]] = graph.node_copy(nodes[name], copied)
    if end:
        result = copies[nodes[last]]
        graph.output(result if end.channels_first else graph.call_method("permute", (result, 0, 3, 1, 2)))
    return fx.GraphModule(whole, graph)


def _pooled_classifier(head: fx.GraphModule) -> str | None:
    """The path of the linear layer, if it alone follows a global average pooling."""
    linear = [name for name, part in head.named_modules() if isinstance(part, nn.Linear)]
    steps = [node for node in head.graph.nodes if node.op.startswith("call")]
    others = [_called(node) for node in steps if str(node.target) not in linear]
    known = all(any(name in other for name in _BEFORE_THE_CLASSIFIER) for other in others)
    pooled = bool(others) and ("avg_pool" in others[0] or "avgpool" in others[0] or others[0] == "mean")
    alone = len(linear) == 1 and str(steps[-1].target) == linear[0]
    return linear[0] if known and pooled and alone else None


def _drawn(name: str, parameter: Tensor, generator: torch.Generator) -> Tensor:
    if name == "layer_scale":
        return torch.full(parameter.shape, 1e-6)
    if name == "logit_scale":
        return torch.full(parameter.shape, 10.0).log()
    if name == "bias":
        return torch.zeros(parameter.shape)
    if parameter.dim() == 1:
        return torch.ones(parameter.shape)
    deviation = parameter[0].numel() ** -0.5 if name == "weight" else 0.02
    return torch.randn(parameter.shape, generator=generator) * deviation
