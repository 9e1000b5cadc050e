"""Child processes for commands that compute, so that a native crash can be reported as what it is.

oneDNN, or a driver, can end a process with a signal where Python would raise an exception. The parent checks
the options, imports nothing heavy, waits for its child, and explains a death by signal.
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

from kdviz.jobs import SAFE_KERNELS, safe_kernels_wanted

_ROLE = "KDVIZ_CHILD"
_CRASHES = frozenset({"SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV"})
_SAME_INTERRUPT_S = 1.0
"""Ctrl-C reaches parent and child, and the parent passes it on: what comes this soon is the same one."""

_is_parent = False


def take_role() -> None:
    """Makes this process a parent, whose commands compute in a child, or the child that it was started as."""
    global _is_parent
    if os.environ.pop(_ROLE, None) is None:
        _is_parent = True
    else:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
            signal.signal(signal.SIGINT, _Interrupts())
        Thread(target=_end_with_parent, daemon=True).start()


def in_child(arguments: Sequence[str] = (), *, goes_on: str = "") -> None:
    """In a parent, ends the command with its child's exit status; elsewhere, returns: compute here.

    arguments: the child's, those of this process if left out. goes_on: a command that goes on where a child
    that died has stopped.
    """
    if _is_parent:
        raise typer.Exit(_status(_ended(arguments or sys.argv[1:]), goes_on))


def _ended(arguments: Sequence[str]) -> int:
    """The return code of a child: below 0, the signal that has ended it.

    The child's standard input is a pipe that nobody writes to: it is closed when the parent dies.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "kdviz", *arguments], stdin=subprocess.PIPE, env={**os.environ, _ROLE: "1"}
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as for a script's jobs in the background
            signal.signal(number, lambda number, frame: child.send_signal(number))
    return child.wait()


def _status(returncode: int, goes_on: str) -> int:
    """The exit status that says how a child ended, as a shell would give it."""
    if returncode >= 0:
        return returncode
    if -returncode not in (signal.SIGINT, signal.SIGTERM):
        _say(_explained(_name(-returncode), goes_on))
    return 128 - returncode


def _name(number: int) -> str:
    """A signal's name; real-time signals have none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _explained(name: str, goes_on: str) -> str:
    crashed = name in _CRASHES
    ways_out = []
    if crashed and not safe_kernels_wanted():
        ways_out.append(f"set {SAFE_KERNELS}=1 to compute without oneDNN")
    if goes_on:
        ways_out.append(f"resume with: python -m kdviz {goes_on}")
    advice = "; ".join(ways_out)
    died = f"the process died: {name}{' in native code' if crashed else ''}."
    return f"{died} {advice[:1].upper()}{advice[1:]}".rstrip()


def _say(line: str) -> None:
    """One line on standard error, below a bar that the child may have left there."""
    console = Console(stderr=True)
    if console.is_terminal:
        console.show_cursor()
        console.line()
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _end_with_parent() -> NoReturn:
    """Ends this process at once when its parent is gone, as if it had been killed itself."""
    while os.read(0, 1):
        pass
    os._exit(1)


class _Interrupts:
    """Raises KeyboardInterrupt once for each time that somebody presses Ctrl-C."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_s = -math.inf

    def __call__(self, number: int, frame: FrameType | None) -> None:
        now = self._clock()
        again, self._last_s = now - self._last_s < _SAME_INTERRUPT_S, now
        if not again:
            raise KeyboardInterrupt
