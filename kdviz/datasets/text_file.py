"""A user's own texts: a table, or a folder or zip with one folder of .txt files for each class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from os.path import expanduser
from pathlib import Path

import numpy as np
import torch
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
from kdviz.errors import DataError
from kdviz.progress import Message, Report
from kdviz.types import RECOGNIZED, TextColumns
from kdviz.vocabulary import words_of

LENGTH = 128
"""Words that are read of a text."""

_MAX_CHARACTERS = 20_000


def load_text_file(data: str | None, columns: TextColumns, report: Report) -> DataSet:
    """The texts of a user's file or folder. Raises DataError.

    Texts that occur twice are taken once. Test and validation sets are those of a column or folder named so,
    else a fifth and a sixth of each class, always the same.
    """
    report(Message("Reading texts"), 0.0)
    rows, notes = _rows(data, columns)
    report(Message("Reading texts"), 0.5)
    dataset = _dataset(rows, notes)
    report(Message("Reading texts"), 1.0)
    return dataset


def texts_counted(data: str | None, columns: TextColumns = RECOGNIZED) -> Counts:
    """Numbers of texts by split. Raises DataError."""
    rows, _notes = _rows(data, columns)
    names, labels = _labelled(rows)
    return counts_by_split(_splits(rows), labels, len(names))


def texts_have_rationales(data: str | None, columns: TextColumns = RECOGNIZED) -> bool:
    """Whether a table says what decides in some of its texts. Raises DataError."""
    return any(row.spans for row in _rows(data, columns)[0])


def texts_warnings(data: str | None, columns: TextColumns = RECOGNIZED) -> tuple[str, ...]:
    """What of a table cannot be read though a run can use the rest, a sentence each. Raises DataError."""
    path = Path(expanduser(data or ""))
    return (*_unread(text_table(table_content(path), path.name, columns)),) if is_table(path) else ()


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


def _rows(data: str | None, columns: TextColumns) -> tuple[list[TextRow], list[str]]:
    """Different texts of at least two classes, and notes about reading them."""
    if not data:
        raise DataError(f"data: the path of texts is missing. {TEXTS_NEEDED}")
    path = Path(expanduser(data))
    if is_table(path):
        read, notes = _of_table(path, columns)
    elif given := columns.settings:
        raise DataError(f"{next(iter(given))}: is for a table, {shown(path)!r} is none. Leave it out.")
    else:
        read, notes = _of_folders(path)
    rows = list({row.text: row for row in read if words_of(row.text)}.values())
    if len(read) > len(rows):
        notes.append(f"{len(read) - len(rows):,} texts are empty or occur twice, and were left out.")
    classes = Counter(row.label for row in rows)
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
    return rows, notes


def _of_table(path: Path, columns: TextColumns) -> tuple[list[TextRow], list[str]]:
    table = text_table(table_content(path), path.name, columns)
    notes = [f"Texts are column {table.columns[0]!r}, labels column {table.columns[1]!r}."]
    if table.rationale:
        known = sum(bool(row.spans) for row in table.rows)
        notes.append(f"Rationales are column {table.rationale!r}: of {known:,} of {len(table.rows):,} texts.")
    notes += _unread(table)
    if table.skipped:
        notes.append(f"{table.skipped:,} rows without a text or a label were left out.")
    return list(table.rows), notes


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


def _dataset(rows: Sequence[TextRow], notes: list[str]) -> DataSet:
    names, numbers = _labelled(rows)
    labels = torch.tensor(numbers)
    texts, classes = [row.text[:_MAX_CHARACTERS] for row in rows], tuple(map(printable, names))
    everything, splits = text_split(texts, labels, LENGTH, object_masks=_masks(rows)), _splits(rows)
    places = split_places(classes, labels.numpy(), None if splits is None else np.array(splits), noun="text")
    long = sum(len(words_of(text)) > LENGTH for text in texts)
    if long:
        some = f"{long:,} of {len(texts):,} texts"
        notes.append(f"{some} have more than {LENGTH} words: their ends are not read.")
    return DataSet(
        name="text-file",
        classes=classes,
        flips=True,
        notes=tuple(notes),
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
