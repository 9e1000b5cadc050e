"""A person's own files, in a directory or a zip: their names, their bytes, and what is refused."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from kdviz.content import file_hash, folder_hash
from kdviz.errors import DataError

# A zip is read member by member and never unpacked to disk. These limits keep a hostile one from
# filling the memory or the day.
MAX_FILES = 200_000
MAX_BYTES = 16 << 30
MAX_FILE_BYTES = 256 << 20
MAX_RATIO = 200
_RATIO_MATTERS_BYTES = 1 << 20  # small flat pictures pack by a thousand, harmlessly


class FileSource(Protocol):
    """Files by name: relative, with forward slashes, in order."""

    names: tuple[str, ...]

    def open(self, name: str) -> IO[bytes]:
        """The file's bytes. Raises OSError, or what zipfile raises on a broken member."""


@contextmanager
def opened(path: Path) -> Iterator[FileSource]:
    """The files in a directory or a zip. Raises DataError if it is neither, or is refused."""
    if path.is_dir():
        yield DirectorySource(path)
        return
    with _zip(path) as file:
        yield ZipSource(file, path)


def fingerprint(path: Path) -> str:
    """Names the content of a zip, or of a folder with its relative paths; "" where there is nothing.

    Hidden files in a folder do not count: a file manager may leave some at any time.
    """
    if path.is_dir():
        return folder_hash(path, lambda: [file for file in _listed(path) if not is_hidden(file[0])])
    return file_hash(path) if path.is_file() else ""


class DirectorySource:
    """The files below a directory; links to directories are not followed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.names = tuple(name for name, _ in _listed(path))

    def open(self, name: str) -> IO[bytes]:
        """The file's bytes."""
        return (self._path / name).open("rb")


class ZipSource:
    """The files in a zip that has passed every check."""

    def __init__(self, file: zipfile.ZipFile, path: Path) -> None:
        self._file = file
        members = [member for member in file.infolist() if not member.is_dir()]
        if problem := next(_problems(members), None):
            raise DataError(f"data: {path.name!r} was refused: {problem}")
        self._members = {member.filename.replace("\\", "/"): member for member in members}
        self.names = tuple(sorted(self._members))

    def open(self, name: str) -> IO[bytes]:
        """The member's bytes, unpacked in memory."""
        return io.BytesIO(self._file.read(self._members[name]))


def is_hidden(name: str) -> bool:
    """Whether a file is none of the person's own: what an operating system or a tool leaves in folders."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def printable(name: str) -> str:
    """A file's name as it may stand in one line of text."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)


def _zip(path: Path) -> zipfile.ZipFile:
    if not path.exists():
        raise DataError(f"data: no folder or zip {str(path)!r}. Give the path of a folder or zip of images.")
    try:
        return zipfile.ZipFile(path)
    except PermissionError:
        raise DataError(f"data: {str(path)!r} may not be read. Change its permissions.") from None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise DataError(
            f"data: {str(path)!r} is neither a folder nor a readable zip file. Give a folder, or zip it anew."
        ) from None


def _problems(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Why a zip is not read, a line each."""
    if len(members) > MAX_FILES:
        yield f"it holds {len(members):,} files, at most {MAX_FILES:,} are read. Give the unpacked folder."
    if sum(member.file_size for member in members) > MAX_BYTES:
        yield f"it unpacks to more than {MAX_BYTES >> 30} GB. Unpack it and give the folder."
    for member in members:
        name = printable(member.filename)
        if _points_outside(member.filename):
            yield f"{name!r} points outside the archive. Zip the folder anew."
        if stat.S_ISLNK(member.external_attr >> 16):
            yield f"{name!r} is a link. Zip the files themselves."
        if member.flag_bits & 1:
            yield f"{name!r} is locked by a password. Zip the folder without one."
        if member.file_size > MAX_FILE_BYTES:
            yield f"{name!r} unpacks to more than {MAX_FILE_BYTES >> 20} MB. Leave it out."
        if member.file_size > max(_RATIO_MATTERS_BYTES, MAX_RATIO * member.compress_size):
            yield f"{name!r} unpacks to more than {MAX_RATIO} times its size, as no photo does. Leave it out."


def _points_outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or (path.parts[:1] != () and ":" in path.parts[0])


def _listed(path: Path) -> list[tuple[str, os.stat_result]]:
    """Relative name and status of each file, in order. Raises DataError for a folder that cannot be read."""
    found = []
    for folder, _, files in os.walk(path, onerror=_unreadable):
        inside = os.path.relpath(folder, path).replace(os.sep, "/")
        for file in files:
            try:
                status = os.stat(os.path.join(folder, file))
            except FileNotFoundError:  # a link to nothing
                continue
            if stat.S_ISREG(status.st_mode):
                found.append((file if inside == "." else f"{inside}/{file}", status))
    return sorted(found, key=lambda item: item[0])


def _unreadable(error: OSError) -> None:
    raise DataError(f"data: {str(error.filename)!r} may not be read. Change its permissions.")
