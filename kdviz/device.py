"""The devices of this machine, and the one that a run's setting refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kdviz.errors import ConfigError

if TYPE_CHECKING:
    import torch

Device = Literal["cpu", "cuda"]


def available_devices() -> tuple[Device, ...]:
    """The devices of this machine, best first."""
    import torch  # imported here, since pages that only show stored results do not need it

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
