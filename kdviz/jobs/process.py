"""What a process that trains must do once: imports, threads, kernels."""

from __future__ import annotations

import gc
import os
import threading

SAFE_KERNELS = "KDVIZ_SAFE_KERNELS"
"""An environment variable: 1 turns oneDNN off, for machines on which one of its kernels crashes."""

_preparing = threading.Lock()
_prepared = False


def prepare_process() -> None:
    """Makes this process fit to train and to serve pages at once. Only the first call does anything.

    For a process of our own (a server, the command line): it changes threads and garbage collection
    for everybody in it.
    """
    global _prepared
    with _preparing:
        if not _prepared:
            _warm_up()
            # Streamlit collects garbage after every script run; with torch loaded that held the GIL
            # for 250 ms each. What is frozen is not looked at.
            gc.collect()
            gc.freeze()
            _prepared = True


def safe_kernels_wanted() -> bool:
    """Whether `KDVIZ_SAFE_KERNELS` is set, to anything but 0."""
    return os.environ.get(SAFE_KERNELS, "0") not in ("", "0")


def choose_kernels(safe: bool | None = None) -> None:
    """Turns oneDNN off in this process if `safe`; where that is left out, if `KDVIZ_SAFE_KERNELS` is set."""
    import torch

    if safe_kernels_wanted() if safe is None else safe:
        torch.backends.mkldnn.enabled = False  # type: ignore[assignment]  # declared as its descriptor


def _warm_up() -> None:
    """The heavy imports, and those that a first optimiser step and a first map would make (1 to 2 s)."""
    import captum.attr  # noqa: F401
    import scipy.stats  # noqa: F401
    import torch

    import kdviz.trainer  # noqa: F401

    choose_kernels()
    torch.set_num_threads(max(1, _cores() - 1))  # one stays free for the pages
    parameter = torch.nn.Parameter(torch.zeros(1))
    parameter.grad = torch.zeros(1)
    torch.optim.SGD([parameter], lr=0.1).step()


def _cores() -> int:
    """Cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
