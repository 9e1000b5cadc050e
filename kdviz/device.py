"""The devices of this machine, and which of them a run's setting means here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from kdviz.errors import ConfigError

if TYPE_CHECKING:
    import torch

Device = Literal["cpu", "cuda"]


def available_devices() -> tuple[Device, ...]:
    """The devices of this machine, best first."""
    import torch  # here, as pages that only show stored results do without it

    return ("cuda", "cpu") if torch.cuda.is_available() else ("cpu",)


def resolve_device(setting: str) -> Device:
    """The device that "auto", "cpu" or "cuda" means here. A missing device means the best available one."""
    return "cpu" if setting == "cpu" else available_devices()[0]


def require_device(setting: str) -> torch.device:
    """The device to train on. Raises ConfigError for "cuda" where there is none."""
    import torch

    device = resolve_device(setting)
    if setting == "cuda" and device != "cuda":
        raise ConfigError("device: 'cuda' was asked for, but this machine has none. Choose 'cpu' or 'auto'.")
    return torch.device(device)
