"""A user's images in a directory or a zip, decoded once; broken files are listed and skipped."""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from os.path import expanduser  # an unknown user is no error
from pathlib import Path
from typing import IO

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.datasets import cache
from kdviz.datasets.cache import Contents, Rows
from kdviz.datasets.counts import TEST_SHARE, VALIDATION_SHARE
from kdviz.datasets.file_source import FileSource, fingerprint, opened, printable
from kdviz.datasets.image_file import FORMATS, MAX_PIXELS, TooManyPixelsError, picture
from kdviz.datasets.layout import Layout, arranged
from kdviz.datasets.split import DataSet, held_out
from kdviz.errors import DataError
from kdviz.image_size import sides, written
from kdviz.progress import Message, Report

_NAMES_SHOWN = 5
_NO_ROWS = np.empty(0, dtype=np.uint8)  # an empty file cannot be mapped


@dataclass(frozen=True)
class _Decoded:
    """Indices of decoded files of a layout, names of broken ones, number of enlarged ones."""

    readable: list[int]
    broken: list[str]
    enlarged: int


def load_folder(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """The images in `data`, as RGB, cropped and resized to `image_size`. Raises DataError."""
    if not data:
        raise DataError("data: the data set 'folder' needs a folder or a zip file of images. Give its path.")
    path = Path(expanduser(data))
    report(Message("Looking for images"), 0.0)
    size = sides(image_size)
    place = cache.directory() / _cache_name(path, size)
    dataset = cache.stored(place)
    if dataset is None:
        with opened(path) as source:
            dataset = _read(source, arranged(source.names, str(path)), place, size, report)
    report(Message("Images are ready"), 1.0)
    return dataset


def _read(source: FileSource, layout: Layout, place: Path, size: tuple[int, int], report: Report) -> DataSet:
    """Decode to disk and map the result; if the disk does not allow it, decode to memory."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix="unfinished-") as scratch:
            unsorted, ready = Path(scratch, "rows"), Path(scratch, "ready")
            ready.mkdir()
            with unsorted.open("wb") as sink:
                decoded = _decode(source, layout, size, sink, report)
            rows = np.memmap(unsorted, dtype=np.uint8, mode="r") if decoded.readable else _NO_ROWS
            cache.store(_contents(layout, decoded, rows.reshape(-1, 3, *size)), place, ready)
        dataset = cache.stored(place)
        if dataset is not None:
            return dataset
        reason = "they cannot be read back"
    except OSError as error:
        reason = error.strerror or str(error)
    memory = io.BytesIO()
    decoded = _decode(source, layout, size, memory, report)
    pixels = np.frombuffer(memory.getbuffer(), dtype=np.uint8).reshape(-1, 3, *size)
    note = (
        f"The images could not be cached in {str(place.parent)!r} ({reason}) and are decoded again each time."
    )
    return _contents(layout, decoded, pixels, note).dataset()


def _decode(
    source: FileSource, layout: Layout, size: tuple[int, int], sink: IO[bytes], report: Report
) -> _Decoded:
    """Write each readable image to `sink`, in order. Raises DataError for one with too many pixels."""
    readable, broken, enlarged, count = [], [], 0, len(layout.names)
    for index, name in enumerate(layout.names):
        if index % 16 == 0:
            what = Message("Reading images: {done} of {count}", {"done": index, "count": count})
            report(what, index / count)
        try:
            with source.open(name) as stream:
                pixels, was_small = picture(stream, size)
        except TooManyPixelsError:
            raise DataError(
                f"data: {printable(name)!r} has more than {MAX_PIXELS // 1_000_000} million pixels. "
                "Make it smaller, or leave it out."
            ) from None
        except Exception:  # readers raise anything for a broken file
            broken.append(printable(name))
            continue
        sink.write(pixels.tobytes())
        readable.append(index)
        enlarged += was_small
    return _Decoded(readable, broken, enlarged)


def _contents(layout: Layout, decoded: _Decoded, rows: Rows, *notes: str) -> Contents:
    if not decoded.readable:
        raise DataError(
            f"data: none of the {len(layout.names):,} files is an image that can be read (first: "
            f"{decoded.broken[0]!r}). These can: {', '.join(FORMATS)}."
        )
    labels = np.array(layout.labels, dtype=np.int64)[decoded.readable]
    in_test = None if layout.in_test is None else np.array(layout.in_test)[decoded.readable]
    places = _places(layout.classes, labels, in_test)
    found = _notes(layout.classes, labels, places, decoded)
    return Contents(layout.classes, rows, labels, places, (*layout.notes, *found, *notes))


def _places(
    classes: Sequence[str], labels: NDArray[np.int64], in_test: NDArray[np.bool_] | None
) -> dict[str, NDArray[np.int64]]:
    """The rows of each split; every class is in every split that is cut here."""
    trainable = np.arange(len(labels)) if in_test is None else np.flatnonzero(~in_test)
    needed = 3 if in_test is None else 2
    counts = np.bincount(labels[trainable], minlength=len(classes))
    fewest = int(counts.argmin())
    if counts[fewest] < needed:
        raise DataError(
            f"data: class {classes[fewest]!r} has {counts[fewest]} readable training images, "
            f"at least {needed} are needed. Add some, or remove the class."
        )
    if in_test is None:
        trainable, test = _cut(trainable, labels, TEST_SHARE)
    else:
        test = np.flatnonzero(in_test)
    if not len(test):
        raise DataError(
            "data: no test image can be read. Add some, or remove the test folder to have one cut."
        )
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
        notes.append(f"{_were(len(decoded.broken), 'broken file')} skipped: {_shown(decoded.broken)}.")
    if decoded.enlarged:
        notes.append(f"{_were(decoded.enlarged, 'image')} smaller than the chosen size, and enlarged.")
    if untested:
        notes.append(f"Classes without test images: {_shown([classes[label] for label in untested])}.")
    return notes


def _were(count: int, noun: str) -> str:
    return f"1 {noun} was" if count == 1 else f"{count:,} {noun}s were"


def _shown(names: Sequence[str]) -> str:
    return ", ".join([*names[:_NAMES_SHOWN], *(["…"] if len(names) > _NAMES_SHOWN else [])])


def _cache_name(path: Path, size: tuple[int, int]) -> str:
    where = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return f"{where}-{written(*size)}px-{fingerprint(path) or 'absent'}"
