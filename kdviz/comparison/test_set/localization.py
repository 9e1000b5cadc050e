"""Where it is known what is where in a picture: whether maps fall on the object, or on a planted cue."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from kdviz.agreement import hierarchical_bootstrap, paired_difference
from kdviz.comparison.test_set.survey import Survey
from kdviz.language import _, decimal, with_interval
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


def localization_sentence(survey: Survey, region: Region) -> str:
    """How often the student points at it, and whether more or less often than its twin.

    Empty without a student whose maps are defined.
    """
    hits = {row.arm: row.hit for row in localization_table(survey) if row.region == region}
    if "student" not in hits or math.isnan(hits["student"].value):
        return ""
    if "twin" not in hits or math.isnan(hits["twin"].value):
        return _alone(region).format(student=_percent(hits["student"].value))
    arms = survey.localization[region].arms
    gain = paired_difference(arms["student"].hit, arms["twin"].hit)
    return _beside_twin(region).format(
        student=_percent(hits["student"].value), twin=_percent(hits["twin"].value), gain=_points(gain)
    )


def _alone(region: Region) -> str:
    if region == "object":
        return _("The student's map is highest on the object in {student} of the images.")
    return _("The student's map is highest on the cue in {student} of the images.")


def _beside_twin(region: Region) -> str:
    if region == "object":
        return _(
            "The student's map is highest on the object in {student} of the images, its twin's in {twin}: "
            "{gain} points."
        )
    return _(
        "The student's map is highest on the cue in {student} of the images, its twin's in {twin}: "
        "{gain} points."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}\N{NO-BREAK SPACE}%"


def _points(gain: Interval) -> str:
    value, low, high = (
        decimal(100 * end, f"{sign}.1f")
        for end, sign in ((gain.value, "+z"), (gain.low, "z"), (gain.high, "z"))
    )
    if math.isnan(gain.low):
        return value
    return with_interval(value, low, high)
