"""Marks: masks of what decides, drawn by a person on images, spectrograms or words, and their file."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.datasets.split import DataSet
from kdviz.errors import DataError
from kdviz.npz import arrays_from_bytes
from kdviz.sound import drawn

MAX_BYTES = 64 << 20
"""Largest size to which a file of marks may unpack: 60,000 images of 64 px have 30 MB."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, eq=False)
class Marks:
    """Masks by the digest of their image: bool (H, W), the same size for all, none of them empty.

    Of texts they are (1, L), a cell for each word.

    An image is known by its content before a cue is planted, so marks hold for every run on a data set.
    of_data: digests of the images whose mask came with the data; the others were drawn.
    Raises DataError for masks of another kind.
    """

    masks: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    of_data: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for digest, mask in self.masks.items():
            if not _DIGEST.fullmatch(digest):
                raise DataError(f"marks: {digest[:80]!r} is not the SHA-256 of an image.")
            if mask.dtype != np.bool_ or mask.ndim != 2 or not mask.any():
                raise DataError("marks: a mask must be true or false for each pixel, and not all false.")
        if len({mask.shape for mask in self.masks.values()}) > 1:
            raise DataError("marks: all masks of a file must have one size.")

    def __len__(self) -> int:
        return len(self.masks)

    @property
    def size(self) -> tuple[int, int] | None:
        """(H, W) of the masks; None without any."""
        for mask in self.masks.values():
            return mask.shape[0], mask.shape[1]
        return None

    def merged(self, other: Marks) -> Marks:
        """Both sets; where an image has two masks, the other's."""
        of_data = (self.of_data - other.masks.keys()) | other.of_data
        return Marks({**self.masks, **other.masks}, of_data)

    def with_mask(self, digest: str, mask: NDArray[np.bool_]) -> Marks:
        """With a mask of one image; an empty one removes its mark."""
        others = {name: each for name, each in self.masks.items() if name != digest}
        return Marks({**others, digest: mask} if mask.any() else others, self.of_data - {digest})

    def of_images(self, images: Tensor) -> Tensor:
        """Bool (N, *S) for images (N, C, *S) without a cue; all false where there is no mark."""
        nothing = np.zeros(mask_size(images), dtype=bool)
        found = np.stack([self.masks.get(each, nothing) for each in digests(images)])
        return torch.from_numpy(found).view(len(images), *images.shape[2:])

    def to_bytes(self) -> bytes:
        """An npz without pickles: equal marks have equal bytes.

        digests: (N,) text. size: (2,), H and W. bits: uint8 (N, ⌈H·W/8⌉), as of `numpy.packbits`.
        of_data: (N,) bool; left out where all were drawn.
        """
        names, size = sorted(self.masks), self.size or (0, 0)
        flat = np.array([self.masks[name] for name in names], dtype=bool).reshape(
            len(names), size[0] * size[1]
        )
        content = io.BytesIO()
        origin: dict[str, Any] = {"of_data": [name in self.of_data for name in names]} if self.of_data else {}
        np.savez_compressed(
            content,
            digests=np.array(names, dtype="U64"),
            size=np.array(size),
            bits=np.packbits(flat, axis=1),
            **origin,
        )
        return content.getvalue()


def digests(images: Tensor) -> list[str]:
    """The SHA-256 of each uint8 image (N, C, H, W) as it is stored, in hex digits.

    Of a sound that of its spectrogram, of a text that of its words' numbers, whether or not samples or
    spelling follow: marks hold for all networks.
    """
    contents = images[:, :1] if images.ndim == 3 else drawn(images)
    return [hashlib.sha256(content.contiguous().numpy().tobytes()).hexdigest() for content in contents]


def mask_size(images: Tensor) -> tuple[int, int]:
    """(H, W) of the masks of images (N, C, H, W) or spectrograms; (1, L) of texts (N, C, L)."""
    height, width = (1, *images.shape[2:])[-2:]
    return height, width


def marks_from_bytes(content: bytes) -> Marks:
    """The inverse of `Marks.to_bytes`, of any origin. Raises DataError for other content."""
    try:
        arrays = arrays_from_bytes(content, most_bytes=MAX_BYTES)
        names, bits = [str(name) for name in arrays["digests"]], arrays["bits"]
        height, width = (int(side) for side in arrays["size"])
        if bits.dtype != np.uint8 or bits.shape != (len(names), -(-height * width // 8)):
            raise ValueError
        flat = np.unpackbits(bits, axis=1, count=height * width).astype(bool)
        masks = flat.reshape(len(names), height, width)
        origin = arrays.get("of_data", np.zeros(len(names), dtype=bool))
        of_data = frozenset(name for name, given in zip(names, origin, strict=True) if given)
    except Exception as error:  # readers raise anything for foreign content
        raise DataError("marks: this is not a file of marks. Save them again.") from error
    return Marks(dict(zip(names, masks, strict=True)), of_data)


def read_marks(path: Path) -> Marks:
    """The marks of a file. Raises DataError."""
    try:
        return marks_from_bytes(path.read_bytes())
    except OSError as error:
        raise DataError(f"marks: {str(path)!r} cannot be read: {error.strerror}.") from error


def marked(dataset: DataSet, marks: Marks) -> DataSet:
    """The data set with the marks as the masks of its training images, instead of masks of its own.

    Raises DataError if they are of another size, or none is of a training image.
    """
    images = dataset.train.images
    size = mask_size(images)
    if marks.size not in (None, size):
        drawn_on = "images" if dataset.train.sounds is None else "spectrograms"
        kind = "texts" if marks.size[0] == 1 else drawn_on
        raise DataError(f"marks: are for {kind} of {_written(marks.size)}, these have {_written(size)}.")
    masks = marks.of_images(images)
    if not masks.any():
        raise DataError(
            f"marks: none of them is of a training {_kind(dataset)} of this data set. Mark some, or leave "
            "marks out."
        )
    return replace(dataset, train=replace(dataset.train, object_masks=masks))


def _kind(dataset: DataSet) -> str:
    if dataset.train.sounds is not None:
        return "sound"
    return "image" if dataset.train.texts is None else "text"


def _written(size: tuple[int, int]) -> str:
    height, width = size
    return f"{width} words" if height == 1 else f"{width} x {height}"
