"""Pictures of an .npz as MedMNIST writes it: train_images and train_labels, val_ and test_ likewise."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kdviz.datasets.file_source import MAX_BYTES, MAX_FILES, printable, readable_zip
from kdviz.datasets.memory import machine_memory_bytes
from kdviz.errors import DataError

_SPLITS = ("train", "val", "test")


class NpzSource:
    """Each row of the arrays as an image file, `<split>/<label>/<row>.bmp`.

    images: uint8 (N, H, W) or (N, H, W, 3). labels: whole numbers (N,) or (N, 1). Raises DataError for
    others, such as volumes, and for several labels an image.
    """

    skipped: tuple[str, ...] = ()

    def __init__(self, path: Path) -> None:
        self._path = path
        with readable_zip(path) as file:
            given = {name.removesuffix(".npy") for name in file.namelist()}
            splits = [split for split in _SPLITS if {f"{split}_images", f"{split}_labels"} <= given]
            if "train" not in splits:
                raise _refused(path, "it has no arrays train_images and train_labels. MedMNIST's files do.")
            _check_sizes(file, path, splits)
            labels = {split: _labels(file, path, split) for split in splits}
        digits = len(str(max(max(each, default=0) for each in labels.values())))
        self._rows = {
            f"{split}/{label:0{digits}d}/{row:06d}.bmp": (split, row)
            for split, of_split in labels.items()
            for row, label in enumerate(of_split)
        }
        self.names = tuple(sorted(self._rows))

    def open(self, name: str) -> IO[bytes]:
        """The image as an uncompressed BMP file."""
        split, row = self._rows[name]
        file = io.BytesIO()
        Image.fromarray(self._images[split][row]).save(file, "BMP")
        file.seek(0)
        return file

    @cached_property
    def _images(self) -> dict[str, NDArray[np.uint8]]:
        """By split; read when the first image is opened, since only labels are needed to count."""
        with readable_zip(self._path) as file:
            splits = sorted({split for split, _ in self._rows.values()})
            return {split: _array(file, self._path, f"{split}_images") for split in splits}


def _check_sizes(file: zipfile.ZipFile, path: Path, splits: list[str]) -> None:
    """Before anything is unpacked: the sizes are those of the zip's directory, of which no more is read."""
    limit = min(MAX_BYTES, machine_memory_bytes() // 2)
    size = sum(
        file.getinfo(f"{split}_{what}.npy").file_size for split in splits for what in ("images", "labels")
    )
    if size > limit:
        raise _refused(
            path,
            f"it unpacks to {size / 2**30:.1f} GB, more than the {limit / 2**30:.1f} GB that this machine "
            "can hold. Use a smaller image size.",
        )


def _labels(file: zipfile.ZipFile, path: Path, split: str) -> list[int]:
    """The labels of a split, after its images' shape is checked."""
    shape, kind = _header(file, path, f"{split}_images")
    if kind != np.uint8 or len(shape) not in (3, 4) or (len(shape) == 4 and shape[3] != 3):
        raise _refused(path, f"{split}_images is {kind} {shape}. It must be uint8 (N, H, W) or (N, H, W, 3).")
    labels = _array(file, path, f"{split}_labels")
    if labels.shape not in (shape[:1], (shape[0], 1)) or labels.dtype.kind not in "iu":
        raise _refused(
            path,
            f"{split}_labels is {labels.dtype} {labels.shape}. It must be one whole number for each image.",
        )
    if len(labels) > MAX_FILES:
        raise _refused(path, f"{split}_images has more than {MAX_FILES:,} images.")
    found: list[int] = labels.reshape(-1).tolist()
    return found


def _header(file: zipfile.ZipFile, path: Path, name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    with _errors(path, name), file.open(f"{name}.npy") as member:
        version = np.lib.format.read_magic(member)
        read = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, _, kind = read(member)
        return shape, kind


def _array(file: zipfile.ZipFile, path: Path, name: str) -> NDArray[Any]:
    with _errors(path, name), file.open(f"{name}.npy") as member:
        array: NDArray[Any] = np.lib.format.read_array(member, allow_pickle=False)
        return array


@contextmanager
def _errors(path: Path, name: str) -> Iterator[None]:
    """Turns whatever a damaged file raises into one line."""
    try:
        yield
    except Exception:
        raise _refused(path, f"{name} cannot be read as an array. Download it again.") from None


def _refused(path: Path, problem: str) -> DataError:
    return DataError(f"data: {printable(path.name)!r} was refused: {problem}")
