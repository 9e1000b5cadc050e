"""Building networks, whose initial weights depend only on the seed, and loading weights."""

from __future__ import annotations

from math import inf

import torch
from torch import Tensor

from kdviz.errors import ModelError, unknown_name
from kdviz.image_size import written
from kdviz.models.network import Network
from kdviz.models.pointwise import replace_strided_pointwise
from kdviz.models.registry import MODELS, sides_needed
from kdviz.models.waveform_cnn import SpectrogramAlone
from kdviz.types import WITH_SAMPLES, Weights

# Channels-last for all families, because it is fast for all of them: with contiguous tensors, a training
# step takes the following times as long (32×32, batch 64; torchvision's 64×64, batch 16; one thread of an
# AMD EPYC with AVX-512, torch 2.14):
#   simple-cnn 1.38, resnet8-lite 1.22 (half width 1.13), resnet8 1.32, resnet20 1.24, wrn16 1.17,
#   mobilenet-small 1.71, vit-tiny 0.98, resnet18 1.04, mobilenet-v3-small 1.40, efficientnet-b0 1.44.
# A second derivative through the convolutions (input-gradient losses) is the exception: 0.6 to 0.9.
LAYOUT = torch.channels_last


def build(
    name: str, *, classes: int, input_shape: tuple[int, ...], width: float = 1.0, seed: int = 0
) -> Network:
    """A network on the CPU, in fp32, in channels-last layout, initialized with `seed`.

    input_shape: (C, H, W) of the images; sides need not be equal. width: factor on channel counts. Raises
    ModelError if the name is unknown, the images are too small, the width is not available, or there are no
    channels or classes.
    """
    network = _assembled(name, classes, input_shape, width)
    network._apply(_on_cpu)  # type: ignore[no-untyped-call]
    initialise(network, seed)
    return network.to(memory_format=LAYOUT)


def _on_cpu(tensor: Tensor) -> Tensor:
    return torch.empty_like(tensor, device="cpu") if tensor.is_meta else tensor


def skeleton(name: str, *, classes: int, input_shape: tuple[int, ...], width: float = 1.0) -> Network:
    """The network on the meta device: shapes only. Uses no random numbers."""
    return _assembled(name, classes, input_shape, width).to("meta")


def _assembled(name: str, classes: int, input_shape: tuple[int, ...], width: float) -> Network:
    """The network with its parameters on the meta device; tables that follow from them are on the CPU."""
    if name not in MODELS:
        raise ModelError(unknown_name("model", name, MODELS))
    _check_numbers(classes, input_shape, width)
    spec = MODELS[name]
    if not spec.takes(input_shape[1:]):
        raise ModelError(
            f"image_size: {name!r} needs {sides_needed(spec)}, got {written(*input_shape[1:])}. "
            "Choose another network or larger images."
        )
    if not spec.has_width and width != 1:
        raise ModelError(f"width: {name!r} has only width 1, got {width:g}. Use 1, or another network.")
    with torch.device("meta"):
        network: Network = spec.make(classes=classes, input_shape=spec.read_shape(input_shape), width=width)
        replace_strided_pointwise(network)
    if input_shape[0] == WITH_SAMPLES and not spec.reads_samples:
        network.adapter = SpectrogramAlone()
    return network


def _check_numbers(classes: int, input_shape: tuple[int, ...], width: float) -> None:
    if classes < 1:
        raise ModelError(f"classes: must be at least 1, got {classes}.")
    if len(input_shape) < 2 or input_shape[0] < 1:
        raise ModelError(f"input_shape: must be channels, at least 1, and sides, got {input_shape}.")
    if not 0 < width < inf:
        raise ModelError(f"width: must be above 0 and finite, got {width:g}.")


def initialise(network: Network, seed: int) -> None:
    """Initialize weights on the CPU with a separate generator, independent of other threads."""
    generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        network.draw(module, generator)


def load_weights(network: Network, weights: Weights, *, source: str, with_head: bool = True) -> None:
    """Load trained weights. Raises ModelError, naming the first tensor that does not fit.

    source: their origin, for the message. with_head: False keeps the head.
    """
    expected, given = dict(network.state_dict()), dict(weights)
    if not with_head:
        expected, given = _headless(expected), _headless(given)
    if problem := _mismatch(expected, given):
        raise ModelError(
            f"{source}: {problem} "
            "Use the network, width, image size, channels and classes that they were trained with."
        )
    network.load_state_dict(given, strict=with_head)


def _headless(weights: Weights) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in weights.items() if not name.startswith("head.")}


def _mismatch(expected: Weights, given: Weights) -> str:
    """The first tensor that does not fit, as a message; "" if all fit."""
    for name, tensor in expected.items():
        if name not in given:
            return f"tensor {name!r} is missing."
        if given[name].shape != tensor.shape:
            shape, needed = tuple(given[name].shape), tuple(tensor.shape)
            return f"tensor {name!r} has shape {shape}, the network needs {needed}."
    extra = next((name for name in given if name not in expected), None)
    return f"tensor {extra!r} is not part of the network." if extra else ""
