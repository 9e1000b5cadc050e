"""Errors of a runs directory as one line each."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kdviz.errors import DamagedDatabaseError, StoreError

BUSY_S = 10.0
"""How long to wait for a write of another process. Writes take milliseconds."""

_FULL = "the disk is full. Free some space; what was saved before is kept."
_READ_ONLY = "cannot be written to. Make it writable, or choose another directory."
_BUSY = (
    f"the database has been in use by another program for {BUSY_S:.0f} s. Close that program, or try again."
)
_DAMAGED = (
    "the database kdviz.sqlite is damaged. Put a copy in its place, or move it away to start over; "
    "the folders of the runs are not touched."
)

_SQLITE = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR_SHMSIZE: _FULL,  # a full disk while the database is opened
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
}

_OS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _READ_ONLY,
    errno.EPERM: _READ_ONLY,
    errno.EROFS: _READ_ONLY,
    errno.EEXIST: "is a file. Choose a directory.",
    errno.ENOTDIR: "is below a file. Choose another directory.",
}


@contextmanager
def as_store_errors(directory: Path) -> Iterator[None]:
    """Converts errors of SQLite and the operating system into a StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0)
        reason = _SQLITE.get(code) or _SQLITE.get(code & 0xFF) or f"{error}."  # the low byte is the kind
        kind = DamagedDatabaseError if reason is _DAMAGED else StoreError
        raise kind(f"{_where(directory)} {reason}") from error
    except OSError as error:
        reason = _OS.get(error.errno or 0, f"{error.strerror or error}.")
        raise StoreError(f"{_where(directory)} {reason}") from error


def busy(directory: Path) -> str:
    """The message for a database that another program keeps locked."""
    return f"{_where(directory)} {_BUSY}"


def newer_schema(directory: Path, found: int, known: int) -> StoreError:
    """The error for a database of a later version."""
    return StoreError(
        f"{_where(directory)} was written by a newer kdviz (schema {found}, this one knows {known}). "
        "Upgrade kdviz, or choose another directory."
    )


def _where(directory: Path) -> str:
    return f"runs directory {str(directory)!r}:"
