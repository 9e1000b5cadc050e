"""What commands write: a lens row as one PNG, a page as it is."""

from __future__ import annotations

from pathlib import Path

from kdviz.comparison import LensRow
from kdviz.errors import KdvizError
from kdviz.figures import blown_up, density, full_colour_at, marked, overlay, png, strip


def save_lens_row(row: LensRow, path: Path) -> None:
    """The input, then every arm's heatmap on one shared scale, the arm's colour at its foot.

    Raises KdvizError if the file cannot be written.
    """
    heatmaps = {arm: density(view.attribution) for arm, view in row.arms.items()}
    top = full_colour_at(heatmaps)
    pictures = [marked(overlay(row.image, heat, top=top), arm) for arm, heat in heatmaps.items()]
    saved(png(strip([blown_up(row.image), *pictures])), path)


def saved(content: bytes, path: Path) -> Path:
    """The file that was written. Raises KdvizError where that cannot be."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise KdvizError(
            f"out: {str(path)!r} cannot be written: {error.strerror}. Name another file."
        ) from error
    return path
