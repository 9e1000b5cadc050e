"""Output files of the commands."""

from __future__ import annotations

from pathlib import Path

from kdviz.errors import KdvizError


def saved(content: bytes, path: Path) -> Path:
    """`path`, after writing to it. Raises KdvizError if it cannot be written."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise KdvizError(
            f"out: {str(path)!r} cannot be written: {error.strerror}. Name another file."
        ) from error
    return path
