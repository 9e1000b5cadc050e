"""Cached teachers: those trained here, then those shipped with kdviz."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from kdviz.errors import StoreError
from kdviz.replacing import write_atomically
from kdviz.store.failures import as_store_errors
from kdviz.store.folder import weights_from_bytes, weights_to_bytes
from kdviz.types import Weights

SHIPPED = Path(__file__).parents[1] / "teachers"

_LOG = logging.getLogger(__name__)


class TeacherStore:
    """`runs/teachers/<key>.safetensors`. The key identifies everything that determines a teacher."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def save(self, key: str, weights: Weights) -> None:
        """Cache a teacher."""
        with as_store_errors(self._directory):
            write_atomically(_file(self._directory / "teachers", key), weights_to_bytes(weights))

    def has(self, key: str) -> bool:
        """Whether a teacher is cached; it may be damaged."""
        return any(_file(shelf, key).exists() for shelf in (self._directory / "teachers", SHIPPED))

    def find(self, key: str) -> Weights | None:
        """The weights of a teacher, or None. A damaged one counts as missing: it is trained again."""
        for shelf in (self._directory / "teachers", SHIPPED):
            file = _file(shelf, key)
            try:
                return weights_from_bytes(file.read_bytes())
            except FileNotFoundError:
                continue
            except Exception as error:  # readers raise anything for a damaged file
                _LOG.warning("teacher %s cannot be read (%s)", file, error)
        return None


def _file(shelf: Path, key: str) -> Path:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", key):
        raise StoreError(f"teacher: {key!r} is not a key. Letters, digits, '-' and '_' only.")
    return shelf / f"{key}.safetensors"
