"""A lock per device, for computations of pages."""

from __future__ import annotations

from threading import Lock, get_ident

import torch


class FairLock:
    """A reentrant lock that is handed to a waiting thread first.

    With an RLock, a thread that releases and acquires again at once kept a page waiting for up to ten slices:
    the waiting thread has to wake up first.
    """

    def __init__(self) -> None:
        self._lock, self._turn = Lock(), Lock()
        self._owner: int | None = None
        self._depth = 0

    def __enter__(self) -> None:
        if self._owner != get_ident():
            # A waiting thread holds `_turn`, so a thread that has just released the lock queues behind it.
            with self._turn:
                self._lock.acquire()
            self._owner = get_ident()
        self._depth += 1

    def __exit__(self, *error: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = None
            self._lock.release()


_LOCKS: dict[str, FairLock] = {}
_LOCKS_GUARD = Lock()


def device_lock(device: torch.device) -> FairLock:
    """The lock for computations on a device."""
    with _LOCKS_GUARD:
        return _LOCKS.setdefault(device.type, FairLock())


def cpu_lock() -> FairLock:
    """The lock for reading and preparing images."""
    return device_lock(torch.device("cpu"))
