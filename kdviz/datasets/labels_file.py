"""Classes from a CSV beside the pictures: the columns path and label, and split if it is given."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename, dirname, join, normpath

from kdviz.datasets.file_source import (
    MAX_FILES,
    FileSource,
    is_hidden,
    points_outside,
    printable,
    read_member,
)
from kdviz.datasets.layout import SPLIT_NAMES, Layout, Placed, placed_layout
from kdviz.errors import DataError

MAX_TABLE_BYTES = 64 << 20


@dataclass(frozen=True)
class Columns:
    """What columns of a table are called, in lower case, the best name first, and what the table lists.

    anywhere: whether a file may be named without its folder, if no other has its name.
    """

    path: tuple[str, ...] = ("path",)
    label: tuple[str, ...] = ("label",)
    split: tuple[str, ...] = ("split",)
    noun: str = "image"
    anywhere: bool = False


OF_IMAGES = Columns()

_NAMES_SHOWN = 5


@dataclass(frozen=True)
class LabelsFile:
    """A CSV with labels. rows: by the file's name, its class and split. missing: names without a file."""

    name: str
    rows: Mapping[str, tuple[str, str]]
    missing: tuple[str, ...]
    noun: str

    def layout(self, where: str) -> Layout:
        """The layout of the files that exist. Raises DataError if there are fewer than two classes."""
        if self.missing and not self.rows:
            raise DataError(
                f"data: none of the {len(self.missing):,} {self.noun}s of {printable(self.name)!r} was found "
                f"(first: {printable(self.missing[0])!r}). Give paths relative to the CSV."
            )
        placed = {name: Placed(label, split) for name, (label, split) in self.rows.items()}
        splits = {split for _, split in self.rows.values() if split}
        notes = [_missing(self)] if self.missing else []
        return placed_layout(
            where, placed, split=bool(splits - {"train"}), notes=tuple(notes), noun=self.noun
        )


def read_table(source: FileSource, columns: Columns = OF_IMAGES) -> LabelsFile | None:
    """The CSV with labels of a source, the first at the highest level; None if there is none.

    Raises DataError, which names the line, for a table that cannot be used.
    """
    names = [name for name in source.names if name.lower().endswith(".csv") and not is_hidden(name)]
    for name in sorted(names, key=lambda name: (name.count("/"), name)):
        content = read_member(source, name, MAX_TABLE_BYTES + 1)
        if (rows := _rows(content, name, columns)) is not None:
            found = _found(rows, source.names, anywhere=columns.anywhere)
            there = {place: rows[file] for file, place in found.items()}
            return LabelsFile(name, there, tuple(file for file in rows if file not in found), columns.noun)
    return None


def files_of_table(path: Path, columns: Columns = OF_IMAGES) -> tuple[str, ...]:
    """The files that a CSV on disk names and that exist, relative to its folder. Raises DataError."""
    try:
        with path.open("rb") as file:
            rows = _rows(file.read(MAX_TABLE_BYTES + 1), path.name, columns)
    except OSError as error:
        raise DataError(f"data: {path.name!r} cannot be read ({error.strerror}).") from None
    if rows is None:
        raise DataError(
            f"data: {path.name!r} has no columns path and label. Its first line must be path,label or "
            "path,label,split."
        )
    return tuple(sorted(name for name in rows if (path.parent / name).is_file()))


def _rows(content: bytes, name: str, known: Columns) -> dict[str, tuple[str, str]] | None:
    """Class and split by file; None if the first line does not name the columns."""
    if len(content) > MAX_TABLE_BYTES:
        raise DataError(f"data: {printable(name)!r} is larger than {MAX_TABLE_BYTES >> 20} MB. Leave it out.")
    lines = io.StringIO(content.decode("utf-8-sig", "replace"), newline="")
    header = lines.readline()
    delimiter = max(",;\t", key=header.count)
    columns = [column.strip().strip('"').lower() for column in header.split(delimiter)]
    named = {
        next((name for name in names if name in columns), ""): field
        for field, names in (("path", known.path), ("label", known.label), ("split", known.split))
    }
    if not {"path", "label"} <= {named.get(column) for column in columns}:
        return None
    columns = [named.get(column, "") for column in columns]
    rows: dict[str, tuple[str, str]] = {}
    for number, row in _numbered(lines, delimiter, name):
        fields = dict(zip(columns, (cell.strip() for cell in row), strict=False))
        file, entry = _entry(fields, dirname(name), f"data: {printable(name)!r}, line {number}:")
        if rows.setdefault(file, entry) != entry:
            raise DataError(
                f"data: {printable(name)!r}, line {number}: {printable(file)!r} has two labels or splits, "
                f"{' '.join(rows[file]).strip()!r} and {' '.join(entry).strip()!r}. "
                f"Give each {known.noun} one."
            )
    return rows


def _numbered(lines: io.StringIO, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, with their line numbers."""
    try:
        for number, row in enumerate(csv.reader(lines, delimiter=delimiter), 2):
            if number - 1 > MAX_FILES:
                raise DataError(
                    f"data: {printable(name)!r} has more than {MAX_FILES:,} lines. Split the data set."
                )
            if any(cell.strip() for cell in row):
                yield number, row
    except csv.Error as error:
        raise DataError(f"data: {printable(name)!r} is not a CSV file ({error}). Save it again.") from None


def _entry(fields: Mapping[str, str], folder: str, where: str) -> tuple[str, tuple[str, str]]:
    """The name of a file in the source, its class and its split."""
    path, label = fields.get("path", "").replace("\\", "/"), fields.get("label", "")
    if not path or not label:
        raise DataError(f"{where} path or label is empty. Fill in both, or remove the line.")
    if points_outside(path):
        raise DataError(f"{where} {printable(path)!r} points outside the folder. Give relative paths.")
    given = fields.get("split", "").lower()
    split = SPLIT_NAMES.get(given, "")
    if given and not split:
        raise DataError(f"{where} split {printable(given)!r} is unknown. Known: train, val, test.")
    return normpath(join(folder, path)), (label, split)


def _found(files: Iterable[str], names: tuple[str, ...], *, anywhere: bool) -> dict[str, str]:
    """By each file of a table that exists its name in the source; as `Columns.anywhere` says."""
    there, alike = set(names), Counter(map(basename, names))
    alone = {basename(name): name for name in names if anywhere and alike[basename(name)] == 1}
    found = {file: file if file in there else alone.get(basename(file)) for file in files}
    return {file: name for file, name in found.items() if name is not None}


def _missing(table: LabelsFile) -> str:
    first = ", ".join(printable(each) for each in table.missing[:_NAMES_SHOWN])
    more = ", …" if len(table.missing) > _NAMES_SHOWN else ""
    count = f"1 {table.noun}" if len(table.missing) == 1 else f"{len(table.missing):,} {table.noun}s"
    return f"{count} of {printable(table.name)} not found: {first}{more}."
