"""Numbers of images of a data set, known before images are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kdviz.datasets.opening import file_layout

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


def images_counted(train: int, test: int, classes: int, validation: int | None = None) -> Counts:
    """The counts after a validation split is cut from the training images, a sixth if it has no size."""
    if validation is None:
        validation = round(train * VALIDATION_SHARE)
    return Counts(train - validation, validation, test, classes)


def files_counted(data: str | None) -> Counts:
    """The counts of a user's files. Raises DataError."""
    layout = file_layout(data)
    return counts_by_split(layout.splits, len(layout.names), len(layout.classes))


def counts_by_split(splits: Sequence[str] | None, total: int, classes: int) -> Counts:
    """The counts of inputs whose splits are given, as in a `Layout`, or cut."""
    by_split = Counter(splits or ())
    test, validation = by_split["test"] or round(total * TEST_SHARE), by_split["validation"]
    if validation:
        return Counts(total - validation - test, validation, test, classes)
    return images_counted(total - test, test, classes)
