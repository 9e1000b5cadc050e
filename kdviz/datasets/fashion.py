"""Fashion-MNIST: the mini set in the package, and the full set from a directory or by download."""

from __future__ import annotations

import gzip
from functools import lru_cache
from os.path import isfile
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.datasets.class_names import CLASS_NAMES
from kdviz.datasets.download import DEFAULT_DIRECTORY, fetched, not_available
from kdviz.datasets.split import DataSet, Split, with_validation
from kdviz.errors import DataError
from kdviz.progress import Message, Report

CLASSES = CLASS_NAMES["fashion-mnist"]
PACKAGED = Path(__file__).parent / "packaged" / "fashion_mnist_mini.npz"

_PARTS = ("train", "t10k")
Pixels = NDArray[np.uint8]


def load_mini(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """6,000 + 2,000 images from the package."""
    report(Message("Reading {name}", {"name": "fashion-mnist-mini"}), 0.0)
    dataset = _mini()
    report(Message("Reading {name}", {"name": "fashion-mnist-mini"}), 1.0)
    return dataset


def load_full(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """60,000 + 10,000 images, from the original files in `data`, which are downloaded if missing."""
    root = Path(data or DEFAULT_DIRECTORY)
    raw = root / "FashionMNIST" / "raw"  # as in torchvision
    folder = next((place for place in (root, raw) if all(map(_file_of, _names(place)))), None)
    if folder is None:
        folder = _downloaded(raw, report)
    splits = []
    for done, part in enumerate(_PARTS):
        report(Message("Reading {name}", {"name": "fashion-mnist"}), done / len(_PARTS))
        splits.append(_split(*read_part(folder, part)))
    report(Message("Reading {name}", {"name": "fashion-mnist"}), 1.0)
    return with_validation("fashion-mnist", CLASSES, *splits)


def read_part(folder: Path, part: str) -> tuple[Pixels, Pixels]:
    """Images (N, 28, 28) and labels (N,) of "train" or "t10k", from the original files, gzipped or not.

    Raises DataError if a file is missing or invalid.
    """
    images, labels = (_read_idx(path) for path in _names(folder, (part,)))
    if images.shape != (len(labels), 28, 28) or labels.max(initial=0) >= len(CLASSES):
        raise DataError(f"data: the {part} files in {str(folder)!r} are not Fashion-MNIST's. Replace them.")
    return images, labels


@lru_cache(maxsize=1)
def _mini() -> DataSet:
    with np.load(PACKAGED, allow_pickle=False) as arrays:
        train, test = (
            _split(arrays[f"{part}_images"], arrays[f"{part}_labels"]) for part in ("train", "test")
        )
    return with_validation("fashion-mnist-mini", CLASSES, train, test)


def _split(images: Pixels, labels: Pixels) -> Split:
    return Split(torch.from_numpy(images)[:, None], torch.from_numpy(labels.astype(np.int64)))


def _names(folder: Path, parts: tuple[str, ...] = _PARTS) -> list[Path]:
    kinds = ("images-idx3", "labels-idx1")
    return [folder / f"{part}-{kind}-ubyte" for part in parts for kind in kinds]


def _file_of(path: Path) -> Path | None:
    """The file itself or its gzipped form, whichever exists."""
    return next((file for file in (path, path.with_name(f"{path.name}.gz")) if isfile(file)), None)


def _read_idx(path: Path) -> Pixels:
    """The array in an idx file: two zero bytes, 8 for uint8, number of dimensions, shape, values."""
    file = _file_of(path)
    if file is None:
        raise DataError(f"data: {str(path.parent)!r} lacks {path.name}.gz. Give Fashion-MNIST's four files.")
    try:
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        sizes = np.frombuffer(content, ">i4", count=content[3], offset=4)
        values = np.frombuffer(content, np.uint8, offset=4 + sizes.nbytes)
        return values.reshape(sizes).copy()
    except (OSError, EOFError, ValueError, IndexError) as error:
        raise DataError(f"data: {str(file)!r} is broken ({error}). Delete it to download it again.") from None


def _downloaded(raw: Path, report: Report) -> Path:
    from torchvision.datasets import FashionMNIST  # imported on first use, since it takes a second

    files = FashionMNIST.resources
    for done, (name, md5) in enumerate(files):
        within = _within(report, done, len(files))
        try:
            fetched(f"{FashionMNIST.mirrors[0]}{name}", raw / name, md5, within)
        except OSError as error:
            raise not_available("fashion-mnist", raw.parent.parent, error) from None
    return raw


def _within(report: Report, done: int, count: int) -> Report:
    """A report for one of `count` equal parts of the work."""
    return lambda what, fraction: report(what, (done + fraction) / count)
