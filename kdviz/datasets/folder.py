"""A user's images, decoded once, on all cores; broken files are listed and skipped."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from os.path import expanduser  # an unknown user is no error
from pathlib import Path
from typing import IO, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.datasets import cache
from kdviz.datasets.cache import Contents, Rows
from kdviz.datasets.counts import TEST_SHARE, VALIDATION_SHARE
from kdviz.datasets.file_source import FileSource, printable
from kdviz.datasets.image_file import FORMATS, MAX_PIXELS, TooManyPixelsError, picture
from kdviz.datasets.layout import Layout
from kdviz.datasets.leaks import Hashes, Thumbnail, leaks, picture_hashes, seen_picture
from kdviz.datasets.memory import check_memory
from kdviz.datasets.object_mask import object_mask
from kdviz.datasets.opening import NO_FILES, fingerprint, laid_out, opened
from kdviz.datasets.region_files import found_regions
from kdviz.datasets.split import DataSet, held_out
from kdviz.errors import DataError
from kdviz.image_size import sides, written
from kdviz.progress import Message, Report

_NAMES_SHOWN = 5
_AT_ONCE = 48
_MOST_THREADS = 16
_READER = 3
"""Version of the arrangement and the decoding; what another version cached is read again."""
_NO_ROWS = np.empty(0, dtype=np.uint8)  # an empty file cannot be mapped


@dataclass(frozen=True)
class _Decoded:
    """Indices of decoded files of a layout, names of broken ones, number of enlarged ones, and masks.

    masked: number of images whose object is known. bad_masks: names of images whose mask cannot be used.
    hashes: of each decoded file.
    """

    readable: list[int]
    broken: list[str]
    enlarged: int
    masked: int
    bad_masks: list[str]
    hashes: list[Hashes]


class _Image(NamedTuple):
    """A decoded image; mask: None if nothing is known of its object, or the mask cannot be used."""

    pixels: bytes
    enlarged: bool
    mask: bytes | None
    bad_mask: bool
    hashes: Hashes


def load_folder(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """The images in `data`, as RGB, cropped and resized to `image_size`. Raises DataError."""
    if not data:
        raise DataError(NO_FILES)
    path = Path(expanduser(data))
    report(Message("Looking for images"), 0.0)
    size = sides(image_size)
    place = cache.directory() / _cache_name(path, size)
    dataset = cache.stored(place)
    if dataset is None:
        with opened(path) as source:
            dataset = _Reader(source, laid_out(source, path), size, report).dataset(place)
    report(Message("Images are ready"), 1.0)
    return dataset


class _Reader:
    """Decodes the pictures of a source, with what is known of their objects."""

    def __init__(self, source: FileSource, layout: Layout, size: tuple[int, int], report: Report) -> None:
        self._source, self._layout, self._size, self._report = source, layout, size, report
        self._regions = found_regions(source, layout)

    def dataset(self, place: Path) -> DataSet:
        """Decode to disk and map the result; if the disk does not allow it, decode to memory."""
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=place.parent, prefix="unfinished-") as scratch:
                files, ready = (Path(scratch, "rows"), Path(scratch, "masks")), Path(scratch, "ready")
                ready.mkdir()
                with files[0].open("wb") as rows, files[1].open("wb") as masks:
                    decoded = self._decode(rows, masks)
                mapped, of_masks = (
                    np.memmap(file, np.uint8, "r") if decoded.readable else _NO_ROWS for file in files
                )
                cache.store(self._contents(decoded, mapped, of_masks), place, ready)
            dataset = cache.stored(place)
            if dataset is not None:
                return dataset
            reason = "they cannot be read back"
        except OSError as error:
            reason = error.strerror or str(error)
        return self._in_memory(
            f"The images could not be cached in {str(place.parent)!r} ({reason}) and are decoded again each "
            "time."
        )

    def _in_memory(self, note: str) -> DataSet:
        """Raises DataError for more images than the memory holds."""
        check_memory(2 * len(self._layout.names), (3, *self._size))  # decoded in one piece, then by split
        pixels, regions = io.BytesIO(), io.BytesIO()
        decoded = self._decode(pixels, regions)
        rows, masks = (np.frombuffer(each.getbuffer(), dtype=np.uint8) for each in (pixels, regions))
        return self._contents(decoded, rows, masks, note).dataset()

    def _decode(self, rows: IO[bytes], masks: IO[bytes]) -> _Decoded:
        """Write each readable image and its mask, in order. Raises DataError for one with too many pixels."""
        decoded, names = _Decoded([], [], 0, 0, [], []), self._layout.names
        no_mask = bytes(self._size[0] * self._size[1])
        with ThreadPoolExecutor(decoding_threads(), thread_name_prefix="kdviz-decode") as threads:
            for start in range(0, len(names), _AT_ONCE):
                what = Message("Reading images: {done} of {count}", {"done": start, "count": len(names)})
                self._report(what, start / len(names))
                some = names[start : start + _AT_ONCE]
                for index, image in enumerate(threads.map(self._image, some), start):
                    if image is None:
                        decoded.broken.append(printable(names[index]))
                        continue
                    rows.write(image.pixels)
                    masks.write(image.mask or no_mask)
                    decoded = _counted(decoded, index, image, names[index])
        return decoded

    def _image(self, name: str) -> _Image | None:
        """None for a broken file. Raises DataError for one with too many pixels."""
        try:
            with self._source.open(name) as stream:
                pixels, enlarged = picture(stream, self._size)
                stream.seek(0)
                mask, bad = self._mask(name, stream)
                stream.seek(0)
                hashes = picture_hashes(stream) or Hashes(name.encode("utf-8", "surrogateescape"), 0)
        except TooManyPixelsError:
            raise DataError(
                f"data: {printable(name)!r} has more than {MAX_PIXELS // 1_000_000} million pixels. "
                "Make it smaller, or leave it out."
            ) from None
        except Exception:  # readers raise anything for a broken file
            return None
        return _Image(pixels.tobytes(), enlarged, mask, bad, hashes)

    def _mask(self, name: str, stream: IO[bytes]) -> tuple[bytes | None, bool]:
        """The mask of a picture, and whether it cannot be used."""
        region = self._regions.by_name.get(name)
        if region is None:
            return None, False
        try:
            return object_mask(self._source, region, stream, self._size).tobytes(), False
        except Exception:  # as above
            return None, True

    def _contents(self, decoded: _Decoded, rows: Rows, masks: Rows, *notes: str) -> Contents:
        layout = self._layout
        if not decoded.readable:
            raise DataError(
                f"data: none of the {len(layout.names):,} files is an image that can be read (first: "
                f"{decoded.broken[0]!r}). These can: {', '.join(FORMATS)}."
            )
        labels = np.array(layout.labels, dtype=np.int64)[decoded.readable]
        splits = None if layout.splits is None else np.array(layout.splits)[decoded.readable]
        places = split_places(layout.classes, labels, splits)
        found = [*_notes(layout.classes, labels, places, decoded), *self._leaks(decoded, places)]
        return Contents(
            layout.classes,
            rows.reshape(-1, 3, *self._size),
            labels,
            places,
            (*layout.notes, *self._regions.notes, *found, *notes),
            masks.reshape(-1, *self._size) if decoded.masked else None,
        )

    def _leaks(self, decoded: _Decoded, places: dict[str, NDArray[np.int64]]) -> tuple[str, ...]:
        """Notes on what is in training and test alike."""
        names = [self._layout.names[index] for index in decoded.readable]

        def thumbnail(place: int) -> Thumbnail | None:
            seen = seen_picture(self._source, names[place])
            return seen.thumbnail if seen else None

        found = leaks([printable(name) for name in names], decoded.hashes, places, thumbnail)
        return found.notes(len(places["test"]))


def _counted(decoded: _Decoded, index: int, image: _Image, name: str) -> _Decoded:
    decoded.readable.append(index)
    decoded.hashes.append(image.hashes)
    if image.bad_mask:
        decoded.bad_masks.append(printable(name))
    return replace(
        decoded,
        enlarged=decoded.enlarged + image.enlarged,
        masked=decoded.masked + (image.mask is not None),
    )


def split_places(
    classes: Sequence[str],
    labels: NDArray[np.int64],
    splits: NDArray[np.str_] | None,
    *,
    noun: str = "image",
) -> dict[str, NDArray[np.int64]]:
    """The rows of each split; every class is in every split that is cut here.

    labels: (N,). splits: (N,), as in a `Layout`. noun: name of an input in errors. Raises DataError for
    a class with too few.
    """
    given = set() if splits is None else set(splits.tolist())
    trainable = np.arange(len(labels)) if splits is None else np.flatnonzero(splits == "train")
    needed = 1 + (splits is None) + ("validation" not in given)
    counts = np.bincount(labels[trainable], minlength=len(classes))
    fewest = int(counts.argmin())
    if counts[fewest] < needed:
        raise DataError(
            f"data: class {classes[fewest]!r} has {counts[fewest]} readable training {noun}s, "
            f"at least {needed} {'is' if needed == 1 else 'are'} needed. Add some, or remove the class."
        )
    if splits is None:
        trainable, test = _cut(trainable, labels, TEST_SHARE)
    else:
        test = np.flatnonzero(splits == "test")
    if not len(test):
        raise DataError(
            f"data: no test {noun} can be read. Add some, or remove the test folder to have one cut."
        )
    if "validation" in given:
        return {"train": trainable, "validation": np.flatnonzero(splits == "validation"), "test": test}
    train, validation = _cut(trainable, labels, VALIDATION_SHARE)
    return {"train": train, "validation": validation, "test": test}


def _cut(
    places: NDArray[np.int64], labels: NDArray[np.int64], share: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    kept, held = held_out(torch.from_numpy(labels[places]), share)
    return places[kept.numpy()], places[held.numpy()]


def _notes(
    classes: Sequence[str], labels: NDArray[np.int64], places: dict[str, NDArray[np.int64]], decoded: _Decoded
) -> list[str]:
    untested = sorted(set(range(len(classes))) - set(labels[places["test"]].tolist()))
    notes = []
    if decoded.broken:
        notes.append(broken_note(decoded.broken))
    if decoded.enlarged:
        notes.append(f"{were(decoded.enlarged, 'image')} smaller than the chosen size, and enlarged.")
    if decoded.masked:
        notes.append(f"The object's place is known in {decoded.masked:,} of {len(labels):,} images.")
    if decoded.bad_masks:
        notes.append(
            f"{were(len(decoded.bad_masks), 'mask')} not used, broken or of another shape than the image: "
            f"{first_names(decoded.bad_masks)}."
        )
    if untested:
        notes.append(f"Classes without test images: {first_names([classes[label] for label in untested])}.")
    return notes


def broken_note(names: Sequence[str]) -> str:
    """The note on broken files with these names, at least one."""
    return f"{were(len(names), 'broken file')} skipped: {first_names(names)}."


def were(count: int, noun: str) -> str:
    """E.g. "1 image was"."""
    return f"1 {noun} was" if count == 1 else f"{count:,} {noun}s were"


def first_names(names: Sequence[str]) -> str:
    """The first of some names, separated by commas."""
    return ", ".join([*names[:_NAMES_SHOWN], *(["…"] if len(names) > _NAMES_SHOWN else [])])


def _cache_name(path: Path, size: tuple[int, int]) -> str:
    where = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return f"{where}-{written(*size)}px-{fingerprint(path) or 'absent'}.{_READER}"


def decoding_threads() -> int:
    """Threads that decode images: one for each core that this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return min(len(allowed(0)) if allowed else os.cpu_count() or 1, _MOST_THREADS)
