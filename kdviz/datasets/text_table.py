"""Texts and labels of a table: CSV, TSV or JSON Lines, with its columns recognized."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kdviz.datasets.file_source import printable
from kdviz.datasets.layout import SPLIT_NAMES
from kdviz.errors import DataError

MAX_CLASSES = 200

_TEXT_NAMES = (
    "text", "sentence", "review", "content", "message", "utterance", "query", "question", "comment", "body",
    "tweet", "文本", "句子", "内容",
)  # fmt: skip
_LABEL_NAMES = (
    "label", "class", "category", "sentiment", "intent", "target", "topic", "polarity", "y", "标签", "类别",
)  # fmt: skip
_SPLIT_NAMES = ("split", "set", "partition")
_NO_TEXT = (
    "data: {name!r} is not a table of texts: {why}. "
    "Give a CSV, TSV or JSON Lines file with a text and a label."
)

Row = Sequence[str]


@dataclass(frozen=True)
class TextRow:
    """A text with its class. split: "train", "validation" or "test"; "" if the table has no such column."""

    text: str
    label: str
    split: str = ""


@dataclass(frozen=True)
class TextTable:
    """The texts of a table. columns: those of texts and labels. skipped: rows without one of them."""

    rows: tuple[TextRow, ...]
    columns: tuple[str, str]
    skipped: int


def text_table(content: bytes, name: str) -> TextTable:
    """The texts of a file. name: of the file, which says its format. Raises DataError.

    Text and label columns are recognized by their names, else the label is the column with the fewest values
    that repeat and the text the longest of the others. A first line without names is a row like the others.
    """
    read = _json_rows if name.lower().endswith((".jsonl", ".ndjson")) else _csv_rows
    lines = read(_decoded(content, name), name)
    width = max(map(len, lines), default=0)
    table = [
        [*map(str.strip, line), *[""] * (width - len(line))] for line in lines if any(map(str.strip, line))
    ]
    if width < 2 or len(table) < 2:
        raise DataError(
            _NO_TEXT.format(name=printable(name), why=f"it has {width} column(s) and {len(table)} row(s)")
        )
    names = _header(table)
    rows = table[1:] if names else table
    text, label, split = _columns(names, rows, name)
    given = [TextRow(row[text], row[label], _split(row, split)) for row in rows]
    whole = tuple(row for row in given if row.text and row.label)
    shown = (names[text], names[label]) if names else (f"column {text + 1}", f"column {label + 1}")
    return TextTable(whole, (printable(shown[0]), printable(shown[1])), len(given) - len(whole))


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


def _header(table: Sequence[Row]) -> Row | None:
    """The first row, if it holds names: a usual one, or one that is in no other row of its column."""
    first = table[0]
    if any(cell.lower() in (*_TEXT_NAMES, *_LABEL_NAMES) for cell in first):
        return first
    label = _label_column(table[1:], range(len(first)))
    return first if label is not None and first[label] not in {row[label] for row in table[1:]} else None


def _columns(names: Row | None, rows: Sequence[Row], name: str) -> tuple[int, int, int | None]:
    """The columns of texts, labels and splits."""
    places = range(len(rows[0]))
    split = _named(names, _SPLIT_NAMES)
    others = [place for place in places if place != split]
    label = _named(names, _LABEL_NAMES)
    text = _named(names, _TEXT_NAMES)
    if label is None:
        label = _label_column(rows, [place for place in others if place != text])
    if label is None:
        raise DataError(
            f"data: no column of {printable(name)!r} looks like labels, which are few, each in several rows. "
            "Name one 'label'."
        )
    if text is None or text == label:
        text = max(
            (place for place in others if place != label),
            key=lambda place: sum(len(row[place]) for row in rows),
        )
    return text, label, split


def _named(names: Row | None, known: Sequence[str]) -> int | None:
    lowered = [cell.lower() for cell in names or ()]
    return next((lowered.index(each) for each in known if each in lowered), None)


def _label_column(rows: Sequence[Row], places: Sequence[int] | range) -> int | None:
    """The column with the fewest values, at least two, each in two rows on average; None without one."""
    counts = {place: len({row[place] for row in rows if row[place]}) for place in places}
    fitting = {place: n for place, n in counts.items() if 2 <= n <= min(MAX_CLASSES, len(rows) / 2)}
    return min(fitting, key=lambda place: fitting[place]) if fitting else None


def _split(row: Row, column: int | None) -> str:
    return "" if column is None else SPLIT_NAMES.get(row[column].lower(), "")
