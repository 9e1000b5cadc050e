"""A bounded cache: the latest results by key, each computed once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

_UNLOCKED = nullcontext()


class Cache(Generic[Value]):
    """The `size` results used last, by key. Thread-safe; a known result is returned without waiting."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._guard = Lock()
        self._values: OrderedDict[Hashable, Value] = OrderedDict()

    def get(
        self, key: Hashable, compute: Callable[[], Value], lock: AbstractContextManager[Any] = _UNLOCKED
    ) -> Value:
        """The result for a key; a missing one is computed, with a lock by the first thread to take it."""
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
        """Store a result as the latest one."""
        with self._guard:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)

    def clear(self) -> None:
        """Drop all results, as in a new process."""
        with self._guard:
            self._values.clear()
