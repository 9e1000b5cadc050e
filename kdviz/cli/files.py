"""What commands write."""

from __future__ import annotations

from pathlib import Path

from kdviz.errors import KdvizError


def saved(content: bytes, path: Path) -> Path:
    """The file that was written. Raises KdvizError where that cannot be."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise KdvizError(
            f"out: {str(path)!r} cannot be written: {error.strerror}. Name another file."
        ) from error
    return path
