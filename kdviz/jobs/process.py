"""Preparation of a process that trains: imports, threads, kernels."""

from __future__ import annotations

import gc
import os
import signal
import threading

SAFE_KERNELS = "KDVIZ_SAFE_KERNELS"
"""Environment variable: 1 disables oneDNN, for machines on which one of its kernels crashes."""

NATIVE_CRASHES = frozenset({signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV})
"""Signals by which native code ends a process."""

_preparing = threading.Lock()
_prepared = False


def prepare_process() -> None:
    """Prepare this process to train while it serves pages. Only the first call has an effect.

    For processes that kdviz owns (server, command line): it changes threads and garbage collection globally.
    """
    global _prepared
    with _preparing:
        if not _prepared:
            _warm_up()
            # Streamlit collects garbage after every script run; with torch loaded that took 250 ms, during
            # which the GIL is held. Frozen objects are skipped.
            gc.collect()
            gc.freeze()
            _prepared = True


def safe_kernels_wanted() -> bool:
    """Whether `KDVIZ_SAFE_KERNELS` is set, to anything but 0."""
    return os.environ.get(SAFE_KERNELS, "0") not in ("", "0")


def choose_kernels(safe: bool | None = None) -> None:
    """Disable oneDNN in this process if `safe`; by default, if `KDVIZ_SAFE_KERNELS` is set."""
    import torch

    if safe_kernels_wanted() if safe is None else safe:
        torch.backends.mkldnn.enabled = False  # type: ignore[assignment]  # declared as its descriptor


def _warm_up() -> None:
    """The heavy imports, and those of a first optimizer step and a first map (1 to 2 s)."""
    import captum.attr  # noqa: F401
    import scipy.stats  # noqa: F401
    import torch

    import kdviz.trainer  # noqa: F401

    choose_kernels()
    torch.set_num_threads(max(1, _cores() - 1))  # one core is left for the pages
    parameter = torch.nn.Parameter(torch.zeros(1))
    parameter.grad = torch.zeros(1)
    torch.optim.SGD([parameter], lr=0.1).step()


def _cores() -> int:
    """Number of cores that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1
