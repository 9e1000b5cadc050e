"""Where it is known what is where in a picture: whether maps fall on the object, or on a planted cue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kdviz.agreement import hierarchical_bootstrap, paired_difference
from kdviz.comparison.test_set.survey import Survey
from kdviz.types import Arm, Interval, Region


@dataclass(frozen=True)
class LocalizationRow:
    """One arm's maps against one kind of region, over n images; the interval is over images.

    hit: share of images whose map is highest on it: the pointing game. share: of the positive evidence, that
    which lies on it. area: the share of the picture that it covers: what a map that favours no place would
    have of both.
    """

    region: Region
    arm: Arm
    hit: Interval
    share: Interval
    area: float
    n: int


@lru_cache(maxsize=64)  # a survey never changes, and a page asks again with each click
def localization_table(survey: Survey) -> tuple[LocalizationRow, ...]:
    """Every arm, the teacher first, against each kind of region that the data know of; else empty."""
    return tuple(
        LocalizationRow(
            region,
            arm,
            hierarchical_bootstrap(of_arm.hit[None]),
            hierarchical_bootstrap(of_arm.share[None]),
            float(found.area.mean()),
            int((of_arm.hit == of_arm.hit).sum()),
        )
        for region, found in survey.localization.items()
        for arm, of_arm in found.arms.items()
    )


def localization_gain(survey: Survey, region: Region) -> Interval:
    """Pointing game of the student less its twin's, over the images on which both maps are defined."""
    arms = survey.localization[region].arms
    return paired_difference(arms["student"].hit, arms["twin"].hit)
