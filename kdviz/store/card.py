"""The card of a run: machine and versions that produced it."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from importlib import metadata
from typing import Any

from kdviz import __version__
from kdviz.store.run import Run

_PACKAGES = ("torch", "torchvision", "captum", "numpy", "scipy", "streamlit")


def card_content(run: Run, maker: Mapping[str, Any]) -> dict[str, Any]:
    """The content of the card. maker: `made_here()` of the training process, if known."""
    return {
        "run": run.id,
        "config_key": run.record.config_key,
        "dataset": run.config.dataset,
        "started": run.record.started,
        "finished": run.record.finished,
        "seconds": run.record.progress.seconds,
        **maker,
    }


def made_here(device: str) -> dict[str, Any]:
    """Machine, versions and threads of this process, without names of users or paths.

    device: "cpu" or "cuda".
    """
    import torch

    return {
        "versions": {
            "kdviz": __version__,
            "python": platform.python_version(),
            **{name: _version(name) for name in _PACKAGES},
        },
        "platform": platform.platform(),
        "machine": platform.machine(),
        "device": torch.cuda.get_device_name() if device == "cuda" else device,
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
    }


def _version(name: str) -> str | None:
    """None for a package that is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
