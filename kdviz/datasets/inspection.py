"""What a user's files hold, before a run: splits, sizes, broken files, and the same picture in two splits."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os.path import expanduser
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from kdviz.datasets.file_source import FileSource, printable
from kdviz.datasets.folder import broken_note, decoding_threads, split_places
from kdviz.datasets.image_file import FORMATS, MAX_PIXELS, TooManyPixelsError, rgb
from kdviz.datasets.opening import laid_out, opened
from kdviz.datasets.perceptual_hash import difference_hash, near_pairs
from kdviz.datasets.region_files import found_regions
from kdviz.datasets.split import SPLITS
from kdviz.errors import DataError
from kdviz.progress import Message, Report

_AT_ONCE = 48
_THUMBNAIL = 96
_SAMPLES = 6

_ALIKE_LEVELS = 10
"""Mean difference of two small copies, of 255 levels, up to which similar hashes mean the same picture.

Finds 93 % of the flowers that were reduced to 0.7 and saved as JPEG of quality 60, 80 % of the blood cells,
and no pair of different ones; of 3,000 x 1,000 clothes, which look alike at 28 px, 77 pairs.
"""

_NUMBERED = re.compile(r"(.*\d)[_-]\d{1,2}")
"""A crop of a numbered slide, or a picture of a numbered patient; "image_12" is only a number."""

Thumbnail = NDArray[np.uint8]


class Pair(NamedTuple):
    """Names of a training or validation image, and of a test image."""

    train: str
    test: str


@dataclass(frozen=True)
class ImageInspection:
    """A user's files.

    counts: by split, the number of images of each class. sizes: (N, 2), width and height in pixels. copies:
    pairs of equal files; near_copies: other pairs that look alike. samples: a few small images of each class,
    uint8 (h, w, 3). regions: number of test images beside which the object's place is given. groups: for each
    group of names, such as those of one slide, that is in both: its first image of either side.
    """

    classes: tuple[str, ...]
    counts: dict[str, tuple[int, ...]]
    sizes: NDArray[np.int64]
    broken: tuple[str, ...]
    copies: tuple[Pair, ...]
    near_copies: tuple[Pair, ...]
    samples: tuple[tuple[Thumbnail, ...], ...]
    regions: int
    notes: tuple[str, ...]
    groups: tuple[Pair, ...] = ()

    @property
    def said_in_a_run(self) -> frozenset[str]:
        """The notes of a run on these files that say what is said here."""
        return frozenset((*self.notes, *([broken_note(self.broken)] if self.broken else [])))

    @property
    def images(self) -> int:
        """The number of images that can be read."""
        return len(self.sizes)

    def total(self, split: str) -> int:
        """The number of images of a split."""
        return sum(self.counts[split])


class _Seen(NamedTuple):
    """A picture: hashes of its file and of what it shows, width and height, and a small copy."""

    content: bytes
    look: int
    size: tuple[int, int]
    thumbnail: Thumbnail


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
    copies, near = _leaks(pictures, names, places)
    of_class = [places["train"][labels[places["train"]] == label] for label in range(len(layout.classes))]
    return ImageInspection(
        classes=layout.classes,
        counts={name: _class_counts(labels[places[name]], len(layout.classes)) for name in SPLITS},
        sizes=np.array([each.size for each in pictures], dtype=np.int64),
        broken=tuple(printable(name) for name, each in zip(layout.names, seen, strict=True) if each is None),
        copies=copies,
        near_copies=near,
        samples=tuple(tuple(pictures[index].thumbnail for index in _spread(each)) for each in of_class),
        regions=sum(layout.names[readable[index]] in regions.by_name for index in places["test"]),
        notes=(*layout.notes, *regions.notes),
        groups=_named(_shared_groups(names, places), names),
    )


def _all_seen(source: FileSource, names: tuple[str, ...], report: Report) -> list[_Seen | None]:
    seen: list[_Seen | None] = []
    with ThreadPoolExecutor(decoding_threads(), thread_name_prefix="kdviz-inspect") as threads:
        for start in range(0, len(names), _AT_ONCE):
            done = Message("Checking images: {done} of {count}", {"done": start, "count": len(names)})
            report(done, start / len(names))
            some = names[start : start + _AT_ONCE]
            seen += threads.map(lambda name: _seen(source, name), some)
    return seen


def _seen(source: FileSource, name: str) -> _Seen | None:
    """None for a file that is no image, or has too many pixels."""
    try:
        with source.open(name) as stream:
            content = hashlib.sha256(stream.read()).digest()
            stream.seek(0)
            with Image.open(stream, formats=FORMATS) as image:
                size = image.size
                if size[0] * size[1] > MAX_PIXELS:
                    raise TooManyPixelsError
                image.draft("RGB", (2 * _THUMBNAIL, 2 * _THUMBNAIL))
                upright = rgb(ImageOps.exif_transpose(image))
    except Exception:  # readers raise anything for a broken file
        return None
    turned = (upright.width < upright.height) != (size[0] < size[1])
    square = ImageOps.fit(upright, (_THUMBNAIL, _THUMBNAIL), method=Image.Resampling.BICUBIC)
    return _Seen(content, difference_hash(upright), size[::-1] if turned else size, np.asarray(square))


def _leaks(
    pictures: list[_Seen], names: list[str], places: dict[str, NDArray[np.int64]]
) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """The equal and the similar pairs of an image to learn from, and one to test with."""
    learn, test = np.concatenate([places["train"], places["validation"]]), places["test"]
    first_with = {pictures[index].content: index for index in reversed(learn.tolist())}
    copies = [
        (first_with[pictures[index].content], index)
        for index in test.tolist()
        if pictures[index].content in first_with
    ]
    looks = np.array([each.look for each in pictures], dtype=np.uint64)
    near = [(int(learn[a]), int(test[b])) for a, b in near_pairs(looks[learn], looks[test])]
    similar = [(a, b) for a, b in near if _is_near_copy(pictures[a], pictures[b])]
    return _named(copies, names), _named(similar, names)


def _shared_groups(names: list[str], places: dict[str, NDArray[np.int64]]) -> list[tuple[int, int]]:
    """The first image to learn from, and the first to test with, of each group that has both."""
    learn, test = (
        {group: index for index in reversed(of_split.tolist()) if (group := _group(names[index]))}
        for of_split in (np.concatenate([places["train"], places["validation"]]), places["test"])
    )
    return [(learn[group], test[group]) for group in test if group in learn]


def _group(name: str) -> str:
    """What comes before a last short number, if it ends in a number: "slide_07" of "a/slide_07_1.png"."""
    found = _NUMBERED.fullmatch(PurePosixPath(name).stem)
    return found[1] if found else ""


def _is_near_copy(first: _Seen, second: _Seen) -> bool:
    """Whether two pictures of similar hashes are also similar in their levels, and not the same file."""
    difference = np.abs(first.thumbnail.astype(np.int16) - second.thumbnail)
    return first.content != second.content and float(difference.mean()) <= _ALIKE_LEVELS


def _named(pairs: Iterable[tuple[int, int]], names: list[str]) -> tuple[Pair, ...]:
    return tuple(Pair(names[train], names[test]) for train, test in pairs)


def _class_counts(labels: NDArray[np.int64], classes: int) -> tuple[int, ...]:
    return tuple(np.bincount(labels, minlength=classes).tolist())


def _spread(places: NDArray[np.int64]) -> list[int]:
    """Up to a few of them, at equal distances."""
    chosen = np.unique(np.linspace(0, len(places) - 1, _SAMPLES).round().astype(np.int64))
    return [int(index) for index in places[chosen]]
