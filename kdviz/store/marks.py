"""Files of marks: kept once for each content in a runs directory, and in the folder of each run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kdviz.errors import StoreError
from kdviz.replacing import write_atomically
from kdviz.store.failures import as_store_errors

MARKS_FILE = "marks.npz"
"""Its name in a run's folder."""

MARKS_FOLDER = "marks"


def keep_marks(directory: Path, content: bytes) -> Path:
    """Write marks below a runs directory, once for each content. The path is a value of the setting `marks`.

    content: of `Marks.to_bytes`. Raises StoreError if it cannot be written.
    """
    file = directory / MARKS_FOLDER / f"{hashlib.sha256(content).hexdigest()[:16]}.npz"
    with as_store_errors(directory):
        if not file.exists():
            write_atomically(file, content)
    return file


class MarksCount(NamedTuple):
    """Numbers of masks in a file of marks: drawn by a person, and taken from the data.

    In files of earlier versions, and without masks of the data, all count as drawn.
    """

    drawn: int
    of_data: int


def count_marks(file: Path) -> MarksCount:
    """How many masks a file has, by origin; read without PyTorch. Raises StoreError if it cannot be read."""
    from kdviz.npz import arrays_from_bytes  # imports NumPy

    with as_store_errors(file.parent):
        content = file.read_bytes()
    try:
        arrays = arrays_from_bytes(content)
    except Exception as error:  # readers raise anything for foreign content
        raise StoreError(f"marks: {str(file)!r} is not a file of marks.") from error
    of_data = int(arrays["of_data"].sum()) if "of_data" in arrays else 0
    return MarksCount(len(arrays["digests"]) - of_data, of_data)


def with_own_marks(config: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    """The settings of the run in `folder`, which gets a copy of the marks that they name, unless it has one.

    In the settings, equal marks are one path below the runs directory, whichever file they came from.
    Raises StoreError if they cannot be read or written.
    """
    if not config.get("marks"):
        return config
    own = folder / MARKS_FILE
    with as_store_errors(folder.parent):
        if not own.exists():
            write_atomically(own, Path(config["marks"]).read_bytes())
        return {**config, "marks": str(keep_marks(folder.parent, own.read_bytes()))}
