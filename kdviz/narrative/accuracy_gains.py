"""How much more accurate than its twin each network is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from kdviz.agreement.paired_shares import paired_share_difference
from kdviz.types import UNDEFINED_GAIN, Arm, ArmResult, Gain, Results

if TYPE_CHECKING:
    from kdviz.comparison import Survey

Surveys = Mapping[str, "Survey"]
"""Surveys of a run by explainer."""

NO_SURVEYS: Surveys = {}


def accuracy_gains(results: Results, surveys: Surveys = NO_SURVEYS) -> Mapping[Arm, Gain]:
    """How much more accurate than the twin each arm is, over the same images; empty without a twin.

    surveys: used for results of earlier versions, which do not have it. Of no images where it is unknown.
    """
    if "twin" not in results:
        return {}
    rivals = [arm for arm in results if arm not in ("teacher", "twin")]
    return {arm: _accuracy_gain(arm, results[arm], surveys) for arm in rivals}


def student_accuracy_gain(results: Results | None, survey: Survey) -> Gain:
    """How much more accurate than its twin the student is: the figure and interval that every page shows.

    results: of the run, whose gain is over all test images; None if it has none, and the survey decides.
    """
    return accuracy_gain_over_twin(results, {survey.explainer: survey}, "student")


def accuracy_gain_over_twin(results: Results | None, surveys: Surveys, arm: Arm) -> Gain:
    """The same of any arm, from its results or else the largest survey; of no images if it is unknown."""
    found = accuracy_gains(results or {}, surveys).get(arm, UNDEFINED_GAIN)
    return found if found.n else _surveyed_gain(arm, surveys)


def largest_with(surveys: Surveys, *arms: Arm) -> Survey | None:
    """The survey with the most images of those that have predictions of these arms; None without one."""
    known = (each for each in surveys.values() if each.predictions.keys() >= {*arms})
    return max(known, key=len, default=None)


def _accuracy_gain(arm: Arm, result: ArmResult, surveys: Surveys) -> Gain:
    return _with_width(result.accuracy_gain) if result.accuracy_gain.n else _surveyed_gain(arm, surveys)


def _with_width(gain: Gain) -> Gain:
    """The gain with an interval: results of earlier versions have none where no image tells the two apart."""
    if not gain.low == gain.high == 0:
        return gain
    found = paired_share_difference(0, 0, gain.n)
    return Gain(found.value, found.low, found.high, gain.n)


def _surveyed_gain(arm: Arm, surveys: Surveys) -> Gain:
    known = [each for each in surveys.values() if arm in each.scores and "twin" in each.scores]
    if not known:
        return UNDEFINED_GAIN
    from kdviz.comparison import difference  # imports NumPy, which a run without surveys does not need

    largest = max(known, key=len)
    found = difference(largest, arm=arm).accuracy
    return Gain(found.value, found.low, found.high, len(largest))
