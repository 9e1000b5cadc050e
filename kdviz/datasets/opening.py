"""A user's files by their path: a directory, a zip, an .npz of arrays, or a CSV of names and labels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from os.path import expanduser, isdir, isfile  # False for a name that no file can have
from pathlib import Path

from kdviz.content import file_hash, folder_hash
from kdviz.datasets.file_source import (
    DirectorySource,
    FileSource,
    ZipSource,
    files_below,
    is_hidden,
    printable,
    readable_zip,
    shown,
)
from kdviz.datasets.labels_file import OF_IMAGES, Columns, files_of_table, read_table
from kdviz.datasets.layout import Layout, arranged
from kdviz.datasets.region_files import found_regions, without_regions
from kdviz.errors import DataError

NO_FILES = (
    "data: the data set 'folder' needs a folder, a zip, an .npz or a CSV file of images. Give its path."
)

NO_SOUNDS = (
    "data: the data set 'audio-folder' needs a folder or zip of sounds, or a CSV of names and labels. Give "
    "its path."
)


@contextmanager
def opened(path: Path, columns: Columns = OF_IMAGES) -> Iterator[FileSource]:
    """The files of a path. columns: of a CSV that names them.

    Raises DataError if it cannot be opened, or is refused.
    """
    kind = path.suffix.lower()
    if isdir(path):
        yield DirectorySource(path)
    elif kind == ".csv":
        yield DirectorySource(
            path.parent, (path.name, *files_of_table(_existing(path, columns.noun), columns))
        )
    elif kind == ".npz":
        from kdviz.datasets.npz_source import NpzSource  # imports NumPy

        yield NpzSource(_existing(path))
    else:
        with readable_zip(path, columns.noun) as file:
            yield ZipSource(file, path)


def laid_out(source: FileSource, path: Path) -> Layout:
    """The pictures of a source with their classes: from a CSV with labels, else from the folders' names.

    Raises DataError if neither says at least two classes.
    """
    table = read_table(source)
    if table is not None:
        return table.layout(shown(path))
    layout = arranged(without_regions(source.names), shown(path))
    return replace(layout, notes=(*layout.notes, *_skipped_note(source)))


def _skipped_note(source: FileSource) -> Iterator[str]:
    """A note on what a folder has beside files, if anything."""
    skipped = [name for name in source.skipped if not is_hidden(name)]
    if skipped:
        more = f" and {len(skipped) - 1:,} more" if len(skipped) > 1 else ""
        yield f"Not read, no files or links to nothing: {printable(skipped[0])}{more}."


def file_layout(data: str | None) -> Layout:
    """The layout of a user's files, without reading a picture. Raises DataError."""
    if not data:
        raise DataError(NO_FILES)
    path = Path(expanduser(data))
    with opened(path) as source:
        return laid_out(source, path)


def files_have_regions(data: str | None) -> bool:
    """Whether masks or boxes of the object are beside a user's pictures. Raises DataError."""
    if not data:
        return False
    path = Path(expanduser(data))
    with opened(path) as source:
        return bool(found_regions(source, laid_out(source, path)).by_name)


def fingerprint(path: Path, columns: Columns = OF_IMAGES) -> str:
    """A hash of the content of a file, or of a folder with its relative paths; "" if it does not exist.

    Hidden files in a folder are ignored: a file manager may create some at any time. A CSV stands for itself
    and the files that it names.
    """
    if isdir(path):
        return folder_hash(path, lambda: [file for file in files_below(path) if not is_hidden(file[0])])
    if not isfile(path):
        return ""
    if path.suffix.lower() == ".csv":
        names = (path.name, *files_of_table(path, columns))
        present = [name for name in names if isfile(path.parent / name)]
        return folder_hash(path.parent, lambda: [(name, (path.parent / name).stat()) for name in present])
    return file_hash(path)


def _existing(path: Path, noun: str = "image") -> Path:
    if not isfile(path):
        raise DataError(f"data: no file {shown(path)!r}. Give the path of a folder or file of {noun}s.")
    return path
