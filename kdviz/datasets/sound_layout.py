"""A user's sounds by class: a folder of files for each class, or a CSV of names and labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from posixpath import basename, dirname, join

from kdviz.datasets.file_source import FileSource, is_hidden, printable, read_member, shown
from kdviz.datasets.folder import first_names, were
from kdviz.datasets.labels_file import MAX_TABLE_BYTES, Columns, read_table
from kdviz.datasets.layout import Layout, arranged, effective_splits
from kdviz.datasets.sound_file import FORMATS, SUFFIXES
from kdviz.errors import DataError

COLUMNS = Columns(
    path=(
        "path", "file", "filename", "file_name", "filepath", "slice_file_name", "audio", "wav", "sound",
        "clip",
    ),
    label=("label", "category", "class", "class_name", "target", "word", "command", "emotion", "species"),
    split=("split", "subset", "partition"),
    noun="sound",
    anywhere=True,
)  # fmt: skip

_LISTS = {"testing_list.txt": "test", "validation_list.txt": "validation"}
"""Files that name the sounds of a split, a line each, as Speech Commands has them."""

_OTHER_FORMATS = (".m4a", ".aac", ".wma", ".amr", ".webm", ".mp4")


def sound_layout(source: FileSource, path: Path) -> Layout:
    """The sounds with their classes: from a CSV with labels, else from the folders' names.

    Raises DataError if neither says at least two classes.
    """
    table = read_table(source, COLUMNS)
    if table is not None:
        return table.layout(shown(path))
    given = [name for name in source.names if not is_hidden(name)]
    names = [name for name in given if name.lower().endswith(SUFFIXES)]
    if not names:
        raise DataError(f"data: {shown(path)!r} has no sound files. These can be read: {', '.join(FORMATS)}.")
    layout = arranged([name for name in names if not _is_set_apart(name)], shown(path), noun="sound")
    return _with_listed_splits(replace(layout, notes=(*layout.notes, *_unread(given))), source)


def _is_set_apart(name: str) -> bool:
    """Whether a file is in a folder that is no class, such as "_background_noise_"."""
    return any(part.startswith("_") for part in name.split("/")[:-1])


def _unread(names: Sequence[str]) -> list[str]:
    """Notes about files that no class has."""
    sounds = [name for name in names if name.lower().endswith(SUFFIXES)]
    apart = sorted({basename(dirname(name)) for name in sounds if _is_set_apart(name)})
    others = [printable(basename(name)) for name in names if name.lower().endswith(_OTHER_FORMATS)]
    notes = [f"Not read, by their names: {first_names(apart)}."] if apart else []
    if others:
        formats = ", ".join(FORMATS)
        notes.append(f"{were(len(others), 'file')} not read ({others[0]}): the formats are {formats}.")
    return notes


def _with_listed_splits(layout: Layout, source: FileSource) -> Layout:
    """The layout with the splits that lists of names give, if it has none."""
    given = {
        join(dirname(name), line.strip()): _LISTS[basename(name)]
        for name in source.names
        if layout.splits is None and basename(name) in _LISTS
        for line in _lines(source, name)
    }
    splits = [given.get(name, "") for name in layout.names]
    return replace(layout, splits=effective_splits(splits)) if any(splits) else layout


def _lines(source: FileSource, name: str) -> list[str]:
    return read_member(source, name, MAX_TABLE_BYTES).decode("utf-8-sig", "replace").splitlines()
