"""Results that are remembered: bounded, computed once, one computation at a time on a device."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, RLock
from typing import Generic, TypeVar

import torch

Value = TypeVar("Value")

_LOCKS: dict[str, RLock] = {}
_LOCKS_GUARD = Lock()


def device_lock(device: torch.device) -> RLock:
    """The lock under which a device computes for pages. The thread that holds it may take it again."""
    with _LOCKS_GUARD:
        return _LOCKS.setdefault(device.type, RLock())


class Cache(Generic[Value]):
    """The latest `size` results by key. One that is there is given out without waiting for anybody."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._guard = Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable, compute: Callable[[], Value], lock: RLock) -> Value:
        """The result for a key; where it is missing, computed under the lock by whoever comes first."""
        if (found := self._find(key)) is not None:
            return found
        with lock:
            if (found := self._find(key)) is not None:
                return found
            value = compute()
            self._keep(key, value)
            return value

    def _find(self, key: Hashable) -> Value | None:
        with self._guard:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def _keep(self, key: Hashable, value: Value) -> None:
        with self._guard:
            self._values[key] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
