"""Arms whose maps miss a planted cue on the images whose answer it decides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kdviz.agreement import share_interval
from kdviz.comparison.test_set.localization import hit_chances
from kdviz.comparison.test_set.survey import Survey
from kdviz.types import ENOUGH_IMAGES, Arm, FloatArray, Interval


@dataclass(frozen=True)
class UnseenCue:
    """An arm whose map is elsewhere on most of the n images whose answer is another without the cue.

    Of the arm's own answer, with the cue. hit: share of these images whose map is highest on the cue. chance:
    of a random cell. example: index in the test set of one with its map elsewhere.
    """

    arm: Arm
    n: int
    hit: Interval
    chance: float
    example: int


def unseen_cues(survey: Survey) -> tuple[UnseenCue, ...]:
    """Such arms, in the order of the survey: the whole 95 % interval of their hits is below a half.

    Empty without a cue that has a place, and for surveys of earlier versions, of which it is not known. An
    arm with fewer than 20 such images is left out.
    """
    located = survey.localization.get("cue")
    if located is None:
        return ()
    found = (
        _unseen(survey, arm, of.deciding, hit_chances(located, arm))
        for arm, of in located.arms.items()
        if of.deciding is not None
    )
    return tuple(each for each in found if each is not None)


def _unseen(survey: Survey, arm: Arm, hits: FloatArray, chance: FloatArray) -> UnseenCue | None:
    decided = np.isfinite(hits)
    count = int(decided.sum())
    if count < ENOUGH_IMAGES:
        return None
    hit = share_interval(round(float(hits[decided].sum())), count)
    if hit.high >= 0.5:
        return None
    elsewhere = survey.indices[decided & (hits == 0)]
    return UnseenCue(arm, count, hit, float(chance[decided].mean()), int(elsewhere[0]))
