"""Localization of maps with known masks: on the object, or on a planted cue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import nan

import numpy as np

from kdviz.agreement import hierarchical_bootstrap, paired_difference, share_interval
from kdviz.comparison.test_set.survey import Localization, Survey
from kdviz.types import Arm, FloatArray, Interval, Region

# A survey never changes, and a page needs its figures at every rerun.
_cached = lru_cache(maxsize=64)


@dataclass(frozen=True)
class LocalizationRow:
    """One arm's maps against one kind of region, over n images; the interval is over images.

    hit: share of images whose map's highest cell touches the region (pointing game). share: of the positive
    evidence in the region. area: the region's share of the image, which is the expected share of a uniform
    map. chance: the share of the map's cells that touch the region, which is the expected hit of a random
    one.
    """

    region: Region
    arm: Arm
    hit: Interval
    share: Interval
    area: float
    chance: float
    n: int


@_cached
def localization_table(survey: Survey) -> tuple[LocalizationRow, ...]:
    """Every arm, the teacher first, for each kind of region with masks; else empty."""
    return tuple(
        LocalizationRow(
            region,
            arm,
            hierarchical_bootstrap(of_arm.hit[None]),
            hierarchical_bootstrap(of_arm.share[None]),
            _mean_area(found.area),
            _mean_area(hit_chances(found, arm)),
            int((of_arm.hit == of_arm.hit).sum()),
        )
        for region, found in survey.localization.items()
        for arm, of_arm in found.arms.items()
    )


def hit_chances(found: Localization, arm: Arm) -> FloatArray:
    """The chance of a hit of an arm's map on each image, (N,)."""
    chance = found.arms[arm].chance
    return found.area if chance is None else chance


def _mean_area(areas: FloatArray) -> float:
    """Of the masks that are not empty: with an empty one, hit and share are undefined."""
    return float(areas[areas > 0].mean()) if areas.any() else nan


@dataclass(frozen=True)
class ClassLocalization:
    """The pointing game of one arm on the n images of one class: as in `LocalizationRow`."""

    label: int
    hit: float
    chance: float
    n: int

    @property
    def interval(self) -> Interval:
        """The hit with its 95 % Wilson interval over the images."""
        return share_interval(round(self.hit * self.n), self.n)


@_cached
def localization_by_class(survey: Survey, region: Region, arm: Arm) -> tuple[ClassLocalization, ...]:
    """Each class that has images with the region and a defined map."""
    found = survey.localization[region]
    hit, chance = found.arms[arm].hit, hit_chances(found, arm)
    known = np.isfinite(hit)
    return tuple(
        ClassLocalization(
            label, float(hit[of_class].mean()), float(chance[of_class].mean()), int(of_class.sum())
        )
        for label in range(len(survey.classes))
        if (of_class := known & (survey.labels == label)).any()
    )


@_cached
def localization_gain(survey: Survey, region: Region) -> Interval:
    """Pointing game of the student minus that of its twin, over the images on which both maps are defined."""
    arms = survey.localization[region].arms
    return paired_difference(arms["student"].hit, arms["twin"].hit)


@_cached
def evidence_gain(survey: Survey, region: Region) -> Interval:
    """Share of the student's positive evidence in a region minus that of its twin's, over the same images."""
    arms = survey.localization[region].arms
    return paired_difference(arms["student"].share, arms["twin"].share)
