"""A lower bound of the memory that training takes, computed from shapes on the meta device."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from kdviz.models.bare import bare
from kdviz.models.building import skeleton
from kdviz.models.cost import parameter_count
from kdviz.models.network import Network
from kdviz.models.registry import MODELS

_FLOAT_BYTES = 4
_WEIGHT_AND_GRADIENT = 2


@lru_cache(maxsize=64)
def training_bytes(
    name: str, *, classes: int, input_shape: tuple[int, ...], batch_size: int, width: float = 1.0
) -> int:
    """Memory that training a network takes at least, in bytes, in fp32. Raises ModelError like `build`.

    Its weights with their gradients, and what the layers of one batch keep for the backward pass. Batch
    normalization, the optimizer's state and the second derivatives of an explanation loss come on top.
    """
    network = skeleton(name, classes=classes, input_shape=input_shape, width=width)
    shape = MODELS[name].read_shape(input_shape)
    kept = kept_bytes(bare(network), torch.empty(1, *shape, device="meta"))
    return _WEIGHT_AND_GRADIENT * _FLOAT_BYTES * parameter_count(network) + batch_size * kept


def kept_bytes(network: Network, inputs: Tensor) -> int:
    """Bytes that a forward pass keeps for the backward pass, without the weights themselves."""
    weights = {parameter.untyped_storage()._cdata for parameter in network.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}  # the storages themselves, so that no address is used again

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in weights:
            kept[storage._cdata] = storage
        return tensor

    with saved_tensors_hooks(keep, lambda tensor: tensor):
        network(inputs)
    return sum(storage.nbytes() for storage in kept.values())
