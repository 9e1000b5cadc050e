"""Classes from folder names: train/<class>/* and test/<class>/*, or <class>/*."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kdviz.datasets.file_source import is_hidden, printable
from kdviz.errors import DataError

_TEST_FOLDERS = ("test", "val", "valid", "validation")

Parts = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """Files with their classes, not yet read.

    names, labels, in_test: one entry per file. in_test is None if no folder defines it.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[int, ...]
    in_test: tuple[bool, ...] | None
    notes: tuple[str, ...] = ()


def arranged(names: Iterable[str], where: str) -> Layout:
    """The layout of these files, without hidden files and files outside class folders.

    where: name of the source in errors. Raises DataError if there are fewer than two classes.
    """
    all_parts = {name: tuple(name.split("/")) for name in names}
    files = _without_wrapping({name: parts for name, parts in all_parts.items() if not is_hidden(name)})
    # A class may itself be called "train": only a folder of folders is a split.
    folders = {parts[0].lower() for parts in files.values() if len(parts) >= 3}
    test_folder = next((name for name in _TEST_FOLDERS if name in folders), None)
    if "train" not in folders:
        return _layout(where, {name: (parts[0], False) for name, parts in files.items() if len(parts) >= 2})
    read = {"train", test_folder}
    placed = {
        name: (parts[1], parts[0].lower() == test_folder)
        for name, parts in files.items()
        if len(parts) >= 3 and parts[0].lower() in read
    }
    layout = _layout(where, placed, split=test_folder is not None)
    tops = {parts[0] for parts in files.values() if len(parts) >= 2}
    unread = sorted(top for top in tops if top.lower() not in read)
    if not unread:
        return layout
    note = f"Not read, beside the train folder: {', '.join(map(printable, unread))}."
    return replace(layout, notes=(note,))


def _layout(where: str, placed: dict[str, tuple[str, bool]], *, split: bool = False) -> Layout:
    """placed: by file, its class and whether it is a test image."""
    classes = sorted({folder for folder, in_test in placed.values() if not in_test})
    if not classes:
        raise DataError(
            f"data: {where!r} has no class folders with files in them. "
            "Give each class a folder of its own: <class>/*, or train/<class>/* and test/<class>/*."
        )
    if len(classes) == 1:
        raise DataError(
            f"data: {where!r} has one class only, {printable(classes[0])!r}. "
            "At least two are needed, a folder each."
        )
    stray = sorted({folder for folder, _ in placed.values()} - set(classes))
    if stray:
        raise DataError(
            f"data: {where!r} has test images of {printable(stray[0])!r} but no training images. "
            "Give both the same class folders."
        )
    label_of = {folder: label for label, folder in enumerate(classes)}
    names = tuple(sorted(placed))
    return Layout(
        classes=tuple(map(printable, classes)),
        names=names,
        labels=tuple(label_of[placed[name][0]] for name in names),
        in_test=tuple(placed[name][1] for name in names) if split else None,
    )


def _without_wrapping(files: dict[str, Parts]) -> dict[str, Parts]:
    """The files relative to the first folder with several folders in it, or with a split."""
    while True:
        tops = {parts[0] for parts in files.values() if len(parts) >= 2}
        holds_folders = any(len(parts) >= 3 for parts in files.values())
        if len(tops) != 1 or not holds_folders or "train" in {top.lower() for top in tops}:
            return files
        files = {name: parts[1:] for name, parts in files.items() if len(parts) >= 2}
