"""How many cells the maps of a survey have, read off the places of their maxima."""

from __future__ import annotations

import numpy as np

from kdviz.comparison.test_set.survey import Survey
from kdviz.types import FloatArray

_FEWEST_PEAKS, _MOST_CELLS, _TOLERANCE = 20, 512, 1e-3


def map_cells(survey: Survey) -> tuple[int, int] | None:
    """Rows and columns of the teacher's maps: of the coarsest grid with all their maxima at cell centres.

    None for texts, and where fewer than 20 maxima are known, or all are in one row or column.
    """
    peaks = survey.teacher_peaks[np.isfinite(survey.teacher_peaks).all(1)]
    if len(peaks) < _FEWEST_PEAKS:
        return None
    rows, columns = (_cells(along) for along in peaks.T)
    return (rows, columns) if rows > 1 and columns > 1 else None


def _cells(along: FloatArray) -> int:
    """The least number of equal cells of which all these shares are centres; 1 if there is none."""
    for count in range(1, _MOST_CELLS + 1):
        places = along * count - 0.5
        if np.abs(places - places.round()).max() < _TOLERANCE:
            return count
    return 1
