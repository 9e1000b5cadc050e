"""Child processes for commands that compute, so that a crash in native code is reported as one.

oneDNN or a driver can end a process with a signal where Python would raise an exception. The parent checks
the options, imports nothing heavy, waits for its child, and reports a signal that killed it.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from threading import Thread
from types import FrameType
from typing import NoReturn

import typer
from rich.console import Console

from kdviz.jobs import NATIVE_CRASHES, SAFE_KERNELS, safe_kernels_wanted

_ROLE = "KDVIZ_CHILD"
_SAME_INTERRUPT_S = 1.0
"""Ctrl-C reaches the child twice, from the terminal and from the parent; within this time it counts once."""

_is_parent = False


def take_role() -> None:
    """Decide whether this process is a parent, whose commands compute in a child, or such a child."""
    global _is_parent
    if os.environ.pop(_ROLE, None) is None:
        _is_parent = True
    else:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, _Interrupts())
        Thread(target=_end_with_parent, daemon=True).start()


def in_child(arguments: Sequence[str] = (), *, resume_command: str = "") -> None:
    """In a parent, run the command in a child and exit with its status; in a child, return.

    arguments: the child's; by default those of this process. resume_command: shown if the child is killed.
    """
    if _is_parent:
        raise typer.Exit(_status(_run_child(arguments or sys.argv[1:]), resume_command))


def _run_child(arguments: Sequence[str]) -> int:
    """The return code of a child; negative for the signal that killed it.

    The child's standard input is a pipe that is never written to: it is closed when the parent dies.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "kdviz", *arguments], stdin=subprocess.PIPE, env={**os.environ, _ROLE: "1"}
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # ignored in background jobs of a script
            signal.signal(number, lambda number, frame: child.send_signal(number))
    return child.wait()


def _status(returncode: int, resume_command: str) -> int:
    """The exit status of a child, as a shell reports it: 128 + the number of a signal."""
    if returncode >= 0:
        return returncode
    if -returncode not in (signal.SIGINT, signal.SIGTERM):
        _print_below(_crash_message(-returncode, resume_command))
    return 128 - returncode


def _name(number: int) -> str:
    """The name of a signal. Real-time signals have none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _crash_message(number: int, resume_command: str) -> str:
    crashed = number in NATIVE_CRASHES
    advice = []
    if crashed and not safe_kernels_wanted():
        advice.append(f"set {SAFE_KERNELS}=1 to compute without oneDNN")
    if resume_command:
        advice.append(f"resume with: python -m kdviz {resume_command}")
    text = "; ".join(advice)
    died = f"the process died: {_name(number)}{' in native code' if crashed else ''}."
    return f"{died} {text[:1].upper()}{text[1:]}".rstrip()


def _print_below(line: str) -> None:
    """Print a line on standard error, below a progress bar that the child may have left."""
    console = Console(stderr=True)
    if console.is_terminal:
        console.show_cursor()
        console.line()
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _end_with_parent() -> NoReturn:
    """End this process as soon as its parent has died, as if it had been killed itself."""
    while os.read(0, 1):
        pass
    os._exit(1)


class _Interrupts:
    """Raises KeyboardInterrupt once for each Ctrl-C."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_s = -math.inf

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now = self._clock()
        again, self._last_s = now - self._last_s < _SAME_INTERRUPT_S, now
        if not again:
            raise KeyboardInterrupt
