"""ONNX's operators as functions of PyTorch, by their names."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from kdviz.errors import ModelError

Attributes = Mapping[str, Any]


class OnnxValues:
    """The inputs of an operator, by their places; None where one is left out."""

    def __init__(
        self, names: Sequence[str], known: Mapping[str, Any], constants: Mapping[str, Any], batch: int
    ) -> None:
        """batch: a first size that stands for the number of images; 0 if none does."""
        self.names, self.known, self.constants, self.batch = names, known, constants, batch

    def __getitem__(self, place: int) -> Any:
        return self.known[self.names[place]] if place < len(self.names) else None

    def numbers(self, place: int, attributes: Attributes, name: str = "") -> Any:
        """Sizes, axes or bounds: from an attribute in old operator sets, else from a constant or a shape."""
        if name in attributes:
            return attributes[name]
        if place >= len(self.names) or not self.names[place]:
            return None
        given = self.names[place]
        value = self.constants.get(given, self.known[given])
        return value.tolist() if isinstance(value, Tensor) else value

    def all(self) -> list[Any]:
        """All of them."""
        return [self.known[name] for name in self.names]


def _padding(attributes: Attributes, count: int = 2) -> tuple[list[int], list[int]]:
    """Padding that is equal on both sides, and what has to be added before, for F.pad."""
    if attributes.get("auto_pad", b"NOTSET") not in (b"NOTSET", b"VALID"):
        raise ModelError(
            "teacher_weights: the ONNX file pads by 'auto_pad'. Export the network to .pt2 instead."
        )
    pads = list(attributes.get("pads", [0] * 2 * count))
    before, after = pads[:count], pads[count:]
    if before == after:
        return before, []
    return [0] * count, [
        each for pair in zip(reversed(before), reversed(after), strict=True) for each in pair
    ]


def _conv(given: OnnxValues, attributes: Attributes) -> Tensor:
    padding, added = _padding(attributes)
    images = F.pad(given[0], added) if added else given[0]
    return F.conv2d(
        images, given[1], given[2], attributes.get("strides", [1, 1]), padding,
        attributes.get("dilations", [1, 1]), attributes.get("group", 1),
    )  # fmt: skip


def _max_pool(given: OnnxValues, attributes: Attributes) -> Tensor:
    padding, added = _padding(attributes)
    images = F.pad(given[0], added, value=-torch.inf) if added else given[0]
    return F.max_pool2d(
        images, attributes["kernel_shape"], attributes.get("strides", [1, 1]), padding,
        attributes.get("dilations", [1, 1]), bool(attributes.get("ceil_mode", 0)),
    )  # fmt: skip


def _average_pool(given: OnnxValues, attributes: Attributes) -> Tensor:
    padding, added = _padding(attributes)
    images = F.pad(given[0], added) if added else given[0]
    return F.avg_pool2d(
        images, attributes["kernel_shape"], attributes.get("strides", [1, 1]), padding,
        bool(attributes.get("ceil_mode", 0)), bool(attributes.get("count_include_pad", 0)),
    )  # fmt: skip


def _batch_norm(given: OnnxValues, attributes: Attributes) -> Tensor:
    images, scale, shift, mean, variance = given.all()
    return F.batch_norm(images, mean, variance, scale, shift, False, 0.1, attributes.get("epsilon", 1e-5))


def _gemm(given: OnnxValues, attributes: Attributes) -> Tensor:
    first = given[0].T if attributes.get("transA") else given[0]
    weight = given[1] if attributes.get("transB") else given[1].T
    if attributes.get("alpha", 1.0) == attributes.get("beta", 1.0) == 1.0:
        return F.linear(first, weight, given[2])
    product: Tensor = attributes.get("alpha", 1.0) * F.linear(first, weight)
    return product if given[2] is None else product + attributes.get("beta", 1.0) * given[2]


def _matmul(given: OnnxValues, attributes: Attributes) -> Tensor:
    product: Tensor = given[0] @ given[1]
    return product


def _reduced(function: Callable[..., Tensor]) -> Callable[[OnnxValues, Attributes], Tensor]:
    def reduce(given: OnnxValues, attributes: Attributes) -> Tensor:
        axes = given.numbers(1, attributes, "axes")
        axes = list(range(given[0].ndim)) if axes is None else axes
        return function(given[0], dim=axes, keepdim=bool(attributes.get("keepdims", 1)))

    return reduce


def _reshape(given: OnnxValues, attributes: Attributes) -> Any:
    sizes = given.numbers(1, attributes, "shape")
    if isinstance(given[0], list | int):
        return given[0]
    if given.batch and sizes[0] == given.batch:
        sizes = [0, *sizes[1:]]
    return given[0].reshape([given[0].shape[at] if size == 0 else size for at, size in enumerate(sizes)])


def _unsqueeze(given: OnnxValues, attributes: Attributes) -> Any:
    if isinstance(given[0], int | torch.SymInt):
        return [given[0]]
    result = given[0]
    for axis in sorted(given.numbers(1, attributes, "axes")):
        result = result.unsqueeze(axis)
    return result


def _squeeze(given: OnnxValues, attributes: Attributes) -> Any:
    axes = given.numbers(1, attributes, "axes")
    return given[0][0] if isinstance(given[0], list) else given[0].squeeze(axes)


def _concat(given: OnnxValues, attributes: Attributes) -> Any:
    parts = given.all()
    if any(isinstance(each, list) for each in parts):
        return [size for place in range(len(parts)) for size in given.numbers(place, {})]
    return torch.cat(parts, attributes["axis"])


def _gather(given: OnnxValues, attributes: Attributes) -> Any:
    if isinstance(given[0], list):
        places = given.numbers(1, attributes)
        return [given[0][each] for each in places] if isinstance(places, list) else given[0][places]
    axis, places = attributes.get("axis", 0), given[1]
    return given[0].select(axis, int(places)) if places.ndim == 0 else given[0].index_select(axis, places)


def _slice(given: OnnxValues, attributes: Attributes) -> Any:
    starts, ends = given.numbers(1, attributes, "starts"), given.numbers(2, attributes, "ends")
    axes = given.numbers(3, attributes, "axes") or list(range(len(starts)))
    steps = given.numbers(4, {}) or [1] * len(starts)
    if isinstance(given[0], list):
        return given[0][starts[0] : ends[0] : steps[0]]
    places = [slice(None)] * given[0].ndim
    for axis, *bounds in zip(axes, starts, ends, steps, strict=True):
        places[axis] = slice(*bounds)
    return given[0][tuple(places)]


def _split(given: OnnxValues, attributes: Attributes) -> tuple[Tensor, ...]:
    axis, sizes = attributes.get("axis", 0), given.numbers(1, attributes, "split")
    size = given[0].shape[axis]
    return tuple(given[0].split(sizes or size // attributes.get("num_outputs", 2), axis))


def _clip(given: OnnxValues, attributes: Attributes) -> Tensor:
    low, high = given.numbers(1, attributes, "min"), given.numbers(2, attributes, "max")
    if (low, high) == (0.0, 6.0):
        return F.relu6(given[0])
    clipped: Tensor = given[0].clamp(low, high)
    return clipped


def _pad(given: OnnxValues, attributes: Attributes) -> Tensor:
    pads, value = given.numbers(1, attributes, "pads"), given.numbers(2, attributes, "value")
    count = len(pads) // 2
    flat = [each for at in reversed(range(count)) for each in (pads[at], pads[at + count])]
    return F.pad(given[0], flat, attributes.get("mode", b"constant").decode(), value or 0.0)


def _flatten(given: OnnxValues, attributes: Attributes) -> Tensor:
    flat: Tensor = given[0].flatten(attributes.get("axis", 1))
    return flat


def _layer_norm(given: OnnxValues, attributes: Attributes) -> Tensor:
    shape = given[0].shape[attributes.get("axis", -1) :]
    return F.layer_norm(given[0], shape, given[1], given[2], attributes.get("epsilon", 1e-5))


def _constant(given: OnnxValues, attributes: Attributes) -> Any:
    value = next(iter(attributes.values()))
    return value.tolist() if isinstance(value, Tensor) and not value.is_floating_point() else value


def _cast(given: OnnxValues, attributes: Attributes) -> Any:
    return (
        given[0].float() if isinstance(given[0], Tensor) and attributes["to"] in (1, 10, 11, 16) else given[0]
    )


def _on_two(function: Callable[[Any, Any], Any]) -> Callable[[OnnxValues, Attributes], Any]:
    return lambda given, attributes: function(given[0], given[1])


def _on_one(function: Callable[[Any], Any]) -> Callable[[OnnxValues, Attributes], Any]:
    return lambda given, attributes: function(given[0])


ONNX_OPERATORS: Mapping[str, Callable[[OnnxValues, Attributes], Any]] = {
    "Conv": _conv, "BatchNormalization": _batch_norm, "LayerNormalization": _layer_norm, "Gemm": _gemm,
    "MatMul": _matmul, "MaxPool": _max_pool, "AveragePool": _average_pool,
    "GlobalAveragePool": _on_one(lambda images: images.mean((2, 3), keepdim=True)),
    "ReduceMean": _reduced(torch.mean), "ReduceSum": _reduced(torch.sum), "ReduceMax": _reduced(torch.amax),
    "ReduceL2": _reduced(torch.linalg.vector_norm),
    "Relu": _on_one(F.relu), "Sigmoid": _on_one(torch.sigmoid), "Tanh": _on_one(torch.tanh),
    "HardSwish": _on_one(F.hardswish), "Mish": _on_one(F.mish), "Softplus": _on_one(F.softplus),
    "Erf": _on_one(torch.erf), "Sqrt": _on_one(torch.sqrt), "Exp": _on_one(torch.exp),
    "Neg": _on_one(torch.neg),
    "Reciprocal": _on_one(torch.reciprocal), "Identity": _on_one(lambda value: value),
    "Dropout": _on_one(lambda value: value), "Shape": _on_one(lambda value: list(value.shape)),
    "LeakyRelu": lambda given, attributes: F.leaky_relu(given[0], attributes.get("alpha", 0.01)),
    "Elu": lambda given, attributes: F.elu(given[0], attributes.get("alpha", 1.0)),
    "PRelu": lambda given, attributes: torch.where(given[0] > 0, given[0], given[0] * given[1]),
    "Gelu": lambda given, attributes: F.gelu(
        given[0], approximate=attributes.get("approximate", b"none").decode()
    ),
    "HardSigmoid": lambda given, attributes: (
        given[0] * attributes.get("alpha", 0.2) + attributes.get("beta", 0.5)
    ).clamp(0, 1),
    "Softmax": lambda given, attributes: F.softmax(given[0], attributes.get("axis", -1)),
    "LogSoftmax": lambda given, attributes: F.log_softmax(given[0], attributes.get("axis", -1)),
    "Add": _on_two(operator.add), "Sub": _on_two(operator.sub), "Mul": _on_two(operator.mul),
    "Div": _on_two(operator.truediv), "Pow": _on_two(operator.pow), "Max": _on_two(torch.maximum),
    "Min": _on_two(torch.minimum),
    "Clip": _clip, "Pad": _pad, "Flatten": _flatten, "Reshape": _reshape, "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze, "Concat": _concat, "Gather": _gather, "Slice": _slice, "Split": _split,
    "Transpose": lambda given, attributes: given[0].permute(attributes["perm"]),
    "Expand": lambda given, attributes: given[0].expand(given.numbers(1, attributes)),
    "Constant": _constant, "Cast": _cast,
}  # fmt: skip
