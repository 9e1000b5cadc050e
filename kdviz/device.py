"""The devices of this machine, and the one that a run's setting refers to."""

from __future__ import annotations

import sys
from ctypes import CDLL
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

from kdviz.errors import ConfigError

if TYPE_CHECKING:
    import torch

Device = Literal["cpu", "cuda"]


def available_devices() -> tuple[Device, ...]:
    """The devices of this machine, best first."""
    if "torch" not in sys.modules and _lacks_cuda_driver():
        return ("cpu",)
    import torch

    return ("cuda", "cpu") if torch.cuda.is_available() else ("cpu",)


def resolve_device(setting: str) -> Device:
    """The device for "auto", "cpu" or "cuda". A missing device is replaced by the best available one."""
    return "cpu" if setting == "cpu" else available_devices()[0]


def require_device(setting: str) -> torch.device:
    """The device to train on. Raises ConfigError for "cuda" on a machine without it."""
    import torch

    device = resolve_device(setting)
    if setting == "cuda" and device != "cuda":
        raise ConfigError(
            "device: 'cuda' was requested, but this machine has no CUDA device. Choose 'cpu' or 'auto'."
        )
    return torch.device(device)


@cache
def _lacks_cuda_driver() -> bool:
    """Whether this machine has no CUDA driver, without which PyTorch finds no device.

    So pages that only show stored results need not import PyTorch, which takes seconds.
    """
    if "rocm" in version("torch"):
        return False
    try:
        CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
    except OSError:
        return True
    return False
