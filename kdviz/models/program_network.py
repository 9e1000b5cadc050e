"""A program of torch.export as a network: cut into stages at its maps, its last layer by itself."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import Any, cast

import torch
from torch import Tensor, fx, nn
from torch.fx.passes.shape_prop import ShapeProp, TensorMetadata

from kdviz.errors import ModelError
from kdviz.image_size import written
from kdviz.models.cutting import CutNetwork, StageEnd, is_copied, stage_ends, stages_and_head
from kdviz.models.each_alone import computes_each_alone
from kdviz.models.operators import packet
from kdviz.models.program_graph import EXPORT_RECIPE, ProgramTensor, ProgramText, attribute, graph_of

Shape = tuple[int, ...]

_CLASSIFIER = "classifier"
_FREE_SIDE = 224
_LARGEST = 1 << 28
"""Numbers in one result of a program, for two images."""

_LONGEST = 1 << 26
"""Bytes of a program's text."""

_LAYERS = frozenset({"conv1d", "conv2d", "convolution", "linear", "addmm", "conv_transpose2d"})
_RESHAPING = frozenset({"flatten", "reshape", "squeeze", "clone", "contiguous", "alias", "unflatten"})
_TRANSPOSED = frozenset({"t", "permute", "transpose", "numpy_T", "mT"})


@dataclass(frozen=True)
class _LastLayer:
    """The linear layer that returns the logits. weight, bias: attributes of the program's graph.

    transposed: whether the program stores the weight as (inputs, outputs).
    """

    weight: str
    bias: str | None
    transposed: bool


class ProgramNetwork(CutNetwork):
    """A program as stages and a head. Its text is among its weights, so that they can be stored alone."""

    program: Tensor

    def __init__(
        self,
        text: ProgramText,
        graph: fx.GraphModule,
        ends: list[StageEnd],
        last: _LastLayer | None,
        cells: Shape,
    ) -> None:
        """graph: with the last layer as a module, if `last` is given. cells: (K, h, w) of the last map."""
        stages, head = stages_and_head(graph, ends)
        for part in (*stages, head):
            part._non_persistent_buffers_set.update(
                name for name in part._buffers if name.startswith("table")
            )
        super().__init__(stages, head, ends)
        self.text, self.last = text, last
        self.register_buffer("program", _packed(text))
        self._classifier = _CLASSIFIER if last and _is_pooled(head, cells) else None

    def draw(self, module: nn.Module, generator: torch.Generator) -> None:
        """Only a linear layer has initial weights of its own, the last one: all others come from a file."""
        if isinstance(module, nn.Linear):
            super().draw(module, generator)

    @property
    def output_count(self) -> int:
        """The number of its logits."""
        return self._linear.out_features if self.last else self.text.classes

    @property
    def _linear(self) -> nn.Linear:
        layer = self.head.get_submodule(_CLASSIFIER)
        assert isinstance(layer, nn.Linear)
        return layer

    @property
    def own_classes(self) -> bool:
        """Whether its number of classes can be chosen."""
        return self.last is not None

    def load_program(
        self, tensors: Mapping[str, Tensor], outputs: tuple[int, ...] | None, *, with_classifier: bool = True
    ) -> None:
        """Load the weights of the program's file. outputs, with_classifier: as in `load_matched`."""
        by_attribute = {attribute(there.name): tensors[there.name] for there in self.text.tensors.values()}
        for name, own in self.state_dict().items():
            if (found := by_attribute.get(name.rpartition(".")[2])) is not None:
                own.copy_(found)
        if self.last and with_classifier:
            weight = by_attribute[self.last.weight]
            bias = by_attribute[self.last.bias] if self.last.bias else torch.zeros(self.text.classes)
            chosen = list(range(self.text.classes)) if outputs is None else list(outputs)
            with torch.no_grad():
                self._linear.weight.copy_((weight.T if self.last.transposed else weight)[chosen])
                self._linear.bias.copy_(bias[chosen])
        if self.text.images_at_a_time is not None and not self._takes_any_number():
            raise _fixed_number(self.text)

    def _takes_any_number(self) -> bool:
        """Whether images have the same logits beside others as alone."""
        channels, height, width = self.text.input_shape
        shape = (3, channels, height or _FREE_SIDE, width or _FREE_SIDE)
        images = torch.rand(shape, generator=torch.Generator().manual_seed(0))
        return computes_each_alone(lambda each: self.head(self.stages(each)), images, [(0,), (1,), (2,)])


def program_network(text: ProgramText, classes: int, input_shape: tuple[int, ...]) -> ProgramNetwork:
    """A program as a network on the CPU, its weights empty.

    classes: of its last layer, if that is linear; else the program's own. input_shape: (C, H, W) of images.
    Raises ModelError for another size than the program's, and for a program that has no spatial feature
    map behind most of its layers.
    """
    channels, height, width = text.input_shape
    sides = input_shape[1:]
    needed = (height or sides[0], width or sides[1])
    if sides != needed:
        raise ModelError(
            f"teacher_size: the program takes images of {written(*needed)} px, got {written(*sides)}. Set "
            "teacher_size to its side, or export it with free sides."
        )
    graph = graph_of(text)
    shape = (channels, height or max(sides[0], _FREE_SIDE), width or max(sides[1], _FREE_SIDE))
    try:
        ends = stage_ends(graph, shape, padded=text.padded)
        cells = _checked(graph, ends[-1], shape)
    except RuntimeError as error:
        if text.images_at_a_time is None:
            raise
        raise _fixed_number(text) from error
    found = _last_layer(graph)
    last = _replaced(graph, *found, classes) if found else None
    network = ProgramNetwork(text, graph, ends, last, cells)
    network._apply(_emptied)  # type: ignore[no-untyped-call]
    return network


def program_text(weights: Mapping[str, Tensor]) -> ProgramText:
    """The program that is among the weights of a `ProgramNetwork`. Raises ModelError for other weights."""
    try:
        content = zlib.decompressobj().decompress(bytes(weights["program"].cpu().numpy()), _LONGEST)
        found: dict[str, Any] = json.loads(content)
        found["tensors"] = {
            name: ProgramTensor(there, tuple(shape), dtype, trained)
            for name, (there, shape, dtype, trained) in found["tensors"].items()
        }
        return ProgramText(
            **{**found, "nodes": tuple(found["nodes"]), "input_shape": tuple(found["input_shape"])}
        )
    except (KeyError, TypeError, ValueError, zlib.error, RecursionError) as error:
        raise ModelError(f"teacher: its weights have no program ({type(error).__name__}).") from error


def _packed(text: ProgramText) -> Tensor:
    content = zlib.compress(json.dumps(asdict(text), separators=(",", ":")).encode(), 9)
    return torch.frombuffer(bytearray(content), dtype=torch.uint8)


def _fixed_number(text: ProgramText) -> ModelError:
    return ModelError(
        f"teacher_weights: the program takes {text.images_at_a_time} images at a time. Export it for any "
        f"number: {EXPORT_RECIPE}"
    )


def _emptied(tensor: Tensor) -> Tensor:
    return torch.zeros_like(tensor, device="cpu") if tensor.is_meta else tensor


def _checked(graph: fx.GraphModule, end: StageEnd, shape: tuple[int, ...]) -> Shape:
    """(K, h, w) of the last map. Raises ModelError where it would be useless, or memory would not suffice."""
    on_meta = deepcopy(graph).to("meta")
    ShapeProp(on_meta).propagate(torch.empty(2, *shape, device="meta"))
    nodes = list(on_meta.graph.nodes)
    results = [found for node in nodes if isinstance(found := node.meta.get("tensor_meta"), TensorMetadata)]
    if max(found.shape.numel() for found in results) > _LARGEST:
        raise ModelError("teacher_weights: the program computes with more than 268 million numbers at once.")
    place = next(place for place, node in enumerate(nodes) if node.name == end.node)
    layers = [number for number, node in enumerate(nodes) if packet(node.target) in _LAYERS]
    before = sum(number <= place for number in layers)
    if 2 * before < len(layers):
        raise ModelError(
            f"teacher_weights: the program's last feature map comes after {before} of its {len(layers)} "
            "layers: transformers have none near their logits. Give its weights alone, if kdviz knows it."
        )
    _count, *cells = nodes[place].meta["tensor_meta"].shape
    return tuple(cells) if end.channels_first else (cells[2], *cells[:2])


def _last_layer(graph: fx.GraphModule) -> tuple[fx.Node, fx.Node, _LastLayer] | None:
    """The node that returns the logits and its input, if it is linear and its weights are tensors."""
    node: Any = next(iter(reversed(graph.graph.nodes))).args[0]
    name, args = packet(node.target), [*node.args, None]
    if name == "linear":
        given, weight, bias = args[:3]
    elif name == "addmm":
        bias, given, weight = args[:3]
    else:
        return None
    transposed = name == "addmm"
    if packet(weight.target) in _TRANSPOSED:
        weight, transposed = weight.args[0], not transposed
    if any(each is not None and each.op != "get_attr" for each in (weight, bias)):
        return None
    return node, given, _LastLayer(weight.target, None if bias is None else bias.target, transposed)


def _replaced(
    graph: fx.GraphModule, node: fx.Node, given: fx.Node, last: _LastLayer, classes: int
) -> _LastLayer:
    """Put a module in the place of the last layer, so that it can be found and fitted."""
    shape = getattr(graph, last.weight).shape
    graph.add_submodule(_CLASSIFIER, nn.Linear(shape[0 if last.transposed else 1], classes, device="meta"))
    with graph.graph.inserting_before(node):
        module = graph.graph.call_module(_CLASSIFIER, (given,))
    node.replace_all_uses_with(module)
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return last


def _is_pooled(head: fx.GraphModule, cells: Shape) -> bool:
    """Whether the mean over the cells of the map, and nothing else, comes before the last layer."""
    pool, *others, last = (
        node for node in head.graph.nodes if node.op.startswith("call") and not is_copied(node)
    )
    layer = head.get_submodule(_CLASSIFIER)
    of_channels = isinstance(layer, nn.Linear) and layer.in_features == cells[0]
    reshaped = all(packet(node.target) in _RESHAPING for node in others)
    return of_channels and reshaped and last.op == "call_module" and _takes_mean(pool, cells)


def _takes_mean(pool: fx.Node, cells: Shape) -> bool:
    name, given = packet(pool.target), cast(Any, pool.args[1:])
    if name in ("adaptive_avg_pool2d", "_adaptive_avg_pool2d"):
        return list(given[0]) == [1, 1]
    if name == "mean":
        return sorted(place % 4 for place in given[0]) == [2, 3]
    return (
        name == "avg_pool2d" and tuple(given[0]) == cells[1:] and not any(given[2] if len(given) > 2 else ())
    )
