"""Arms whose answers depend on a planted cue more often than their maps point at it."""

from __future__ import annotations

from dataclasses import dataclass

from kdviz.agreement import share_difference
from kdviz.comparison.test_set.localization import LocalizationRow, localization_table
from kdviz.comparison.test_set.survey import Survey
from kdviz.types import Arm, ArmResult, Interval, Results


@dataclass(frozen=True)
class UnseenCue:
    """An arm that is less accurate without its cue, on more images than its maps are highest on the cue.

    intact, random: its test accuracies where the cue helps, and where it is drawn at random. lost: intact −
    random; the cue decides the answer to at least this share of the images, since that many are right
    with it and wrong without it. hit: share of images whose map is highest on the cue. area: the cue's share
    of an image. mostly: whether the map is elsewhere on most of the images that the cue decides. example:
    index in the test set of an image that the arm gets wrong, with its map elsewhere; None without one.
    """

    arm: Arm
    intact: float
    random: float
    lost: Interval
    hit: Interval
    area: float
    mostly: bool
    example: int | None


def unseen_cues(survey: Survey, results: Results) -> tuple[UnseenCue, ...]:
    """Such arms, in the order of the survey, beyond the 95 % intervals of both shares.

    survey: of the run with these results. Empty without a cue that has a place.
    """
    rows = (row for row in localization_table(survey) if row.region == "cue" and row.arm in results)
    found = (_unseen(survey, row, results[row.arm]) for row in rows)
    return tuple(each for each in found if each is not None)


def _unseen(survey: Survey, row: LocalizationRow, result: ArmResult) -> UnseenCue | None:
    lost = share_difference(result.intact_accuracy, result.accuracy, survey.total)
    if not (lost.low > 0 and row.hit.high < lost.low):  # also for NaN
        return None
    return UnseenCue(
        row.arm,
        result.intact_accuracy,
        result.accuracy,
        lost,
        row.hit,
        row.area,
        # At least lost.low of the images are decided by the cue, at most hit.high have their map on it.
        mostly=lost.low - row.hit.high > row.hit.high,
        example=_example(survey, row.arm),
    )


def _example(survey: Survey, arm: Arm) -> int | None:
    elsewhere = (survey.localization["cue"].arms[arm].hit == 0) & ~survey.right(arm)
    return int(survey.indices[elsewhere][0]) if elsewhere.any() else None
