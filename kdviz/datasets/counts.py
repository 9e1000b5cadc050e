"""How many images a data set has, known before any is read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kdviz.datasets.file_source import opened
from kdviz.datasets.layout import arranged
from kdviz.errors import DataError

VALIDATION_SHARE = 1 / 6
TEST_SHARE = 0.2
"""Of the images, where nobody has set any aside for the test."""


@dataclass(frozen=True)
class Counts:
    """Images by split, and classes. Exact but for rounding, and for files that turn out to be broken."""

    train: int
    validation: int
    test: int
    classes: int


def images_counted(learnt: int, test: int, classes: int) -> Counts:
    """The counts after a validation split was cut from the images to learn from."""
    validation = round(learnt * VALIDATION_SHARE)
    return Counts(learnt - validation, validation, test, classes)


def files_counted(data: str | None) -> Counts:
    """The counts of a person's own folder or zip. Raises DataError."""
    if not data:
        raise DataError("data: the data set 'folder' needs a folder or a zip file of images. Give its path.")
    path = Path(data).expanduser()
    with opened(path) as source:
        layout = arranged(source.names, str(path))
    total = len(layout.names)
    test = sum(layout.in_test) if layout.in_test and any(layout.in_test) else round(total * TEST_SHARE)
    return images_counted(total - test, test, len(layout.classes))
