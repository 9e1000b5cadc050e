"""Locks between processes. The operating system releases the locks of a dead process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from kdviz.errors import StoreError
from kdviz.store.failures import as_store_errors


class TakenError(StoreError):
    """Another process or thread holds the lock."""


@contextmanager
def held(file: Path, directory: Path, *, timeout_s: float, taken: str) -> Iterator[None]:
    """Hold a lock file of a runs directory. Raises TakenError with the message `taken`."""
    lock = FileLock(file, timeout=timeout_s)
    with as_store_errors(directory):
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout:
            raise TakenError(taken) from None
    try:
        yield
    finally:
        lock.release()
