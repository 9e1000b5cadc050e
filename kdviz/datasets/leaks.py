"""Pictures in training and test alike: the same file, one that looks the same, one of the same slide."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from kdviz.datasets.file_source import FileSource
from kdviz.datasets.image_file import FORMATS, MAX_PIXELS, TooManyPixelsError, rgb
from kdviz.datasets.perceptual_hash import difference_hash, near_pairs
from kdviz.notes import copied_images_note, groups_note, similar_images_note

_THUMBNAIL = 96

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

    def __str__(self) -> str:
        return f"{self.test} – {self.train}"


class Hashes(NamedTuple):
    """Of a picture's file, and of what it shows."""

    content: bytes
    look: int


class SeenPicture(NamedTuple):
    """A picture: its hashes, width and height, and a small copy, uint8 (h, w, 3)."""

    hashes: Hashes
    size: tuple[int, int]
    thumbnail: Thumbnail


@dataclass(frozen=True)
class Leaks:
    """What is in training or validation and in the test alike.

    copies: pairs of equal files. near_copies: other pairs that look alike. groups: for each group of names,
    such as those of one slide, that is in both: its first image of either side.
    """

    copies: tuple[Pair, ...] = ()
    near_copies: tuple[Pair, ...] = ()
    groups: tuple[Pair, ...] = ()

    def notes(self, tests: int) -> tuple[str, ...]:
        """A note on each kind that there is. tests: the number of test images."""
        said = []
        if self.copies:
            said.append(copied_images_note(len(self.copies), tests, str(self.copies[0])))
        if self.near_copies:
            said.append(similar_images_note(len(self.near_copies), str(self.near_copies[0])))
        if self.groups:
            said.append(groups_note(len(self.groups), str(self.groups[0])))
        return tuple(map(str, said))


def picture_hashes(stream: IO[bytes]) -> Hashes | None:
    """The hashes of a picture; None for a file that is no image, or has too many pixels."""
    try:
        return _opened(stream)[0]
    except Exception:  # readers raise anything for a broken file
        return None


def seen_picture(source: FileSource, name: str) -> SeenPicture | None:
    """Look at a picture; None likewise."""
    try:
        with source.open(name) as stream:
            hashes, upright, size = _opened(stream)
    except Exception:  # as above
        return None
    turned = (upright.width < upright.height) != (size[0] < size[1])
    square = ImageOps.fit(upright, (_THUMBNAIL, _THUMBNAIL), method=Image.Resampling.BICUBIC)
    return SeenPicture(hashes, size[::-1] if turned else size, np.asarray(square))


def _opened(stream: IO[bytes]) -> tuple[Hashes, Image.Image, tuple[int, int]]:
    """The hashes, the upright picture in RGB, perhaps reduced, and width and height as stored."""
    content = hashlib.sha256(stream.read()).digest()
    stream.seek(0)
    with Image.open(stream, formats=FORMATS) as image:
        size = image.size
        if size[0] * size[1] > MAX_PIXELS:
            raise TooManyPixelsError
        image.draft("RGB", (2 * _THUMBNAIL, 2 * _THUMBNAIL))
        upright = rgb(ImageOps.exif_transpose(image))
    return Hashes(content, difference_hash(upright)), upright, size


def leaks(
    names: Sequence[str],
    hashes: Sequence[Hashes],
    places: Mapping[str, NDArray[np.int64]],
    thumbnail: Callable[[int], Thumbnail | None],
) -> Leaks:
    """What is on both sides. names, hashes: of each picture. places: of the pictures of each split.

    thumbnail: the small copy of a picture by its place, called only for pictures of similar hashes.
    """
    learn, test = np.concatenate([places["train"], places["validation"]]), places["test"]
    first_with = {hashes[index].content: index for index in reversed(learn.tolist())}
    copies = [
        (first_with[hashes[index].content], index)
        for index in test.tolist()
        if hashes[index].content in first_with
    ]
    looks = np.array([each.look for each in hashes], dtype=np.uint64)
    near = [(int(learn[a]), int(test[b])) for a, b in near_pairs(looks[learn], looks[test])]
    others = [(a, b) for a, b in near if hashes[a].content != hashes[b].content]
    similar = [(a, b) for a, b in others if _alike(thumbnail(a), thumbnail(b))]
    groups = _shared_groups(names, learn, test)
    return Leaks(_named(copies, names), _named(similar, names), _named(groups, names))


def _alike(first: Thumbnail | None, second: Thumbnail | None) -> bool:
    """Whether two pictures of similar hashes are also similar in their levels."""
    if first is None or second is None:
        return False
    return float(np.abs(first.astype(np.int16) - second).mean()) <= _ALIKE_LEVELS


def _shared_groups(
    names: Sequence[str], learn: NDArray[np.int64], test: NDArray[np.int64]
) -> list[tuple[int, int]]:
    """The first image to learn from, and the first to test with, of each group that has both."""
    learned, tested = (
        {group: index for index in reversed(of_split.tolist()) if (group := _group(names[index]))}
        for of_split in (learn, test)
    )
    return [(learned[group], tested[group]) for group in tested if group in learned]


def _group(name: str) -> str:
    """What comes before a last short number, if it ends in a number: "slide_07" of "a/slide_07_1.png"."""
    found = _NUMBERED.fullmatch(PurePosixPath(name).stem)
    return found[1] if found else ""


def _named(pairs: Iterable[tuple[int, int]], names: Sequence[str]) -> tuple[Pair, ...]:
    return tuple(Pair(names[train], names[test]) for train, test in pairs)
