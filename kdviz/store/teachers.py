"""The shelf of trained teachers: those made here, then those that come with the package."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING

from kdviz.errors import StoreError
from kdviz.store.failures import told_in_one_line
from kdviz.store.folder import weights_from_bytes, weights_to_bytes, write_atomically

if TYPE_CHECKING:
    from kdviz.types import Weights

SHIPPED = Path(__file__).parents[1] / "teachers"

_LOG = logging.getLogger(__name__)


class Shelf:
    """`runs/teachers/<key>.safetensors`. The key names all that made the teacher what it is."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def save(self, key: str, weights: Weights) -> None:
        """Keeps a teacher for the runs to come."""
        with told_in_one_line(self._directory):
            write_atomically(_file(self._directory / "teachers", key), weights_to_bytes(weights))

    def has(self, key: str) -> bool:
        """Whether there is a teacher of that key; it may still turn out to be damaged."""
        return any(_file(shelf, key).exists() for shelf in (self._directory / "teachers", SHIPPED))

    def find(self, key: str) -> Weights | None:
        """A teacher's weights, or None. One that is damaged counts as missing: it is trained anew."""
        for shelf in (self._directory / "teachers", SHIPPED):
            file = _file(shelf, key)
            try:
                return weights_from_bytes(file.read_bytes())
            except FileNotFoundError:
                continue
            except Exception as error:  # each kind of damage has its own exception
                _LOG.warning("teacher %s cannot be read (%s)", file, error)
        return None


def _file(shelf: Path, key: str) -> Path:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", key):
        raise StoreError(f"teacher: {key!r} is not a key. Letters, digits, '-' and '_' only.")
    return shelf / f"{key}.safetensors"
