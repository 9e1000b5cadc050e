"""Accuracy where a planted cue indicates another class than the label, and where it is right by luck."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kdviz.agreement import share_interval
from kdviz.comparison.test_set.survey import Mask, Survey
from kdviz.types import Arm, IntArray, Interval

_cached = lru_cache(maxsize=64)  # a survey never changes, and a page needs them at every rerun


@dataclass(frozen=True)
class CueSplit:
    """The accuracy of one arm on the two parts of a survey of images with a random cue.

    wrong: where the cue indicates another class, on wrong_count images. lucky: where it indicates the label,
    on lucky_count. followed: share of the wrong_count images for which the arm predicts what the cue
    indicates. With 95 % intervals, NaN without images.
    """

    arm: Arm
    wrong: Interval
    wrong_count: int
    lucky: Interval
    lucky_count: int
    followed: Interval


@_cached
def cue_split(survey: Survey) -> tuple[CueSplit, ...]:
    """Every arm, the teacher first. survey: of a run with a planted cue."""
    cue = survey_cue_classes(survey)
    return tuple(
        _split(arm, survey.right(arm), of.predicted == cue, cue == survey.labels)
        for arm, of in survey.predictions.items()
    )


@dataclass(frozen=True)
class LuckyErrors:
    """The student's errors on images whose cue is right by luck.

    count: how many. label, of_label: the class with most of them, and how many it has. by_teacher: how many
    of the images the teacher gets wrong too.
    """

    count: int
    label: int
    of_label: int
    by_teacher: int


def lucky_errors(survey: Survey) -> LuckyErrors | None:
    """These errors; None without any. survey: of a run with a planted cue."""
    wrong = ~survey.right("student") & (survey_cue_classes(survey) == survey.labels)
    if not wrong.any():
        return None
    by_label = np.bincount(survey.labels[wrong], minlength=len(survey.classes))
    most, by_teacher = int(by_label.argmax()), ~survey.right("teacher") & wrong
    return LuckyErrors(int(wrong.sum()), most, int(by_label[most]), int(by_teacher.sum()))


@_cached
def survey_cue_classes(survey: Survey) -> IntArray:
    """(N,) the class that the cue of each image indicates. survey: of a run with a planted cue."""
    from kdviz.datasets import random_cue_classes  # imports torch, which other statistics do not need

    found: IntArray = random_cue_classes(survey.total, len(survey.classes)).numpy()[survey.indices]
    return found


def _split(arm: Arm, right: Mask, follows: Mask, lucky: Mask) -> CueSplit:
    wrong, by_luck = right[~lucky], right[lucky]
    return CueSplit(
        arm,
        share_interval(int(wrong.sum()), len(wrong)),
        len(wrong),
        share_interval(int(by_luck.sum()), len(by_luck)),
        len(by_luck),
        share_interval(int(follows[~lucky].sum()), len(wrong)),
    )
