"""Exhibits of the museum: the two runs that show a mistake, one correct and one faulty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kdviz.language import _
from kdviz.museum.mistakes import MISTAKES
from kdviz.store import Run
from kdviz.study import Point, Study, StudyStatus, planned, study_status

NAMES = tuple(sorted((name for name in MISTAKES if name != "none"), key=lambda name: not MISTAKES[name].easy))
"""The mistakes that are exhibited, by name, the easy ones first."""

_SMALL: Mapping[str, Any] = {
    "dataset": "fashion-mnist-mini",
    "train_count": 500,
    "epochs": 10,
    "arms": ["student", "twin"],
}
"""A run takes seconds, and its first metrics are those of a single batch."""

_OVERFITTING: Mapping[str, Any] = {
    "dataset": "fashion-mnist-mini",
    "train_count": 2000,
    "epochs": 16,
    "kd_weight": 0.0,
    "explanation_weight": 0.0,
}
"""As many training images as test images, and enough epochs to memorize them."""

_SETTINGS: Mapping[str, Mapping[str, Any]] = {"trains-on-the-test": _OVERFITTING}


@dataclass(frozen=True)
class Exhibit:
    """A mistake with its two runs: the correct one first, then the faulty one."""

    mistake: str
    study: Study
    points: tuple[Point, ...]

    def progress(self, runs: Sequence[Run]) -> StudyStatus:
        """Status of the two runs. runs: all of a store, newest first."""
        return study_status(runs, self.points)


def exhibit(mistake: str) -> Exhibit:
    """The exhibit of a mistake. Mistakes with the same settings share the correct run."""
    study = Study(
        name=_("Museum of mistakes"),
        settings=dict(_SETTINGS.get(mistake, _SMALL)),
        grid={"mistake": ["none", mistake]},
    )
    return Exhibit(mistake, study, planned(study))


def is_complete(now: StudyStatus) -> bool:
    """Whether both runs are finished."""
    return len(now.done) == 2
