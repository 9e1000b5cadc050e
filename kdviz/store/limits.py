"""How much a visitor of a shared server may ask of it, as whoever runs it has decided."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from kdviz.replacing import write_atomically
from kdviz.store.failures import as_store_errors

_FILE = "limits.json"


@dataclass(frozen=True)
class Limits:
    """Of each visitor. runs: queued or in training at once. epochs: of teacher and students together.

    upload_mb: of all uploads that the visitor keeps, in MiB.
    """

    runs: int = 3
    epochs: int = 60
    upload_mb: int = 2048


def read_limits(directory: Path) -> Limits:
    """The limits of a runs directory; the usual ones where none are written, or none can be read."""
    try:
        found = json.loads((directory / _FILE).read_text("utf-8"))
        return Limits(**{name: int(value) for name, value in found.items()})
    except (OSError, ValueError, AttributeError, TypeError):
        return Limits()


def write_limits(directory: Path, limits: Limits) -> None:
    """Change them. Raises StoreError."""
    with as_store_errors(directory):
        write_atomically(directory / _FILE, json.dumps(asdict(limits)).encode())
