"""Numbers of images of a data set, known before images are read."""

from __future__ import annotations

from dataclasses import dataclass
from os.path import expanduser
from pathlib import Path

from kdviz.datasets.file_source import opened
from kdviz.datasets.layout import arranged
from kdviz.errors import DataError

VALIDATION_SHARE = 1 / 6
TEST_SHARE = 0.2
"""Share of the images for testing, if the user's files define no test set."""


@dataclass(frozen=True)
class Counts:
    """Numbers of images by split, and of classes. Exact up to rounding and unreadable files."""

    train: int
    validation: int
    test: int
    classes: int


def images_counted(train: int, test: int, classes: int) -> Counts:
    """The counts after a validation split is cut from the training images."""
    validation = round(train * VALIDATION_SHARE)
    return Counts(train - validation, validation, test, classes)


def files_counted(data: str | None) -> Counts:
    """The counts of a user's folder or zip. Raises DataError."""
    if not data:
        raise DataError("data: the data set 'folder' needs a folder or a zip file of images. Give its path.")
    path = Path(expanduser(data))
    with opened(path) as source:
        layout = arranged(source.names, str(path))
    total = len(layout.names)
    test = sum(layout.in_test) if layout.in_test and any(layout.in_test) else round(total * TEST_SHARE)
    return images_counted(total - test, test, len(layout.classes))
