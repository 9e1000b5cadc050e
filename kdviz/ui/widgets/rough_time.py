"""A rough time of a run on one's own data, of whose kind none was made yet: by its multiply-adds."""

from __future__ import annotations

from collections.abc import Mapping

from kdviz.figures.style import duration
from kdviz.language import _
from kdviz.types import ModalityName

PACES: Mapping[ModalityName, tuple[float, float]] = {
    "image": (4e9, 15e9),
    "text": (1.7e9, 4.9e9),
    "audio": (4e9, 15e9),
}
"""Multiply-adds of training in a second of a run, the slowest and the fastest of the presets.

Of those on colour images and on texts, on two cores of an AMD EPYC; that of spoken words is within the first.
What else a run does, as evaluating after each epoch, takes a share of each second that differs.
"""

_SHORT_S = 60.0
"""Below it loading takes much of the time, and no range is said."""


def rough_time(modality: ModalityName, multiply_adds: float) -> str:
    """The time of a run of so much work, as a wide range, in a sentence."""
    slow, fast = PACES[modality]
    least, most = multiply_adds / fast, multiply_adds / slow
    if most < _SHORT_S:
        return _("Takes about a minute or less on two processor cores; an estimate follows the first epoch.")
    text = _("Takes roughly {least} to {most} on two processor cores; an estimate follows the first epoch.")
    return text.format(least=duration(_coarse(least)), most=duration(_coarse(most)))


def _coarse(seconds: float) -> float:
    """To one digit, or half of one: 20 s, 2 min, 5 min, 20 min, 2 h."""
    unit = next(
        unit for limit, unit in ((60, 10), (600, 60), (3600, 300), (float("inf"), 3600)) if seconds < limit
    )
    return max(unit * round(seconds / unit), unit)
