"""Programs of torch.export as graphs, made from their text without running any code in it."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import fx, nn

from kdviz.errors import ModelError
from kdviz.models.cutting import COPIED
from kdviz.models.operators import (
    FACTORIES,
    batch_size,
    functional,
    is_in_training,
    made_beside,
    operator_named,
    packet,
)

Names = Mapping[str, Any]

EXPORT_RECIPE = (
    "program = torch.export.export(model.eval(), (images,), dynamic_shapes=({0: torch.export.Dim.DYNAMIC},))"
    "; torch.export.save(program, 'model.pt2')"
)

_LARGEST = 1 << 24
"""Numbers in a table that a program makes by itself."""

_DTYPES = {
    1: torch.uint8, 2: torch.int8, 3: torch.int16, 4: torch.int32, 5: torch.int64, 12: torch.bool,
    6: torch.float32, 7: torch.float32, 8: torch.float32, 13: torch.float32,
}  # fmt: skip
"""By the numbers of torch's export schema. Every kind of float is computed in float32."""

_MEMORY_FORMATS = {1: torch.contiguous_format, 2: torch.channels_last, 4: torch.preserve_format}
_VALUES = (
    "as_int", "as_ints", "as_float", "as_floats", "as_string", "as_bool", "as_bools", "as_int_lists",
)  # fmt: skip
_PLACES = ("device", "layout", "pin_memory")
_DROPPED = ("torch.ops.aten._assert_tensor_metadata.default", "torch.ops.aten._assert_scalar.default")
_SOFTMAX = ("softmax", "_softmax", "log_softmax", "_log_softmax")
_RESHAPING, _REPEATING = ("view", "reshape", "_unsafe_view"), ("expand", "repeat")
_VIEWS = frozenset({
    "view", "reshape", "flatten", "unflatten", "permute", "transpose", "swapaxes", "t", "squeeze",
    "unsqueeze", "expand", "expand_as", "select", "slice", "narrow", "split", "split_with_sizes", "chunk",
    "unbind", "alias", "detach", "contiguous", "movedim", "numpy_T", "mT", "reshape_as", "view_as",
})  # fmt: skip


class ProgramTensor(NamedTuple):
    """A tensor of a program: its name in the file, and how it is stored there. dtype: as in `_DTYPES`."""

    name: str
    shape: tuple[int, ...]
    dtype: int
    trained: bool


@dataclass(frozen=True)
class ProgramText:
    """What a program of torch.export computes, without its weights.

    image: the name of its input; input_shape: (C, H, W), None for a side that is free. tensors: by their
    names in the program. nodes: as torch's export schema has them. sizes: the numbers that follow from the
    input, and batch, that of the images, as expressions; batch is a number where the program was exported
    for a fixed number of images. output: the logits, (N, classes). padded: as in
    `stage_ends`; programs in older runs, which do not have it, were cut at padded maps too.
    """

    image: str
    input_shape: tuple[int, int | None, int | None]
    tensors: Mapping[str, ProgramTensor]
    nodes: tuple[Names, ...]
    sizes: Mapping[str, str]
    batch: str
    output: str
    classes: int
    padded: bool = True

    @property
    def images_at_a_time(self) -> int | None:
        """How many images it was exported for; None for any number."""
        return int(self.batch) if self.batch.isdigit() else None


def attribute(name: str) -> str:
    """The attribute of a graph that holds the weight of this name in the file."""
    return "w_" + re.sub(r"\W", "_", name, flags=re.ASCII)


def graph_of(text: ProgramText) -> fx.GraphModule:
    """The graph of a program, images (N, C, H, W) to logits. Its weights are on the meta device.

    Raises ModelError for a program that calls anything but the operators of a network, or was exported in
    training mode.
    """
    building = _Building(text)
    for node in text.nodes:
        building.add(node)
    return building.finished()


class _Building:
    """A graph that is being made. known: its nodes, by their names in the program."""

    def __init__(self, text: ProgramText) -> None:
        self.text, self.graph, self.root = text, fx.Graph(), nn.Module()
        self.image = self.graph.placeholder("images")
        self.known: dict[str, Any] = {text.image: self.image}
        for name, there in text.tensors.items():
            self.known[name] = self._weight(attribute(there.name), there)

    def add(self, node: Names) -> None:
        """Add a node of the program."""
        if node["target"] in _DROPPED:
            return
        names = [*_names(node)]
        if len(names) == 1 and self.text.sizes.get(names[0]) == self.text.batch:
            self.known[names[0]] = self._copied(batch_size, [self.image], {})
            return
        function = operator_named(str(node["target"]))
        result = self._called(function, *self._arguments(node, function))
        if "as_tensors" not in node["outputs"][0] and len(names) == 1:
            self.known[names[0]] = result
            return
        for place, name in enumerate(names):
            self.known[name] = self.graph.call_function(operator.getitem, (result, place))

    def finished(self) -> fx.GraphModule:
        """The graph up to the logits: a softmax at its end is left out."""
        logits = self.known[self.text.output]
        while packet(logits.target) in _SOFTMAX:
            logits = logits.args[0]
        self.graph.output(logits)
        self.graph.eliminate_dead_code()
        return fx.GraphModule(self.root, self.graph)

    def _weight(self, name: str, there: ProgramTensor) -> fx.Node:
        if hasattr(self.root, name):
            raise ModelError(f"teacher_weights: the program has two tensors that are named {name!r}.")
        tensor = torch.empty(there.shape, dtype=_DTYPES[there.dtype], device="meta")
        if there.trained and tensor.is_floating_point():
            self.root.register_parameter(name, nn.Parameter(tensor, requires_grad=False))
        else:
            self.root.register_buffer(name, tensor)
        return self.graph.get_attr(name)

    def _arguments(self, node: Names, function: Any) -> tuple[list[Any], dict[str, Any]]:
        """Positional arguments, and those by name; without devices, which are chosen here."""
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for each in node["inputs"]:
            name, value = str(each["name"]), self._value(each["arg"])
            if each.get("kind") == 1 or not packet(function):
                args.append(value)
            elif name not in _PLACES:
                kwargs[name] = value
        schema = function._schema.arguments if packet(function) else ()
        if is_in_training(
            function, {**{each.name: arg for each, arg in zip(schema, args, strict=False)}, **kwargs}
        ):
            raise ModelError(
                "teacher_weights: the program was exported in training mode. Call model.eval() before "
                "torch.export.export, and export it again."
            )
        return args, kwargs

    def _value(self, given: Names) -> Any:
        ((kind, value),) = given.items()
        if kind in _VALUES:
            return value
        if kind in ("as_none", "as_device", "as_layout"):
            return None
        if kind in ("as_tensor", "as_sym_int", "as_sym_float", "as_sym_bool", "as_optional_tensor"):
            return self._named(value)
        if kind in ("as_tensors", "as_sym_ints", "as_optional_tensors"):
            return [self._named(each) for each in value]
        if kind == "as_scalar_type":
            return _DTYPES[value]
        if kind == "as_memory_format":
            return _MEMORY_FORMATS[value]
        raise ModelError(f"teacher_weights: the program has an argument of kind {kind!r}, which is not read.")

    def _named(self, given: Names) -> Any:
        """A node, a number, or None."""
        ((kind, value),) = given.items()
        if kind in ("name", "as_name"):
            return self.known[value]
        return self._named(value) if kind == "as_tensor" else None if kind == "as_none" else value

    def _called(self, function: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        name = packet(function)
        if not name:
            return self._copied(function, args, kwargs)
        args = self._for_any_number(name, args)
        if name in ("to", "_to_copy"):
            return self._converted(function, args, kwargs)
        if name.removesuffix("_") == "dropout":
            return args[0]
        if name in FACTORIES:
            if _has_nodes(args):
                return self._copied(made_beside, [self.image, function, *args], kwargs)
            return self._table(function, args, kwargs)
        return self._changed(function, args, kwargs)

    def _copied(self, function: Any, args: list[Any], kwargs: dict[str, Any]) -> fx.Node:
        """A call that needs of the images their number and device alone."""
        node = self.graph.call_function(function, tuple(args), kwargs)
        node.meta[COPIED] = True
        return node

    def _converted(self, function: Any, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """The tensor in another type; on the device where it is."""
        types = [each for each in (*args, *kwargs.values()) if isinstance(each, torch.dtype)]
        if types:
            return self.graph.call_function(torch.ops.aten.to.dtype, (args[0], types[0]))
        if function is torch.ops.aten.to.other:
            return self.graph.call_function(function, (*args[:2],))
        return args[0]

    def _table(self, function: Any, args: list[Any], kwargs: dict[str, Any]) -> fx.Node:
        """What a program makes from numbers alone, made once."""
        if function(*args, **kwargs, device="meta").numel() > _LARGEST:
            raise ModelError("teacher_weights: the program makes a table of more than 16 million numbers.")
        name = f"table{len(self.root._buffers)}"
        self.root.register_buffer(name, function(*args, **kwargs), persistent=False)
        return self.graph.get_attr(name)

    def _for_any_number(self, name: str, args: list[Any]) -> list[Any]:
        """The arguments, with the number of the images given in the place of that which was exported.

        It stands first in the new shape of what follows from the images, and where a tensor that does not,
        such as a class token, is repeated for each of them.
        """
        at_a_time = self.text.images_at_a_time
        if at_a_time is None or name not in (*_RESHAPING, *_REPEATING):
            return args
        given, sizes, *others = args
        if sizes[0] != at_a_time or (name != "expand" and self._follows(given) != (name in _RESHAPING)):
            return args
        return [given, [self._copied(batch_size, [self.image], {}), *sizes[1:]], *others]

    def _follows(self, node: fx.Node) -> bool:
        """Whether a value is computed from the images."""
        following = {self.image}
        for each in self.graph.nodes:  # in the order in which they are computed
            if not following.isdisjoint(each.all_input_nodes):
                following.add(each)
        return node in following

    def _changed(self, function: Any, args: list[Any], kwargs: dict[str, Any]) -> fx.Node:
        """The call; instead of writing into a tensor that has no views, one that returns another tensor."""
        target = args[0] if args else None
        other = functional(function)
        if other is None or not isinstance(target, fx.Node) or _has_views(target):
            return self.graph.call_function(function, tuple(args), kwargs)
        result = self.graph.call_function(other, tuple(args), kwargs)
        self.known.update({name: result for name, node in self.known.items() if node is target})
        return result


def _names(node: Names) -> Iterator[str]:
    """The names of a node's results."""
    for output in node["outputs"]:
        ((kind, value),) = output.items()
        for each in value if isinstance(value, list) else [value]:
            if kind != "as_none":
                yield str(each.get("name", each.get("as_name")))


def _has_nodes(args: list[Any]) -> bool:
    found: list[fx.Node] = []
    fx.node.map_arg(args, found.append)
    return bool(found)


def _has_views(node: fx.Node) -> bool:
    return packet(node.target) in _VIEWS or any(packet(user.target) in _VIEWS for user in node.users)
