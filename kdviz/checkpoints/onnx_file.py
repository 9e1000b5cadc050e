"""Image classifiers in ONNX as modules of PyTorch, which torch.export can trace and gradients can pass.

PyPI's converter onnx2torch (1.5.15) reads none of today's files of torch.onnx: it knows operator sets up to
16, and fails on initializers that are shared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from kdviz.checkpoints.onnx_operators import ONNX_OPERATORS, OnnxValues
from kdviz.checkpoints.onnx_process import require_onnx
from kdviz.errors import ModelError

_DIMENSIONS = 3
"""Of an image: C, H, W."""


class OnnxNetwork(nn.Module):
    """The graph of an ONNX file, step by step. Sizes are computed as numbers.

    Many files are written for one image at a time, which only the sizes in their reshapes say: a first size
    equal to `batch`, the number of images in the file, is taken as the number of images that are given.
    """

    def __init__(self, graph: Any, nodes: Sequence[Any], tensors: Mapping[str, Tensor]) -> None:
        """nodes: those of the graph that its first output needs, in order."""
        super().__init__()
        self.names = {name: f"tensor{place}" for place, name in enumerate(tensors)}
        for name, tensor in tensors.items():
            if tensor.is_floating_point():
                self.register_parameter(self.names[name], nn.Parameter(tensor))
            else:
                self.register_buffer(self.names[name], tensor)
        self.constants = {name: tensor.tolist() for name, tensor in tensors.items() if tensor.numel() < 100}
        stored = {each.name for each in graph.initializer}  # which old files name among their inputs
        self.image = next(each for each in graph.input if each.name not in stored)
        self.output = graph.output[0].name
        self.steps = [
            (each.op_type, tuple(each.input), tuple(each.output), _attributes(each)) for each in nodes
        ]

    @property
    def batch(self) -> int:
        """The number of images that the file was written for; 0 for any."""
        return int(self.image.type.tensor_type.shape.dim[0].dim_value)

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """(C, H, W), None for what is free."""
        dims = self.image.type.tensor_type.shape.dim
        return tuple(each.dim_value or None for each in list(dims)[1:])

    def forward(self, images: Tensor) -> Tensor:
        """(N, C, H, W) to (N, classes)."""
        known: dict[str, Any] = {"": None, self.image.name: images}
        known |= {name: getattr(self, own) for name, own in self.names.items()}
        for name_of, given, made, attributes in self.steps:
            batch = 0 if not given or given[0] in self.names else self.batch
            values = OnnxValues(given, known, self.constants, batch)
            result = ONNX_OPERATORS[name_of](values, attributes)
            for name, value in zip(made, result if isinstance(result, tuple) else (result,), strict=False):
                known[name] = value
        logits: Tensor = known[self.output]
        return logits


def onnx_network(path: Path) -> OnnxNetwork:
    """The network of an ONNX file with one input, up to its first output. No code in the file is run.

    Raises ModelError, with one line, without the package onnx, or for a file that is none, has its weights in
    other files, or an operator that is not known.
    """
    require_onnx()
    import onnx
    from onnx import numpy_helper

    try:
        graph = onnx.load(path, load_external_data=False).graph
    except Exception as error:  # a file can hold anything
        raise ModelError(f"teacher_weights: {path.name!r} is not a readable ONNX file.") from error
    if any(tensor.external_data for tensor in _stored(graph)):
        raise ModelError(f"teacher_weights: {path.name!r} has its weights in another file. Save them in one.")
    nodes = _needed(graph)
    unknown = sorted({_full_name(node) for node in nodes} - ONNX_OPERATORS.keys())
    if unknown:
        raise ModelError(
            f"teacher_weights: {path.name!r} has operators that are not known: {', '.join(unknown)}. "
            "Export the network to .pt2 instead."
        )
    try:
        names = {name for node in nodes for name in node.input}
        stored = (each for each in graph.initializer if each.name in names)
        tensors = {each.name: _tensor(numpy_helper.to_array(each)) for each in stored}
        network = OnnxNetwork(graph, nodes, tensors).eval()
    except Exception as error:  # sizes that contradict the numbers, no input or output
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        raise ModelError(f"teacher_weights: {path.name!r} is not a valid ONNX file ({reason}).") from error
    if len(network.input_shape) != _DIMENSIONS:
        raise ModelError(
            f"teacher_weights: {path.name!r} takes no images (N, C, H, W). Give a classifier of them."
        )
    return network


def _stored(graph: Any) -> Iterator[Any]:
    """All tensors of a graph. Those in attributes can name other files of this computer too."""
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            yield attribute.t
            yield from attribute.tensors


def _needed(graph: Any) -> list[Any]:
    """The nodes that the first output needs, in their order: others only feed other outputs, such as maps."""
    wanted, found = {each.name for each in graph.output[:1]}, []
    for node in reversed(graph.node):
        if wanted & {*node.output}:
            wanted.update(node.input)
            found.append(node)
    return found[::-1]


def _full_name(node: Any) -> str:
    """An operator with its domain, unless that is ONNX's own: others can mean anything by the same name."""
    return node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}"


def _tensor(array: Any) -> Tensor:
    tensor = torch.from_numpy(array.copy())
    return tensor.float() if tensor.is_floating_point() else tensor


def _attributes(node: Any) -> dict[str, Any]:
    from onnx import TensorProto, helper, numpy_helper

    found = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    return {
        name: _tensor(numpy_helper.to_array(value)) if isinstance(value, TensorProto) else value
        for name, value in found.items()
    }
