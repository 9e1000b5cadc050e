"""Whether a run's networks can be trained in the memory that there is, before it is tried."""

from __future__ import annotations

from math import prod

from kdviz.config import RunConfig
from kdviz.datasets.memory import gigabytes, machine_memory_bytes
from kdviz.device import resolve_device
from kdviz.errors import ConfigError
from kdviz.models.registry import MODELS

_SMALL_BATCH = 1 << 22
"""Numbers in a batch below which no network takes gigabytes; it is not worth importing PyTorch for."""


def check_training_memory(config: RunConfig, classes: int) -> None:
    """Raises ConfigError for a batch that the machine, or its GPU, cannot hold while it is trained on.

    By the lower bound of `training_bytes`, so that what passes may still be too much. Networks from files,
    whose layers are not known here, are not looked at.
    """
    if config.batch_size * prod(config.input_shape) < _SMALL_BATCH:
        return
    _check(config, "student", classes, config.input_shape)
    if config.teacher_epochs:
        _check(config, "teacher", classes, config.teacher_input_shape(config.input_shape))


def _check(config: RunConfig, role: str, classes: int, shape: tuple[int, ...]) -> None:
    from kdviz.models.memory import training_bytes  # imports PyTorch

    name, batch = getattr(config, role), config.batch_size
    if name not in MODELS:
        return
    width = getattr(config, f"{role}_width")
    needed = training_bytes(name, classes=classes, input_shape=shape, batch_size=batch, width=width)
    gpu = resolve_device(config.device) == "cuda"
    if gpu and config.precision != "fp32":
        needed //= 2
    there = _gpu_memory_bytes() if gpu else machine_memory_bytes()
    if needed > there:
        raise ConfigError(
            f"batch_size: training {name!r} on batches of {batch} images of "
            f"{' x '.join(map(str, shape[1:]))} px takes at least {gigabytes(needed)} of memory, "
            f"{'the GPU' if gpu else 'this machine'} has {gigabytes(there)}. Choose a smaller batch, smaller "
            "images or a smaller network."
        )


def _gpu_memory_bytes() -> int:
    import torch

    return int(torch.cuda.get_device_properties(0).total_memory)
