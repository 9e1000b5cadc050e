"""Files that are written whole or not at all: a reader finds the old content or the new one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to, which takes its place at the end of the block.

    If the block raises, or the process is killed in it, `path` is as it was. What is no file, such as a pipe,
    is written to as it is. Raises OSError.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
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
