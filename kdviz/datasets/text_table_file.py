"""The file of a user's table of texts: its bytes, and what its columns hold, without PyTorch."""

from __future__ import annotations

from os.path import expanduser
from pathlib import Path
from typing import NamedTuple

from kdviz.datasets.file_source import shown
from kdviz.datasets.text_columns import ColumnPlaces, Row
from kdviz.datasets.text_table import table_cells
from kdviz.errors import DataError
from kdviz.types import TextColumns

TEXTS_NEEDED = "Give a CSV, TSV or JSON Lines file, or a folder or zip of .txt files."

_MAX_BYTES = 256 << 20
_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson")
_FIRST_ROWS = 3


class TableColumns(NamedTuple):
    """What a table looks like: names of its columns, its first rows, and where texts and labels are."""

    names: tuple[str, ...]
    first_rows: tuple[Row, ...]
    places: ColumnPlaces


def is_table(path: Path) -> bool:
    """Whether a path is that of a table, by its ending."""
    return path.suffix.lower() in _TABLES


def table_content(path: Path) -> bytes:
    """The content of a table. Raises DataError."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise DataError(f"data: {path.name!r} is larger than {_MAX_BYTES >> 20} MB. Give a part of it.")
        if not path.is_file():
            raise DataError(f"data: {shown(path)!r} is no file. {TEXTS_NEEDED}")
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"data: {shown(path)!r} cannot be read ({error.strerror}). Check the path.") from None


def table_columns(data: str, given: TextColumns) -> TableColumns | None:
    """The columns of a user's table; None for other files. given: those that are not to be recognized.

    Raises DataError for a file that is no table, or has no such column.
    """
    path = Path(expanduser(data))
    if not is_table(path):
        return None
    cells = table_cells(table_content(path), path.name, given)
    return TableColumns(cells.names, cells.rows[:_FIRST_ROWS], cells.places(given))
