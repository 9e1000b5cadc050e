"""Reading an exported run from an untrusted source: everything is checked before it is used."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast, get_args

from pydantic import ValidationError

from kdviz.content import is_special
from kdviz.errors import KdvizError, StoreError
from kdviz.store import arrays
from kdviz.store.archive import FORMAT, JSON_FILES, METRICS_HEADER, ArchivedRun
from kdviz.store.failures import as_store_errors
from kdviz.store.records import LARGEST_EPOCH, Metric
from kdviz.types import ARMS, Arm, Stage

Settings = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Upgrades a config that another version stored. Raises KdvizError."""

_MB = 1 << 20
MAX_FILES = 2_500
MAX_BYTES = 4 << 30
MAX_RATIO = 200
MAX_METRICS = 1_000_000
"""Numbers of a run, of which the longest that the settings allow has a tenth."""
_RATIO_MATTERS_BYTES = _MB  # short texts compress by a hundred

_WEIGHTS = rf"weights/({'|'.join(ARMS)})\.safetensors"
_PROBE, _SURVEY = r"probe/epoch-[0-9]{4}\.npz", r"surveys/[a-z0-9-]{1,40}\.npz"
_MAX_BYTES_OF = {
    **dict.fromkeys(map(re.escape, JSON_FILES), 4 * _MB),
    r"metrics\.csv": 64 * _MB,
    r"marks\.npz": arrays.MAX_BYTES,
    _WEIGHTS: 2048 * _MB,
    **dict.fromkeys((_PROBE, _SURVEY), arrays.MAX_BYTES),
}
_FOLDERS = ("weights/", "probe/", "surveys/")
_CHECKS: Mapping[str, Callable[[Path], None]] = {
    r"(card|notes)\.json": lambda path: None,  # checked when read
    r"marks\.npz": arrays.check_marks,
    _WEIGHTS: arrays.check_weights,
    _PROBE: arrays.check_probe_file,
    _SURVEY: arrays.check_survey_file,
}
"""The members that are kept as files, each with its check; the others are stored as rows."""
_CHUNK = _MB
_MEASURE_LENGTH = 64


class RunArchive:
    """A zip whose members, texts and numbers have been checked; arrays are checked in `unpack`."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._members = _checked(file.infolist())
        found = {name: self._json(name) for name in JSON_FILES if name in self._members}
        self.run = ArchivedRun.model_validate(found["run.json"])
        self._config: dict[str, Any] = found["config.json"]
        self._results: Mapping[str, Any] | None = found.get("results.json")
        self.metrics = self._metrics()

    def config(self, settings: Settings) -> dict[str, Any]:
        """The run's settings, upgraded by `settings`."""
        try:
            config = dict(settings(self._config))
        except KdvizError as error:
            raise _RefusedError(f"its settings are not understood: {str(error).splitlines()[0]}") from error
        if self._results is not None and not set(config.get("arms", ())) <= set(self._results):
            raise _RefusedError("results.json lacks an arm that its settings name.")
        return config

    def columns(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """The run's row in the database, without its id."""
        results = None if self._results is None else json.dumps(self._results)
        return {**self.run.columns(), "config": json.dumps(config), "results": results}

    def unpack(self, folder: Path) -> None:
        """Write the files of the run into its empty folder."""
        for name, member in self._members.items():
            check = next((check for form, check in _CHECKS.items() if re.fullmatch(form, name)), None)
            if check is None:
                continue
            with as_store_errors(folder.parent):
                self._write(member, folder / name)
            with _damage_refused(name):
                check(folder / name)

    def _write(self, member: zipfile.ZipInfo, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        with path.open("xb") as file:
            for chunk in self._chunks(member):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())

    def _chunks(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        with _damage_refused(member.filename), self._file.open(member) as stream:
            yield from iter(partial(stream.read, _CHUNK), b"")

    def _content(self, name: str) -> bytes:
        # Never in one read: it would trust the size stated in the zip, and could unpack gigabytes.
        return b"".join(self._chunks(self._members[name]))

    def _json(self, name: str) -> Any:
        content = self._content(name)
        with _damage_refused(name):
            decoded = json.loads(content)
            if name == "run.json" and decoded["format"] > FORMAT:
                raise _RefusedError("it was exported by a newer kdviz. Upgrade kdviz.")
            JSON_FILES[name].validate_python(decoded)
        return decoded

    def _metrics(self) -> list[Metric]:
        content = self._content("metrics.csv")
        with _damage_refused("metrics.csv"):
            return list(_metrics(content.decode()))


@contextmanager
def opened_archive(path: Path) -> Iterator[RunArchive]:
    """The archive at `path`. Raises StoreError if it is refused, here or in the body."""
    try:
        with _zip(path) as file:
            yield RunArchive(file)
    except _RefusedError as error:
        raise StoreError(f"import: {str(path)!r} was refused: {error}") from error


class _RefusedError(Exception):
    """The reason to refuse a zip, as a sentence."""


@contextmanager
def _damage_refused(name: str) -> Iterator[None]:
    """Converts any error of a reader on a damaged member into one sentence."""
    try:
        yield
    except _RefusedError:
        raise
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _RefusedError(f"{name} is damaged ({place}: {first['msg']}). Export the run again.") from error
    except KeyError as error:
        raise _RefusedError(f"{name} is damaged (it lacks {error}). Export the run again.") from error
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise _RefusedError(f"{name} is damaged ({reason}). Export the run again.") from error


def _zip(path: Path) -> zipfile.ZipFile:
    try:
        if is_special(path):
            raise ValueError
        return zipfile.ZipFile(path)
    except FileNotFoundError:
        raise StoreError(f"import: there is no file {str(path)!r}. Give a zip that `export` wrote.") from None
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise StoreError(f"import: {str(path)!r} is not a readable zip file. Export the run again.") from None


def _checked(members: Sequence[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The files by name, if each may be part of an exported run."""
    files = [member for member in members if member.filename not in _FOLDERS]
    if problem := next(_problems(files), None):
        raise _RefusedError(problem)
    return {member.filename: member for member in files}


def _problems(members: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    names = {member.filename for member in members}
    if len(members) > MAX_FILES:
        yield f"it contains {len(members):,} files, more than the limit of {MAX_FILES:,}."
    if sum(member.file_size for member in members) > MAX_BYTES:
        yield f"it unpacks to more than {MAX_BYTES >> 30} GB."
    for member in members:
        yield from _problems_of(member)
    if len(names) < len(members):
        yield "it contains two files with the same name."
    for needed in ("run.json", "config.json", "metrics.csv"):
        if needed not in names:
            yield f"{needed} is missing."


def _problems_of(member: zipfile.ZipInfo) -> Iterator[str]:
    name = ascii(member.filename)
    limit = next((size for form, size in _MAX_BYTES_OF.items() if re.fullmatch(form, member.filename)), None)
    if limit is None:
        yield f"{name} is not part of an exported run."
    elif member.file_size > limit:
        yield f"{name} unpacks to more than {limit // _MB} MB."
    if stat.S_ISLNK(member.external_attr >> 16):
        yield f"{name} is a link."
    if member.flag_bits & 1:
        yield f"{name} is locked by a password."
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        yield f"{name} is compressed with an unsupported method."
    if member.file_size > max(_RATIO_MATTERS_BYTES, MAX_RATIO * member.compress_size):
        yield f"{name} unpacks to more than {MAX_RATIO} times its size."


def _metrics(text: str) -> Iterator[Metric]:
    """Raises ValueError for an invalid line."""
    lines, seen = csv.reader(io.StringIO(text, newline=""), strict=True), set()
    if next(lines, None) != METRICS_HEADER:
        raise ValueError(f"line 1 is not {','.join(METRICS_HEADER)}")
    for row, line in enumerate(lines, start=2):
        if row > MAX_METRICS + 1:
            raise ValueError(f"it has more than {MAX_METRICS:,} numbers")
        if len(line) != len(METRICS_HEADER):
            raise ValueError(f"line {row} has {len(line)} values")
        stage, epoch, arm, measure, value = cast("tuple[Stage, str, Arm, str, str]", line)
        metric = Metric(row, stage, float(epoch), arm, measure, float(value or "nan"))
        if stage not in get_args(Stage) or arm not in ARMS or not 0 < len(measure) <= _MEASURE_LENGTH:
            raise ValueError(f"line {row} has an unknown name")
        if not 0 <= metric.epoch <= LARGEST_EPOCH or metric[1:5] in seen:
            raise ValueError(f"line {row} has an invalid epoch")
        seen.add(metric[1:5])
        yield metric
