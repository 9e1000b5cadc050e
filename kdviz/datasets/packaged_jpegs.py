"""Flowers and blood cells: JPEG files in the package, decoded once per process."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from kdviz.datasets.object_mask import boxes_mask
from kdviz.datasets.split import SPLITS, DataSet, Split
from kdviz.progress import Message, Report

PACKAGED = Path(__file__).parent / "packaged"


def load_flowers(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """Photographs of five kinds of flowers. No photographer is in two splits."""
    return reported(_read, "flowers", report)


def load_blood_cells(data: str | None, image_size: int | str, report: Report) -> DataSet:
    """Sections of microscope pictures. No picture is in two splits.

    Object masks are the boxes around the cells that the label names.
    """
    return reported(_read, "blood-cells", report)


def packaged_file(name: str) -> Path:
    """The arrays of a data set, written by `scripts/pack_jpegs.py` or `scripts/pack_speech.py`.

    content: uint8, all files, one after the other. ends: (N,), where each of them ends. names: (N,), of the
    files. labels: (N,), indices in `classes`. splits: (N,), indices in `SPLITS`. classes: their names.
    boxes: int (M, 5), if objects are known: an image's index, then left, top, right and bottom in pixels.
    """
    return PACKAGED / f"{name.replace('-', '_')}.npz"


def reported(read: Callable[[str], DataSet], name: str, report: Report) -> DataSet:
    """The data set of that name, with progress at the start and at the end."""
    reading = Message("Reading {name}", {"name": name})
    report(reading, 0.0)
    dataset = read(name)
    report(reading, 1.0)
    return dataset


Files = list[NDArray[np.uint8]]
Arrays = Mapping[str, NDArray[Any]]


def open_packaged(name: str, decoded: Callable[[Files, Tensor, Arrays], Split]) -> DataSet:
    """The data set in a `packaged_file`.

    decoded: (the content of each file, labels (N,), all arrays) -> all of it as one split.
    """
    with np.load(packaged_file(name), allow_pickle=False) as arrays:
        labels = torch.from_numpy(arrays["labels"].astype(np.int64))
        everything = decoded(np.split(arrays["content"], arrays["ends"][:-1]), labels, arrays)
        classes, splits = tuple(map(str, arrays["classes"])), arrays["splits"]
    train, validation, test = (everything.take(np.flatnonzero(splits == part)) for part in range(len(SPLITS)))
    return DataSet(name, classes, train, validation, test, flips=True)


@lru_cache
def _read(name: str) -> DataSet:
    return open_packaged(name, _decoded)


def _decoded(files: Files, labels: Tensor, arrays: Arrays) -> Split:
    images = torch.from_numpy(np.stack([_pixels(file) for file in files]))
    return Split(images, labels, box_masks(images, arrays["boxes"]) if "boxes" in arrays else None)


def _pixels(file: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(3, H, W) of a JPEG file."""
    with Image.open(io.BytesIO(file.tobytes()), formats=["JPEG"]) as image:
        return np.asarray(image.convert("RGB")).transpose(2, 0, 1)


def box_masks(images: Tensor, boxes: NDArray[np.integer]) -> Tensor:
    """Bool (N, H, W), true in the boxes (M, 5) of `packaged_file`. images: (N, C, H, W)."""
    height, width = images.shape[-2:]
    sides = [boxes[boxes[:, 0] == index, 1:].tolist() for index in range(len(images))]
    return torch.from_numpy(np.stack([boxes_mask(each, height, width) for each in sides]))
