"""A disk cache of decoded images, memory-mapped when they are used again."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.datasets.split import SPLITS, DataSet, Split

Rows = NDArray[np.uint8]


@dataclass(frozen=True)
class Contents:
    """The decoded content of a user's files.

    rows: uint8 (N, 3, H, W). labels: (N,). places: by split, the indices of its rows. masks: bool (N, H, W),
    true on the object, all false where that is unknown; None if it is unknown everywhere.
    """

    classes: tuple[str, ...]
    rows: Rows
    labels: NDArray[np.int64]
    places: dict[str, NDArray[np.int64]]
    notes: tuple[str, ...]
    masks: Rows | None = None

    @property
    def masked(self) -> list[str]:
        """The splits in which an object is known."""
        return [
            name
            for name, places in self.places.items()
            if self.masks is not None and self.masks[places].any()
        ]

    def dataset(self) -> DataSet:
        """The data set, copied into memory."""
        splits = {
            name: _split(
                self.rows[places],
                self.labels[places],
                self.masks[places].astype(bool) if self.masks is not None and name in self.masked else None,
            )
            for name, places in self.places.items()
        }
        return _dataset(self.classes, splits, self.notes)


def directory() -> Path:
    """The directory of the cache, in the user's cache directory."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kdviz" / "folders"


def stored(place: Path) -> DataSet | None:
    """The cached data set, its images mapped from disk; None if there is no readable one."""
    try:
        about = json.loads((place / "about.json").read_text("utf-8"))
        splits = {
            name: _mapped(place, name, about["labels"][name], name in about["masked"]) for name in SPLITS
        }
        return _dataset(tuple(about["classes"]), splits, tuple(about["notes"]))
    except (OSError, EOFError, ValueError, LookupError, TypeError):
        return None


def store(contents: Contents, place: Path, scratch: Path) -> None:
    """Cache the data set, completely or not at all. Raises OSError: no space, or no permission.

    scratch: an empty directory on the same disk. An earlier entry for the same files is removed.
    """
    for name, places in contents.places.items():
        with (scratch / f"{name}.npy").open("wb") as file:
            _write_rows(file, contents.rows, places)
        if contents.masks is not None and name in contents.masked:
            with (scratch / f"{name}-masks.npy").open("wb") as file:
                _write_rows(file, contents.masks, places)
    about = {
        "classes": contents.classes,
        "labels": {name: contents.labels[places].tolist() for name, places in contents.places.items()},
        "notes": contents.notes,
        "masked": contents.masked,
    }
    (scratch / "about.json").write_text(json.dumps(about), "utf-8")
    for older in place.parent.glob(f"{place.name.rsplit('-', 1)[0]}-*"):
        shutil.rmtree(older, ignore_errors=True)
    os.rename(scratch, place)


def _write_rows(file: IO[bytes], rows: Rows, places: NDArray[np.int64]) -> None:
    """As .npy. A plain write raises on a full disk; writing to a mapped file would kill the process."""
    header = {"descr": "|u1", "fortran_order": False, "shape": (len(places), *rows.shape[1:])}
    np.lib.format.write_array_header_1_0(file, header)
    for start in range(0, len(places), 1024):
        file.write(rows[places[start : start + 1024]].tobytes())
    file.flush()
    os.fsync(file.fileno())


def _mapped(place: Path, name: str, labels: list[int], has_masks: bool) -> Split:
    rows = _map(place / f"{name}.npy", len(labels))
    masks = _map(place / f"{name}-masks.npy", len(labels)).view(bool) if has_masks else None
    return _split(rows, np.array(labels, dtype=np.int64), masks)


def _map(path: Path, count: int) -> Rows:
    # Copy on write: torch requires a writable array, and writes never reach the file.
    rows: Rows = np.load(path, mmap_mode="c", allow_pickle=False)
    if len(rows) != count:
        raise ValueError(f"{path.stem}: {len(rows)} images, {count} labels")
    return rows


def _split(rows: Rows, labels: NDArray[np.int64], masks: NDArray[np.bool_] | None) -> Split:
    return Split(
        torch.from_numpy(rows), torch.from_numpy(labels), None if masks is None else torch.from_numpy(masks)
    )


def _dataset(classes: tuple[str, ...], splits: dict[str, Split], notes: tuple[str, ...]) -> DataSet:
    parts: dict[str, Any] = {name: splits[name] for name in SPLITS}
    return DataSet(name="folder", classes=classes, flips=True, notes=notes, **parts)
