"""Sounds on the command line: when and at which frequency each arm's map is strongest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from kdviz.comparison import ImageExplanation
    from kdviz.types import FloatArray


class Peak(NamedTuple):
    """The cell of a map with the highest evidence: its middle in time, and its band's centre."""

    seconds: float
    hertz: float


def map_peaks(row: ImageExplanation) -> dict[str, Peak | None]:
    """Where each arm's map of a sound is strongest; None without positive evidence."""
    from kdviz.sound import seconds

    duration = seconds(row.image.shape[1])
    return {arm: _peak(values, duration) for arm, values in row.attributions.items()}


def peak_text(peak: Peak | None) -> str:
    """E.g. "0.35 s, 1.2 kHz"."""
    from kdviz.figures.maps import frequency_text, time_text

    return "–" if peak is None else f"{time_text(peak.seconds)}, {frequency_text(peak.hertz)}"


def peaks_json(found: Mapping[str, Peak | None]) -> dict[str, Any]:
    """Seconds and hertz by arm, empty for other inputs than sounds."""
    return {"strongest": {arm: peak and peak._asdict() for arm, peak in found.items()}} if found else {}


def _peak(values: FloatArray, duration: float) -> Peak | None:
    from kdviz.sound import BANDS, band_centres

    if not np.isfinite(values).all() or values.max() <= 0:
        return None
    bands, columns = values.shape
    band, column = np.unravel_index(int(values.argmax()), values.shape)
    return Peak(
        seconds=float((column + 0.5) / columns * duration),
        hertz=band_centres()[int((band + 0.5) / bands * BANDS)],
    )
