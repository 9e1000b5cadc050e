"""What a user's files hold, before a run: splits, sizes, broken files, and the same picture in two splits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os.path import expanduser
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kdviz.datasets.file_source import FileSource, printable
from kdviz.datasets.folder import broken_note, decoding_threads, split_places
from kdviz.datasets.image_file import FORMATS
from kdviz.datasets.leaks import Leaks, SeenPicture, Thumbnail, leaks, seen_picture
from kdviz.datasets.opening import laid_out, opened
from kdviz.datasets.region_files import found_regions
from kdviz.datasets.split import SPLITS
from kdviz.errors import DataError
from kdviz.progress import Message, Report

_AT_ONCE = 48
_SAMPLES = 6


@dataclass(frozen=True)
class ImageInspection:
    """A user's files.

    counts: by split, the number of images of each class. sizes: (N, 2), width and height in pixels.
    samples: a few small images of each class, uint8 (h, w, 3). regions: number of test images beside which
    the object's place is given.
    """

    classes: tuple[str, ...]
    counts: dict[str, tuple[int, ...]]
    sizes: NDArray[np.int64]
    broken: tuple[str, ...]
    leaks: Leaks
    samples: tuple[tuple[Thumbnail, ...], ...]
    regions: int
    notes: tuple[str, ...]

    @property
    def said_in_a_run(self) -> frozenset[str]:
        """The notes of a run on these files that say what is said here."""
        broken = [broken_note(self.broken)] if self.broken else []
        return frozenset((*self.notes, *broken, *self.leaks.notes(self.total("test"))))

    @property
    def images(self) -> int:
        """The number of images that can be read."""
        return len(self.sizes)

    def total(self, split: str) -> int:
        """The number of images of a split."""
        return sum(self.counts[split])


def inspect_files(data: str, report: Report) -> ImageInspection:
    """Look at every file once. Raises DataError where a run would."""
    path = Path(expanduser(data))
    with opened(path) as source:
        layout = laid_out(source, path)
        regions = found_regions(source, layout)
        seen = _all_seen(source, layout.names, report)
    readable = np.array([index for index, each in enumerate(seen) if each is not None], dtype=np.int64)
    if not len(readable):
        raise DataError(
            f"data: none of the {len(seen):,} files is an image that can be read (first: "
            f"{printable(layout.names[0])!r}). These can: {', '.join(FORMATS)}."
        )
    pictures = [each for each in seen if each is not None]
    labels = np.array(layout.labels, dtype=np.int64)[readable]
    splits = None if layout.splits is None else np.array(layout.splits)[readable]
    places = split_places(layout.classes, labels, splits)
    names = [printable(layout.names[index]) for index in readable.tolist()]
    hashes = [each.hashes for each in pictures]
    of_class = [places["train"][labels[places["train"]] == label] for label in range(len(layout.classes))]
    return ImageInspection(
        classes=layout.classes,
        counts={name: _class_counts(labels[places[name]], len(layout.classes)) for name in SPLITS},
        sizes=np.array([each.size for each in pictures], dtype=np.int64),
        broken=tuple(printable(name) for name, each in zip(layout.names, seen, strict=True) if each is None),
        leaks=leaks(names, hashes, places, lambda index: pictures[index].thumbnail),
        samples=tuple(tuple(pictures[index].thumbnail for index in _spread(each)) for each in of_class),
        regions=sum(layout.names[readable[index]] in regions.by_name for index in places["test"]),
        notes=(*layout.notes, *regions.notes),
    )


def _all_seen(source: FileSource, names: tuple[str, ...], report: Report) -> list[SeenPicture | None]:
    seen: list[SeenPicture | None] = []
    with ThreadPoolExecutor(decoding_threads(), thread_name_prefix="kdviz-inspect") as threads:
        for start in range(0, len(names), _AT_ONCE):
            done = Message("Checking images: {done} of {count}", {"done": start, "count": len(names)})
            report(done, start / len(names))
            some = names[start : start + _AT_ONCE]
            seen += threads.map(lambda name: seen_picture(source, name), some)
    return seen


def _class_counts(labels: NDArray[np.int64], classes: int) -> tuple[int, ...]:
    return tuple(np.bincount(labels, minlength=classes).tolist())


def _spread(places: NDArray[np.int64]) -> list[int]:
    """Up to a few of them, at equal distances."""
    chosen = np.unique(np.linspace(0, len(places) - 1, _SAMPLES).round().astype(np.int64))
    return [int(index) for index in places[chosen]]
