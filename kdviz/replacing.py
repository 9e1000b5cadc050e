"""Files that are written whole or not at all: a reader finds the old content or the new one.

A killed process leaves a temporary file. It held a lock on it, which the operating system has released: so
the next writer of the same file, or `swept`, knows that nobody writes to it any more.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where the lock of an open file would keep its writer out
    fcntl = None  # type: ignore[assignment]


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to, which takes its place at the end of the block.

    If the block raises, or the process is killed in it, `path` is as it was. What is no file, such as a pipe,
    is written to as it is. Raises OSError.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    swept(path.parent, path.name)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with _locked(temporary):
        try:
            yield temporary
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def write_atomically(path: Path, content: bytes | memoryview) -> None:
    """Write a file, whose folder is made if there is none. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replaced(path) as temporary:
        temporary.write_bytes(content)


def swept(folder: Path, of: str = "") -> list[Path]:
    """Remove the temporary files in a folder whose writers were killed, and return them.

    of: of this file alone. Files that a living process writes to are left alone.
    """
    return [path for path in _temporary(folder, of) if _abandoned(path)]


def _temporary(folder: Path, of: str) -> Iterator[Path]:
    name = re.compile(rf"{re.escape(of) or '.+'}\.[0-9]+\.tmp")
    with suppress(OSError), os.scandir(folder) as found:
        yield from [Path(each.path) for each in found if name.fullmatch(each.name)]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """A new, empty file with a lock on it while the block runs."""
    descriptor = _opened(path)
    try:
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    """The descriptor of the locked file. Another process may take it for abandoned before it is locked."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if fcntl is None:
            return descriptor
        with suppress(OSError):  # a file system without locks, where nothing is swept either
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        os.close(descriptor)


def _abandoned(path: Path) -> bool:
    """Whether nobody held the file, which is then removed."""
    if fcntl is None:
        return False
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink(missing_ok=True)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)
