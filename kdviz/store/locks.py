"""Locks between processes. The operating system frees one when its process dies, however it dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kdviz.errors import StoreError
from kdviz.store.failures import told_in_one_line


class TakenError(StoreError):
    """Somebody else holds the lock."""


@contextmanager
def held(file: Path, directory: Path, *, timeout_s: float, taken: str) -> Iterator[None]:
    """Holds a lock file of a runs directory. Raises TakenError, with the line `taken`."""
    lock = FileLock(file, timeout=timeout_s)
    with told_in_one_line(directory):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout:
            raise TakenError(taken) from None
    try:
        yield
    finally:
        lock.release()
