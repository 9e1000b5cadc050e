"""The operators that a program from a file may call: those that networks compute with, and no others."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from kdviz.errors import ModelError

_NETWORKS = (
    # layers
    "conv1d conv2d convolution conv_transpose2d linear addmm mm bmm baddbmm matmul einsum batch_norm "
    "_native_batch_norm_legit_no_training native_batch_norm layer_norm native_layer_norm group_norm "
    "native_group_norm instance_norm dropout feature_dropout alpha_dropout native_dropout "
    "scaled_dot_product_attention embedding rms_norm "
    # activations
    "relu relu6 leaky_relu elu selu celu gelu silu mish prelu sigmoid hardsigmoid tanh hardtanh hardswish "
    "softplus log_sigmoid threshold softmax _softmax log_softmax _log_softmax glu "
    # pooling and sizes
    "adaptive_avg_pool2d _adaptive_avg_pool2d adaptive_max_pool2d avg_pool1d avg_pool2d max_pool2d "
    "max_pool2d_with_indices upsample_nearest2d upsample_bilinear2d upsample_bicubic2d pad constant_pad_nd "
    "reflection_pad2d replication_pad2d pixel_shuffle pixel_unshuffle channel_shuffle im2col unfold "
    # arithmetic
    "add sub rsub mul div reciprocal neg abs pow sqrt rsqrt square exp log log1p erf sin cos floor ceil "
    "round sign maximum minimum clamp clamp_min clamp_max "
    "lerp addcmul addcdiv where masked_fill cumsum remainder fmod "
    "eq ne lt le gt ge logical_and logical_or logical_not bitwise_and bitwise_or bitwise_not "
    # reductions
    "mean sum prod amax amin max min argmax std var var_mean norm linalg_vector_norm any all "
    # shapes
    "view _unsafe_view reshape reshape_as view_as flatten unflatten permute transpose swapaxes movedim t "
    "numpy_T mT squeeze unsqueeze expand expand_as repeat tile cat concat stack hstack split "
    "split_with_sizes chunk "
    "unbind select slice narrow "
    "index index_select gather roll flip sym_size sym_numel "
    # copies, types and constants
    "clone contiguous alias detach to type_as _to_copy lift_fresh_copy fill zero copy zeros ones full arange "
    "linspace scalar_tensor eye zeros_like ones_like full_like new_zeros new_ones new_full tril triu "
)  # fmt: skip
_NAMES = frozenset(_NETWORKS.split())

_ON_NUMBERS: Mapping[str, Callable[..., Any]] = {
    name: getattr(operator, name)
    for name in ("add", "sub", "mul", "floordiv", "mod", "neg", "truediv", "pow")
}

FACTORIES = frozenset({"zeros", "ones", "full", "arange", "linspace", "scalar_tensor", "eye"})
"""They make a tensor from numbers alone."""

_ATEN = re.compile(r"torch\.ops\.aten\.([A-Za-z0-9_]+)\.([A-Za-z0-9_]+)")
_NUMBERS = re.compile(r"_operator\.([a-z]+)")
_IN_TRAINING = frozenset({"batch_norm", "dropout", "feature_dropout", "alpha_dropout", "native_dropout"})
_SAFER = {"view": "reshape.default", "_unsafe_view": "reshape.default"}
"""A view of a tensor in another memory layout can fail where a copy would not."""


def batch_size(tensor: Tensor) -> int:
    """The length of the first dimension."""
    return tensor.shape[0]


def made_beside(images: Tensor, function: Callable[..., Tensor], *args: Any, **kwargs: Any) -> Tensor:
    """A tensor that is made from numbers, on the device of the images."""
    return function(*args, **kwargs, device=images.device)


def operator_named(target: str) -> Callable[..., Any]:
    """The function that a program calls by this name, as "torch.ops.aten.conv2d.default".

    Raises ModelError for any other than operators of ATen that networks are made of, and arithmetic.
    """
    if found := _NUMBERS.fullmatch(target):
        if found[1] in _ON_NUMBERS:
            return _ON_NUMBERS[found[1]]
    elif found := _ATEN.fullmatch(target):
        name, overload = found.groups()
        if name.removesuffix("_") in _NAMES or name in _NAMES:
            name, overload = _SAFER.get(name, f"{name}.{overload}").split(".")
            function = getattr(getattr(torch.ops.aten, name, None), overload, None)
            if isinstance(function, torch._ops.OpOverload):
                return function
    raise ModelError(
        f"teacher_weights: the program calls {target[:80]!r}, which is no operator of an image classifier. "
        "Export the network itself, without loops, branches and custom operators."
    )


def packet(function: Any) -> str:
    """The name of an operator without its overload, "conv2d"; "" for a function that is none of ATen's."""
    return str(function._schema.name.removeprefix("aten::")) if hasattr(function, "_schema") else ""


def functional(function: Any) -> Any:
    """The operator that returns what an in-place one writes; None if it has none of the same arguments."""
    name = packet(function)
    if not name.endswith("_") or name.endswith("__"):
        return None
    other = getattr(getattr(torch.ops.aten, name.removesuffix("_"), None), function._overloadname, None)
    return other if isinstance(other, torch._ops.OpOverload) else None


def is_in_training(function: Any, arguments: Mapping[str, Any]) -> bool:
    """Whether a layer would behave as in training: statistics of the batch, or random zeros.

    Without running statistics, a BatchNorm standardizes weights, as in NFNets.
    """
    name = packet(function).removesuffix("_")
    training = bool(arguments.get("training", arguments.get("train")))
    return training and name in _IN_TRAINING and arguments.get("running_mean", name) is not None
