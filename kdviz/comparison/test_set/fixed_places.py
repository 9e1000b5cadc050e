"""Whether the teacher looks at the same place on most images of one class: a sign of a shortcut."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kdviz.comparison.test_set.survey import Survey

FEWEST, MOSTLY, SELDOM, REACH = 8, 0.75, 0.25, 0.125
"""Images of a class with a maximum; share of them at the place; of the others there; distance, in sides."""


@dataclass(frozen=True)
class FixedPlace:
    """A place at which the teacher's map is highest on `count` of `n` images of a class.

    place: shares of the image, down and across. elsewhere: share of the other classes' images on which it is
    highest there.
    """

    label: int
    place: tuple[float, float]
    count: int
    n: int
    elsewhere: float


@lru_cache(maxsize=16)
def fixed_places(survey: Survey) -> tuple[FixedPlace, ...]:
    """Where the teacher's maps of one class have their maxima at one place, and those of the others do not.

    A class of at least 8 images with a maximum, of which at least 75 % are within an eighth of the image's
    sides of one of them, but at most 25 % of the other classes' maxima. Empty for surveys without maxima.
    """
    if not len(survey.teacher_peaks):
        return ()
    found = (_fixed_place(survey, label) for label in range(len(survey.classes)))
    return tuple(each for each in found if each is not None)


def _fixed_place(survey: Survey, label: int) -> FixedPlace | None:
    known = np.isfinite(survey.teacher_peaks).all(1)
    own = survey.teacher_peaks[known & (survey.labels == label)]
    others = survey.teacher_peaks[known & (survey.labels != label)]
    if len(own) < FEWEST or not len(others):
        return None
    at = _near(own, own).sum(1).argmax()
    place, count = own[at], int(_near(own[at : at + 1], own).sum())
    elsewhere = float(_near(own[at : at + 1], others).mean())
    if count < MOSTLY * len(own) or elsewhere > SELDOM:
        return None
    return FixedPlace(label, (float(place[0]), float(place[1])), count, len(own), elsewhere)


def _near(places: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n, m) whether each of places (n, 2) is near each of others (m, 2)."""
    near: np.ndarray = np.abs(places[:, None] - others[None]).max(2) <= REACH + 1e-6
    return near
