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
    """Numbers of images by split, and of classes. Exact up to unreadable files."""

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
    return counts_by_split(layout.splits, layout.labels, len(layout.classes))


def counts_by_split(splits: Sequence[str] | None, labels: Sequence[int], classes: int) -> Counts:
    """The counts of inputs whose splits are given, as in a `Layout`, or cut, as by `split_places`."""
    given = Counter(splits or ())
    trained = Counter(
        label
        for label, split in zip(labels, splits or ["train"] * len(labels), strict=True)
        if split == "train"
    )
    tested = Counter() if splits else _held(trained, TEST_SHARE)
    validated = Counter() if given["validation"] else _held(trained - tested, VALIDATION_SHARE)
    return Counts(
        (trained - tested - validated).total(),
        given["validation"] + validated.total(),
        given["test"] + tested.total(),
        classes,
    )


def held_count(count: int, share: float) -> int:
    """How many of a class's images are held out: a share of them, at least one."""
    return max(1, round(count * share))


def _held(of_class: Counter[int], share: float) -> Counter[int]:
    return Counter({label: held_count(count, share) for label, count in of_class.items()})
