"""Files of numpy arrays, of any origin: read without pickles, and never beyond a size."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def arrays_from_bytes(content: bytes, *, most_bytes: int | None = None) -> Mapping[str, NDArray[Any]]:
    """Arrays by name, from an npz without pickles.

    most_bytes: to which it may unpack. Raises ValueError beyond that, and what readers raise for others.
    """
    if most_bytes is not None:
        with zipfile.ZipFile(io.BytesIO(content)) as inner:
            if sum(member.file_size for member in inner.infolist()) > most_bytes:
                raise ValueError("it is too large when unpacked")
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return dict(arrays)
