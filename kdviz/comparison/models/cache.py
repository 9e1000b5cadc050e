"""Results that are remembered: bounded, computed once, one computation at a time on a device."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from threading import Lock, get_ident
from typing import Any, Generic, TypeVar

import torch

Value = TypeVar("Value")


class FairLock:
    """A lock that goes to whoever waits. The thread that holds it may take it again.

    With an RLock, work that lets go and takes again at once kept a page waiting for up to ten slices: the
    one who waits has to wake up first.
    """

    def __init__(self) -> None:
        self._lock, self._turn = Lock(), Lock()
        self._owner: int | None = None
        self._depth = 0

    def __enter__(self) -> None:
        if self._owner != get_ident():
            # Who waits for the lock holds the turn, so who has just let go comes after.
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
    """The lock under which a device computes for pages."""
    with _LOCKS_GUARD:
        return _LOCKS.setdefault(device.type, FairLock())


class Cache(Generic[Value]):
    """The latest `size` results by key. One that is there is given out without waiting for anybody."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._guard = Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable, compute: Callable[[], Value], lock: AbstractContextManager[Any]) -> Value:
        """The result for a key; where it is missing, computed under the lock by whoever comes first."""
        if (found := self.find(key)) is not None:
            return found
        with lock:
            if (found := self.find(key)) is not None:
                return found
            value = compute()
            self.keep(key, value)
            return value

    def find(self, key: Hashable) -> Value | None:
        """The result for a key, or None where it is missing."""
        with self._guard:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: Hashable, value: Value) -> None:
        """Remembers a result."""
        with self._guard:
            self._values[key] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
