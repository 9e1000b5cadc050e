"""A user's own texts: a table, or a folder or zip with one folder of .txt files for each class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from os.path import expanduser
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.content import file_hash
from kdviz.datasets.counts import Counts, counts_by_split
from kdviz.datasets.file_source import FileSource, printable, read_member, shown
from kdviz.datasets.folder import split_places
from kdviz.datasets.layout import arranged, effective_splits
from kdviz.datasets.opening import fingerprint, opened
from kdviz.datasets.rationale import in_spans
from kdviz.datasets.split import DataSet
from kdviz.datasets.text_columns import MAX_CLASSES
from kdviz.datasets.text_split import text_split
from kdviz.datasets.text_table import TextRow, TextTable, table_cells, text_table
from kdviz.datasets.text_table_file import TEXTS_NEEDED, is_table, table_content
from kdviz.datasets.text_warnings import alike_labels, copied_texts, split_warnings
from kdviz.errors import DataError
from kdviz.progress import Message, Report
from kdviz.types import RECOGNIZED, TextColumns
from kdviz.vocabulary import words_of

LENGTH = 128
"""Words that are read of a text."""

_MAX_CHARACTERS = 20_000


class _Found(NamedTuple):
    """The different texts of files. read: with copies. notes: on reading them. unread: what could not be."""

    rows: list[TextRow]
    read: list[TextRow]
    notes: list[str]
    unread: list[str]


def load_text_file(data: str | None, columns: TextColumns, report: Report) -> DataSet:
    """The texts of a user's file or folder. Raises DataError.

    Texts that occur twice are taken once. Test and validation sets are those of a column or folder named so,
    else a fifth and a sixth of each class, always the same.
    """
    report(Message("Reading texts"), 0.0)
    found = _found(data, columns)
    report(Message("Reading texts"), 0.5)
    dataset = _dataset(found)
    report(Message("Reading texts"), 1.0)
    return dataset


def texts_counted(data: str | None, columns: TextColumns = RECOGNIZED) -> Counts:
    """Numbers of texts by split. Raises DataError."""
    rows = _found(data, columns).rows
    names, labels = _labelled(rows)
    return counts_by_split(_splits(rows), labels, len(names))


def texts_have_rationales(data: str | None, columns: TextColumns = RECOGNIZED) -> bool:
    """Whether a table says what decides in some of its texts. Raises DataError."""
    return any(row.spans for row in _found(data, columns).rows)


def texts_warnings(data: str | None, columns: TextColumns = RECOGNIZED) -> tuple[str, ...]:
    """What to know about the files before a run can use them, a sentence each. Raises DataError."""
    found = _found(data, columns)
    return tuple(_warnings(found, _places(found.rows)))


def texts_readable(data: str) -> None:
    """Raises DataError if no choice of columns could make the files a data set."""
    path = Path(expanduser(data))
    if is_table(path):
        table_cells(table_content(path), path.name)
    else:
        texts_counted(data)


def texts_fingerprint(path: Path) -> str:
    """A hash of the content of a table, or of the files of a folder; "" if it does not exist."""
    return file_hash(path) if is_table(path) and path.is_file() else fingerprint(path)


def _found(data: str | None, columns: TextColumns) -> _Found:
    """Different texts of at least two classes. Raises DataError."""
    if not data:
        raise DataError(f"data: the path of texts is missing. {TEXTS_NEEDED}")
    path = Path(expanduser(data))
    if is_table(path):
        given_rows, notes, unread = _of_table(path, columns)
    elif given := columns.settings:
        raise DataError(f"{next(iter(given))}: is for a table, {shown(path)!r} is none. Leave it out.")
    else:
        (given_rows, notes), unread = _of_folders(path), []
    read = [row for row in given_rows if words_of(row.text)]
    if empty := len(given_rows) - len(read):
        notes.append(f"{empty:,} texts without a word were left out.")
    rows = list({row.text: row for row in read}.values())
    _check_classes(Counter(row.label for row in rows), path)
    return _Found(rows, read, notes, unread)


def _check_classes(classes: Counter[str], path: Path) -> None:
    """classes: the number of texts of each."""
    if not 2 <= len(classes) <= MAX_CLASSES:
        raise DataError(
            f"data: {shown(path)!r} has {len(classes)} class(es) with texts, needs 2 to {MAX_CLASSES}. "
            "Give each text a label, and several texts the same."
        )
    rare, count = min(classes.items(), key=lambda each: each[1])
    if count < 3:
        raise DataError(
            f"data: class {printable(rare)!r} of {shown(path)!r} has {count} text(s), at least 3 are needed: "
            "for training, validation and testing. Give more, or leave it out."
        )


def _warnings(found: _Found, places: Mapping[str, NDArray[np.int64]]) -> list[str]:
    """What to know about texts before a run. places: of the rows of each split."""
    return [
        *found.unread,
        *copied_texts(found.read),
        *alike_labels(found.rows),
        *split_warnings(found.rows, places, LENGTH),
    ]


def _of_table(path: Path, columns: TextColumns) -> tuple[list[TextRow], list[str], list[str]]:
    """Rows, notes, and what could not be read."""
    table = text_table(table_content(path), path.name, columns)
    notes = [f"Texts are column {table.columns[0]!r}, labels column {table.columns[1]!r}."]
    if table.rationale:
        known = sum(bool(row.spans) for row in table.rows)
        notes.append(f"Rationales are column {table.rationale!r}: of {known:,} of {len(table.rows):,} texts.")
    if table.skipped:
        notes.append(f"{table.skipped:,} rows without a text or a label were left out.")
    return list(table.rows), notes, _unread(table)


def _unread(table: TextTable) -> list[str]:
    """A note on rationales that cannot be read, if there are any."""
    if not table.unread:
        return []
    if not table.rationale:
        return [f"No rationales are read. {table.refused}"]
    count = "1 rationale is" if table.unread == 1 else f"{table.unread:,} rationales are"
    first = table.refused.removeprefix("rationale_column: ")
    return [f"{count} not read, and left out. The first: {first}"]


def _of_folders(path: Path) -> tuple[list[TextRow], list[str]]:
    """Rows and notes."""
    with opened(path) as source:
        names = [name for name in source.names if name.lower().endswith(".txt")]
        if not names:
            raise DataError(f"data: {shown(path)!r} has no .txt files. {TEXTS_NEEDED}")
        layout = arranged(names, shown(path))
        splits = layout.splits or ("",) * len(layout.names)
        rows = [
            TextRow(_text(source, name), layout.classes[label], split)
            for name, label, split in zip(layout.names, layout.labels, splits, strict=True)
        ]
    return rows, list(layout.notes)


def _text(source: FileSource, name: str) -> str:
    return read_member(source, name, 4 * _MAX_CHARACTERS).decode("utf-8-sig", "ignore").strip()


def _labelled(rows: Sequence[TextRow]) -> tuple[list[str], list[int]]:
    """The classes, and the number of each text's."""
    names = sorted({row.label for row in rows})
    number = {name: place for place, name in enumerate(names)}
    return names, [number[row.label] for row in rows]


def _splits(rows: Sequence[TextRow]) -> tuple[str, ...] | None:
    """The split of each text; None if neither a test nor a validation set is given."""
    given = [row.split for row in rows]
    return effective_splits(given) if {"test", "validation"} & set(given) else None


def _places(rows: Sequence[TextRow]) -> dict[str, NDArray[np.int64]]:
    """The places of each split's rows. Raises DataError for a class with too few."""
    names, labels = _labelled(rows)
    splits = _splits(rows)
    return split_places(
        [*map(printable, names)],
        np.array(labels),
        None if splits is None else np.array(splits),
        noun="text",
    )


def _dataset(found: _Found) -> DataSet:
    rows, (names, labels) = found.rows, _labelled(found.rows)
    texts, places = [row.text[:_MAX_CHARACTERS] for row in rows], _places(rows)
    everything = text_split(texts, torch.tensor(labels), LENGTH, object_masks=_masks(rows))
    long = sum(len(words_of(text)) > LENGTH for text in texts)
    unread = f"{long:,} of {len(texts):,} texts have more than {LENGTH} words: their ends are not read."
    return DataSet(
        name="text-file",
        classes=tuple(map(printable, names)),
        flips=True,
        notes=(*found.notes, *_warnings(found, places), *([unread] if long else [])),
        **{split: everything.take(of_split) for split, of_split in places.items()},
    )


def _masks(rows: Sequence[TextRow]) -> Tensor | None:
    """The words of each rationale, bool (N, `LENGTH`), none where it is not known; None without any."""
    if not any(row.spans for row in rows):
        return None
    masks = torch.zeros(len(rows), LENGTH, dtype=torch.bool)
    for number, row in enumerate(rows):
        masks[number, in_spans(words_of(row.text)[:LENGTH], row.spans)] = True
    return masks
