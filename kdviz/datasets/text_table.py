"""Texts and labels of a table: CSV, TSV or JSON Lines, with its columns recognized unless they are given."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kdviz.datasets.file_source import printable
from kdviz.datasets.layout import SPLIT_NAMES
from kdviz.datasets.rationale import FORMS, Span, rationale_spans
from kdviz.datasets.text_columns import ColumnPlaces, Row, column_places, has_usual_name, label_column
from kdviz.errors import DataError
from kdviz.types import RECOGNIZED, TextColumns

_NO_TEXT = (
    "data: {name!r} is not a table of texts: {why}. "
    "Give a CSV, TSV or JSON Lines file with a text and a label."
)

_Found = tuple[Span, ...] | DataError
"""The spans of a row, or why they cannot be read."""


@dataclass(frozen=True)
class TextRow:
    """A text with its class. split: "train", "validation" or "test"; "" if the table has no such column.

    spans: characters of the text that are its rationale; empty if none is known.
    """

    text: str
    label: str
    split: str = ""
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True)
class TextTable:
    """The texts of a table. columns: those of texts and labels. skipped: rows without one of them.

    rationale: the column of rationales; "" without one. unread: rows of a recognized one that cannot be read,
    and are taken without a rationale. refused: why the first of them cannot.
    """

    rows: tuple[TextRow, ...]
    columns: tuple[str, str]
    skipped: int
    rationale: str = ""
    unread: int = 0
    refused: str = ""


@dataclass(frozen=True)
class TableCells:
    """The cells of a table of texts, all rows of one width. name: of the file.

    names: of its columns, by number without a header. first: the number of the first row in the file.
    """

    name: str
    names: tuple[str, ...]
    rows: tuple[Row, ...]
    first: int

    def places(self, given: TextColumns) -> ColumnPlaces:
        """Where its columns are. Raises DataError for a name that no column has."""
        stripped = [[*map(str.strip, row)] for row in self.rows]
        return column_places(self.names, stripped, given)


def table_cells(content: bytes, name: str, columns: TextColumns = RECOGNIZED) -> TableCells:
    """The cells of a file. name: of the file, which says its format. columns: given ones. Raises DataError.

    A first line without names is a row like the others.
    """
    of_objects = name.lower().endswith((".jsonl", ".ndjson"))
    lines = (_json_rows if of_objects else _csv_rows)(_decoded(content, name), name)
    width = max(map(len, lines), default=0)
    table = [[*line, *[""] * (width - len(line))] for line in lines if any(map(str.strip, line))]
    if width < 2 or len(table) < 2:
        raise DataError(
            _NO_TEXT.format(name=printable(name), why=f"it has {width} column(s) and {len(table)} row(s)")
        )
    stripped = [[*map(str.strip, row)] for row in table]
    header = of_objects or _is_header(stripped, columns)
    names = [printable(cell) for cell in stripped[0]] if header else [""] * width
    named = tuple(each or f"column {number}" for number, each in enumerate(names, start=1))
    first = 2 if header and not of_objects else 1
    return TableCells(printable(name), named, tuple(table[header:]), first)


def text_table(content: bytes, name: str, columns: TextColumns = RECOGNIZED) -> TextTable:
    """The texts of a file. name, columns: as of `table_cells`. Raises DataError, also for a bad rationale.

    One that is only recognized, by the name of its column, is left out instead, and counted. Where more
    cannot be read than can, the column is none of rationales: a phrase may be in its text by chance.
    """
    cells = table_cells(content, name, columns)
    places = cells.places(columns)
    if places.label is None or places.text is None:
        raise DataError(
            f"data: no column of {cells.name!r} looks like labels, which are few, each in several rows. "
            f"Name one 'label', or give label_column, one of: {', '.join(cells.names)}."
        )
    found = [*_found_spans(cells, places.text, places.label, places.rationale)]
    refused = [each for each in found if isinstance(each, DataError)]
    if refused and not places.guessed:
        raise refused[0]
    known = sum(isinstance(each, tuple) and bool(each) for each in found) >= len(refused)
    spans = [each if isinstance(each, tuple) and known else () for each in found]
    given = [
        TextRow(row[places.text].strip(), row[places.label].strip(), _split(row, places.split), of_row)
        for row, of_row in zip(cells.rows, spans, strict=True)
    ]
    whole = tuple(row for row in given if row.text and row.label)
    return TextTable(
        whole,
        (cells.names[places.text], cells.names[places.label]),
        len(given) - len(whole),
        cells.names[places.rationale] if known and places.rationale is not None else "",
        len(refused),
        str(refused[0]) if refused else "",
    )


def _found_spans(cells: TableCells, text: int, label: int, rationale: int | None) -> Iterator[_Found]:
    """The spans of each row's text without spaces around it; none without a column, or in a row left out.

    In the place of those that cannot be read, an error with the row's number.
    """
    for number, row in enumerate(cells.rows, start=cells.first):
        if rationale is None or not (row[text].strip() and row[label].strip()):
            yield ()
            continue
        before = len(row[text]) - len(row[text].lstrip())
        try:
            spans = rationale_spans(row[rationale], row[text])
        except ValueError as error:
            yield DataError(
                f"rationale_column: row {number} of {cells.name!r}, column {cells.names[rationale]!r}: "
                f"{error}. {FORMS}"
            )
            continue
        yield tuple((max(0, start - before), end - before) for start, end in spans)


def _decoded(content: bytes, name: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"data: {printable(name)!r} is not text in UTF-8 (byte {error.start:,}). Save it as UTF-8."
        ) from None
    if "\0" in text:
        raise DataError(f"data: {printable(name)!r} is a binary file. Give a CSV, TSV or JSON Lines file.")
    return text


def _csv_rows(text: str, name: str) -> list[list[str]]:
    """The rows by the delimiter that gives most of them the same number of cells, more than one."""
    delimiters = "\t" if name.lower().endswith(".tsv") else ",;\t"
    try:
        return max((_parsed(text, delimiter) for delimiter in delimiters), key=_evenness)
    except csv.Error as error:
        raise DataError(_NO_TEXT.format(name=printable(name), why=str(error))) from None


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(1 << 24)
    quoting: Literal[0, 3] = (
        csv.QUOTE_NONE if delimiter == "\t" and text.count('"') % 2 else csv.QUOTE_MINIMAL
    )
    return [
        row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting) if row
    ]


def _evenness(rows: Sequence[Row]) -> tuple[float, int]:
    """The share of rows with the most frequent number of cells, and that number; 0 if it is 1."""
    widths = Counter(map(len, rows))
    width, count = max(widths.items(), key=lambda each: each[1]) if widths else (1, 0)
    return (count / len(rows), width) if width > 1 else (0.0, width)


def _json_rows(text: str, name: str) -> list[list[str]]:
    """A line each, behind a line with all names."""
    objects: list[Mapping[str, object]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise DataError(f"data: {printable(name)!r}, line {number}: is no JSON object. Write one a line.")
        objects.append(found)
    names = list(dict.fromkeys(key for each in objects for key in each))
    return [names, *([_cell(each.get(key)) for key in names] for each in objects)]


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _is_header(table: Sequence[Row], given: TextColumns) -> bool:
    """Whether the first row holds names.

    A usual or a given one, or one that is in no other row of its column; where no column looks like labels,
    all must be so.
    """
    first, others = table[0], table[1:]
    if has_usual_name(first) or {*given.settings.values()} & {*map(printable, first)}:
        return True
    label = label_column(others, range(len(first)))
    places = range(len(first)) if label is None else [label]
    return all(first[place] and first[place] not in {row[place] for row in others} for place in places)


def _split(row: Row, column: int | None) -> str:
    return "" if column is None else SPLIT_NAMES.get(row[column].strip().lower(), "")
