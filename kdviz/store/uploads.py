"""Data that visitors uploaded, in `<runs>/uploads/<hash of the content>/`."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from kdviz.datasets.counts import files_counted
from kdviz.datasets.file_source import MAX_FILES, points_outside, printable, uploaded
from kdviz.errors import DataError, StoreError
from kdviz.replacing import write_atomically
from kdviz.store.failures import as_store_errors
from kdviz.store.limits import read_limits
from kdviz.store.teacher_files import weights_name
from kdviz.store.upload_owners import UploadOwners

UPLOADS_FOLDER = "uploads"
MAX_UPLOAD_BYTES = 1 << 30
MAX_ALL_BYTES = 8 << 30
UNUSED_S = 24 * 3600.0
"""How long an upload is kept after a page has shown it for the last time, if no run uses it."""

LEFT_S = 600.0
"""After this time without a page that shows it, an upload makes way for its visitor's next one."""

_TOKEN = re.compile(r"upload-([0-9a-f]{16})")
_WHOLE = (".zip", ".npz", ".csv", ".tsv", ".jsonl", ".ndjson")
"""Endings of files that are a data set by themselves."""
_LONGEST_NAME = 80


class UploadedFile(NamedTuple):
    """A file as the browser sent it. name: with its folders, for a folder."""

    name: str
    content: bytes


def upload_token(data: str) -> str:
    """What stands for an upload's path in links and fields, "" for other paths."""
    found = uploaded(data)
    return f"upload-{found}" if found else ""


def path_or_token(data: str | None) -> str:
    """What pages know a visitor's files by: an upload by its token, others by their path, "" for none."""
    return upload_token(data or "") or data or ""


def is_upload_token(text: str) -> bool:
    """Whether a text stands for an upload."""
    return _TOKEN.fullmatch(text) is not None


class Uploads:
    """The uploads of a runs directory. Their paths are settings of runs; pages show them as tokens."""

    def __init__(
        self, directory: Path, configs: Callable[[], Iterable[str]], viewer: str | None = None
    ) -> None:
        """configs: the settings of every run, as stored text. viewer: who uploads; None has no limit."""
        self._directory, self._configs, self._viewer = directory / UPLOADS_FOLDER, configs, viewer
        self._owners = UploadOwners(directory)

    def keep(
        self, files: Sequence[UploadedFile], *, counted: Callable[[str], object] = files_counted
    ) -> Path:
        """Store one file, or the files of a folder, and return the path for the setting `data`.

        counted: as of `OwnFiles`, or its `readable`, which look at the files as a run does. Equal content is
        stored once. Raises DataError for files that a run would refuse, and StoreError if they are too large,
        or more than the visitor may keep.
        """
        size = sum(len(file.content) for file in files)
        _check_amount(files, size)
        place = self._directory / _content_hash(files)
        with self._owned(place, size):
            if not place.exists():
                self._make_room(size)
                self._write(files, place, counted)
        return next(place.iterdir())

    def keep_weights(self, file: UploadedFile) -> Path:
        """Store a network's file, and return the path for the setting `teacher_weights`.

        It is not read here. Equal content is stored once. Raises StoreError as `keep` does.
        """
        file = UploadedFile(weights_name(file.name), file.content)
        _check_amount([file], len(file.content))
        place = self._directory / hashlib.sha256(file.content).hexdigest()[:16]
        with self._owned(place, len(file.content)):
            path = next(place.glob("*"), place / file.name)
            if not path.exists():
                self._make_room(len(file.content))
                write_atomically(path, file.content)
        return path

    def release(self, path: Path) -> None:
        """Note that the visitor no longer keeps an upload. It is removed if nobody else and no run does."""
        if self._viewer is not None:
            with as_store_errors(self._directory.parent):
                self._release(self._viewer, uploaded(path), self._used())

    def _release(self, viewer: str, name: str, used: set[str]) -> None:
        self._owners.drop(viewer, name)
        if not self._owners.kept(name) and name not in used:
            shutil.rmtree(self._directory / name, ignore_errors=True)

    def find(self, text: str) -> Path | None:
        """The path that a token stands for; None for another text, or one that is gone."""
        found = _TOKEN.fullmatch(text)
        place = self._directory / found[1] if found else None
        return next(place.iterdir(), None) if place and place.is_dir() else None

    def touch(self, path: Path) -> None:
        """Note that a page shows an upload now."""
        with suppress(FileNotFoundError):
            os.utime(self._directory / uploaded(path))

    def sweep(self, unused_s: float = UNUSED_S) -> None:
        """Remove the uploads that no run uses and that no page has shown for a time."""
        used = self._used()
        for place in self._directory.glob("*"):
            if place.name not in used and self._unseen_for(place.name, unused_s):
                shutil.rmtree(place, ignore_errors=True)
                self._owners.drop_all(place.name)

    def _used(self) -> set[str]:
        """The uploads that runs name."""
        return {found for text in self._configs() for found in re.findall(r"/uploads/([0-9a-f]{16})/", text)}

    @contextmanager
    def _owned(self, place: Path, size: int) -> Iterator[None]:
        """Note, once the block has stored an upload, that the visitor keeps it; or raise StoreError."""
        with as_store_errors(self._directory.parent):
            self._directory.mkdir(exist_ok=True)
            if self._viewer is not None:
                self._check_share(self._viewer, place.name, size)
            yield
            if self._viewer is not None:
                self._owners.add(self._viewer, place.name)
        self.touch(place)

    def _check_share(self, viewer: str, name: str, size: int) -> None:
        """Raises StoreError if a visitor would keep too much, even without what they have left behind."""
        allowed, used = read_limits(self._directory.parent).upload_mb << 20, self._used()
        others = {
            each: _size(self._directory / each) for each in self._owners.uploads(viewer) if each != name
        }
        for each in [each for each in others if each not in used and self._unseen_for(each, LEFT_S)]:
            if sum(others.values()) + size <= allowed:
                return
            self._release(viewer, each, used)
            del others[each]
        if (there := sum(others.values())) + size > allowed:
            raise StoreError(
                f"data: the upload has {size / 2**20:,.0f} MB, and you keep {there / 2**20:,.0f} MB here of "
                f"the {allowed >> 20:,} MB that are allowed. Remove an upload, or delete a run that uses one."
            )

    def _unseen_for(self, name: str, seconds: float) -> bool:
        """Whether no page has shown an upload for a time, or it is gone."""
        try:
            return time.time() - (self._directory / name).stat().st_mtime > seconds
        except FileNotFoundError:
            return True

    def _write(self, files: Sequence[UploadedFile], place: Path, counted: Callable[[str], object]) -> None:
        """All files or none; checked as a run would check them, before they are at their place."""
        with tempfile.TemporaryDirectory(dir=self._directory, prefix="unfinished-") as scratch:
            inside = Path(scratch, place.name)
            top = inside / _name(files)
            for relative, content in _inside(files).items():
                target = top / relative if relative else top
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            counted(str(top))
            try:
                inside.rename(place)
            except OSError:  # another visitor was faster
                if not place.exists():
                    raise

    def _make_room(self, size: int) -> None:
        """Raises StoreError if all uploads together would be too large, even after a sweep."""
        self.sweep()
        there = _size(self._directory)
        if there + size > MAX_ALL_BYTES:
            raise StoreError(
                f"data: the server keeps {there / 2**30:.1f} GB of uploads, at most "
                f"{MAX_ALL_BYTES >> 30} GB. Delete runs on uploads, or try again tomorrow."
            )


def _size(folder: Path) -> int:
    """Bytes of the files in a folder; 0 if it is gone."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _check_amount(files: Sequence[UploadedFile], size: int) -> None:
    if size > MAX_UPLOAD_BYTES:
        raise StoreError(
            f"data: the upload has {size / 2**20:,.0f} MB, at most {MAX_UPLOAD_BYTES >> 20:,} are taken. "
            "Make the files smaller, or leave some out."
        )
    if len(files) > MAX_FILES:
        raise StoreError(f"data: the upload has {len(files):,} files, at most {MAX_FILES:,} are taken.")
    for file in files:
        if points_outside(file.name) or not file.name.strip("/ "):
            raise DataError(f"data: {printable(file.name)!r} is no name in a folder. Rename the file.")


def _content_hash(files: Sequence[UploadedFile]) -> str:
    """16 hex digits of names and contents, in the order of the names."""
    digest = hashlib.sha256()
    for file in sorted(files):
        name = file.name if len(files) > 1 else PurePosixPath(file.name).suffix
        digest.update(name.encode("utf-8", "surrogateescape") + b"\0")
        digest.update(hashlib.sha256(file.content).digest())
    return digest.hexdigest()[:16]


def _is_whole(files: Sequence[UploadedFile]) -> bool:
    return len(files) == 1 and PurePosixPath(files[0].name).suffix.lower() in _WHOLE


def _common_folder(files: Sequence[UploadedFile]) -> str:
    """The one folder that all files are in, "" if there is none."""
    tops = {_parts(file)[0] if len(_parts(file)) > 1 else "" for file in files}
    return tops.pop() if len(tops) == 1 else ""


def _name(files: Sequence[UploadedFile]) -> str:
    """The name of the one file, or of the folder; "files" for loose ones."""
    if _is_whole(files):
        name = PurePosixPath(files[0].name)
        return _safe(name.stem) + name.suffix.lower()
    return _safe(_common_folder(files))


def _inside(files: Sequence[UploadedFile]) -> dict[str, bytes]:
    """Contents by the names in their common folder; "" is the name of the one file."""
    if _is_whole(files):
        return {"": files[0].content}
    start = 1 if _common_folder(files) else 0
    return {"/".join(_parts(file)[start:]): file.content for file in files}


def _parts(file: UploadedFile) -> tuple[str, ...]:
    return PurePosixPath(file.name.replace("\\", "/")).parts


def _safe(name: str) -> str:
    """A file name of letters, digits, space, "-" and "_", in any script."""
    kept = "".join(letter if letter.isalnum() or letter in " -_" else "_" for letter in name)
    return kept.strip()[:_LONGEST_NAME] or "files"
