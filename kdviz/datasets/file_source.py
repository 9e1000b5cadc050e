"""A user's files: names, contents, and checks; of a directory, or of a zip."""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from os.path import exists  # False for a name that no file can have
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from kdviz.content import is_special
from kdviz.errors import DataError

# A zip is read member by member and never unpacked to disk. These limits keep a malicious one from
# exhausting memory or time.
MAX_FILES = 200_000
MAX_BYTES = 16 << 30
MAX_FILE_BYTES = 256 << 20
MAX_RATIO = 200
_RATIO_MATTERS_BYTES = 1 << 20  # small uniform images compress by a thousand

_UPLOADED = re.compile(r"/uploads/(?:unfinished-[^/]+/)?([0-9a-f]{16})(?:/|$)")


class FileSource(Protocol):
    """Files by name: relative, with forward slashes, sorted. skipped: names of what is no file."""

    names: tuple[str, ...]
    skipped: tuple[str, ...]

    def open(self, name: str) -> IO[bytes]:
        """The file's content. Raises OSError, or zipfile's errors for a broken member."""


class DirectorySource:
    """The files below a directory; links to directories are not followed.

    names: those to use, all by default. skipped: links that lead nowhere, devices and pipes.
    """

    def __init__(self, path: Path, names: tuple[str, ...] | None = None) -> None:
        self._path = path
        skipped: list[str] = []
        self.names = tuple(name for name, _ in files_below(path, skipped)) if names is None else names
        self.skipped = tuple(sorted(skipped))

    def open(self, name: str) -> IO[bytes]:
        """The file's bytes."""
        return (self._path / name).open("rb")


class ZipSource:
    """The files in a zip, after all checks."""

    skipped: tuple[str, ...] = ()

    def __init__(self, file: zipfile.ZipFile, path: Path) -> None:
        self._file = file
        members = [member for member in file.infolist() if not member.is_dir()]
        if problem := next(zip_problems(members), None):
            raise DataError(f"data: {path.name!r} was refused: {problem}")
        self._members = {member.filename.replace("\\", "/"): member for member in members}
        self.names = tuple(sorted(self._members))

    def open(self, name: str) -> IO[bytes]:
        """The member's bytes, unpacked in memory."""
        return io.BytesIO(self._file.read(self._members[name]))


def read_member(source: FileSource, name: str, most: int) -> bytes:
    """The first bytes of a file, up to `most`. Raises DataError if it cannot be read."""
    try:
        with source.open(name) as file:
            return file.read(most)
    except Exception:  # a damaged zip can raise anything
        raise DataError(f"data: {printable(name)!r} cannot be read. Save it again.") from None


def is_hidden(name: str) -> bool:
    """Whether a file was created by an operating system or a tool, rather than by the user."""
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def uploaded(path: Path | str) -> str:
    """The content hash of files that came through a browser, "" for others.

    They are kept in `uploads/<hash>/` of a runs directory, which no page shows.
    """
    found = _UPLOADED.search(Path(path).as_posix())
    return found[1] if found else ""


def shown(path: Path | str) -> str:
    """A path as a message shows it: of an uploaded file its name alone."""
    return Path(path).name if uploaded(path) else str(path)


def printable(name: str) -> str:
    """A file's name, printable on one line."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)


def readable_zip(path: Path, noun: str = "image") -> zipfile.ZipFile:
    """A zip that can be opened. noun: name of a file in errors. Raises DataError with one line."""
    if not exists(path):
        raise DataError(
            f"data: no folder or zip {shown(path)!r}. Give the path of a folder or zip of {noun}s."
        )
    try:
        if is_special(path):
            raise ValueError
        return zipfile.ZipFile(path)
    except PermissionError:
        raise DataError(f"data: {shown(path)!r} cannot be read. Change its permissions.") from None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise DataError(
            f"data: {shown(path)!r} is neither a folder nor a readable zip file. Give a folder, or zip it "
            "again."
        ) from None


def zip_problems(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Reasons to refuse a zip, a line each."""
    if len(members) > MAX_FILES:
        yield f"it contains {len(members):,} files, more than the limit of {MAX_FILES:,}. Give the folder."
    if sum(member.file_size for member in members) > MAX_BYTES:
        yield f"it unpacks to more than {MAX_BYTES >> 30} GB. Unpack it and give the folder."
    for member in members:
        name = printable(member.filename)
        if points_outside(member.filename):
            yield f"{name!r} points outside the archive. Zip the folder again."
        if stat.S_ISLNK(member.external_attr >> 16):
            yield f"{name!r} is a link. Zip the files themselves."
        if member.flag_bits & 1:
            yield f"{name!r} is locked by a password. Zip the folder without one."
        if member.file_size > MAX_FILE_BYTES:
            yield f"{name!r} unpacks to more than {MAX_FILE_BYTES >> 20} MB. Leave it out."
        if member.file_size > max(_RATIO_MATTERS_BYTES, MAX_RATIO * member.compress_size):
            yield f"{name!r} unpacks to more than {MAX_RATIO} times its size. Leave it out."


def points_outside(name: str) -> bool:
    """Whether a relative name leaves its directory."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or (path.parts[:1] != () and ":" in path.parts[0])


def files_below(path: Path, skipped: list[str] | None = None) -> list[tuple[str, os.stat_result]]:
    """Relative name and status of each file, sorted. Raises DataError for an unreadable folder.

    skipped: gets the names of what is no file: a link to nothing or to itself, a device, a pipe.
    """
    found = []
    skipped = [] if skipped is None else skipped
    for folder, _, files in os.walk(path, onerror=_unreadable):
        inside = os.path.relpath(folder, path).replace(os.sep, "/")
        for file in files:
            name = file if inside == "." else f"{inside}/{file}"
            try:
                status = os.stat(os.path.join(folder, file))
            except OSError:
                skipped.append(name)
                continue
            if stat.S_ISREG(status.st_mode):
                found.append((name, status))
            else:
                skipped.append(name)
    return sorted(found, key=lambda item: item[0])


def _unreadable(error: OSError) -> None:
    raise DataError(f"data: {shown(error.filename)!r} cannot be read. Change its permissions.")
