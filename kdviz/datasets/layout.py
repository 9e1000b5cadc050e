"""Classes from folder names: <class>/*, or train/<class>/*, val/<class>/* and test/<class>/*."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kdviz.datasets.file_source import is_hidden, printable
from kdviz.errors import DataError

SPLIT_NAMES = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
"""The split that a folder or a cell of this name means."""

_TEST_FOLDERS = ("test", "val", "valid", "validation")

Parts = tuple[str, ...]


class Placed(NamedTuple):
    """The class of a picture, and its split; "" stands for training."""

    label: str
    split: str = ""


@dataclass(frozen=True)
class Layout:
    """Files with their classes, not yet read.

    names, labels, splits: one entry per file. splits is None if neither a test nor a validation set is given;
    without a test set, the validation set is the test set.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[int, ...]
    splits: tuple[str, ...] | None
    notes: tuple[str, ...] = ()


def arranged(names: Iterable[str], where: str, *, noun: str = "image") -> Layout:
    """The layout of these files, without hidden files and files outside class folders.

    where, noun: names of the source and of a file in errors. Raises DataError if there are fewer than two
    classes.
    """
    all_parts = {name: tuple(name.split("/")) for name in names}
    files = _without_wrapping({name: parts for name, parts in all_parts.items() if not is_hidden(name)})
    # A class may itself be called "train": only a folder of folders is a split.
    folders = {parts[0].lower() for parts in files.values() if len(parts) >= 3}
    if "train" not in folders:
        return placed_layout(
            where,
            {name: Placed(parts[0]) for name, parts in files.items() if len(parts) >= 2},
            noun=noun,
        )
    read = _split_folders(folders)
    placed = {
        name: Placed(parts[1], read[parts[0].lower()])
        for name, parts in files.items()
        if len(parts) >= 3 and parts[0].lower() in read
    }
    tops = {parts[0] for parts in files.values() if len(parts) >= 2}
    unread = sorted(top for top in tops if top.lower() not in read)
    notes = (f"Not read, beside the train folder: {', '.join(map(printable, unread))}.",) if unread else ()
    return placed_layout(where, placed, split=len(read) > 1, notes=notes, noun=noun)


def placed_layout(
    where: str,
    placed: Mapping[str, Placed],
    *,
    split: bool = False,
    notes: tuple[str, ...] = (),
    noun: str = "image",
) -> Layout:
    """The layout of files by name. split: whether a test or validation set is given.

    Raises DataError if there are fewer than two classes, or one has no training files.
    """
    classes = sorted({each.label for each in placed.values() if each.split in ("", "train")})
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
    stray = sorted({each.label for each in placed.values()} - set(classes))
    if stray:
        raise DataError(
            f"data: {where!r} has test {noun}s of {printable(stray[0])!r} but no training {noun}s. "
            "Give both the same class folders."
        )
    label_of = {folder: label for label, folder in enumerate(classes)}
    names = tuple(sorted(placed))
    return Layout(
        classes=tuple(map(printable, classes)),
        names=names,
        labels=tuple(label_of[placed[name].label] for name in names),
        splits=effective_splits([placed[name].split for name in names]) if split else None,
        notes=notes,
    )


def effective_splits(given: Sequence[str]) -> tuple[str, ...]:
    """What is given splits as: "" stands for training, and without a test set, validation is the test set."""
    renamed = {"": "train"} if "test" in given else {"": "train", "validation": "test"}
    return tuple(renamed.get(split, split) for split in given)


def _split_folders(folders: set[str]) -> dict[str, str]:
    """The split by folder, of the folders that are read: one for testing, one for validation."""
    test = next((name for name in _TEST_FOLDERS if name in folders), None)
    others = (name for name in _TEST_FOLDERS[1:] if name in folders and name != test)
    validation = next(others, None) if test == "test" else None
    read = {"train": "train", test: "test", validation: "validation"}
    return {name: split for name, split in read.items() if name is not None}


def _without_wrapping(files: dict[str, Parts]) -> dict[str, Parts]:
    """The files relative to the first folder with several folders in it, or with a split."""
    while True:
        tops = {parts[0] for parts in files.values() if len(parts) >= 2}
        holds_folders = any(len(parts) >= 3 for parts in files.values())
        if len(tops) != 1 or not holds_folders or "train" in {top.lower() for top in tops}:
            return files
        files = {name: parts[1:] for name, parts in files.items() if len(parts) >= 2}
