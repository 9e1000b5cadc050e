"""An estimate with its interval is written out, and what is not there is not."""

from math import nan

import pytest

from kdviz.narrative.intervals import (
    accuracy_interval,
    digits_that_fit,
    images_tested,
    percent_range,
    percent_text,
    points_text,
    score_text,
)
from kdviz.types import MAIN_MEASURE, Agreement, ArmResult, Gain, Interval


@pytest.mark.parametrize(
    ("value", "low", "high", "signed", "text"),
    [
        (0.234, 0.2, 0.26, False, "0.23 (0.20 to 0.26)"),
        (0.234, 0.2, 0.26, True, "+0.23 (0.20 to 0.26)"),
        (-0.234, -0.26, 0.004, True, "−0.23 (−0.26 to 0.00)"),
        (0.004, -0.004, 0.01, True, "0.00 (0.00 to 0.01)"),
        (0.234, nan, nan, True, "+0.23"),
        (nan, nan, nan, True, "undefined"),
    ],
)
def test_a_score_has_two_digits_and_a_plus_where_it_is_seen_to_be_above_0(value, low, high, signed, text):
    assert score_text(Interval(value, low, high), signed=signed) == text


def test_a_share_is_in_percent_and_a_difference_of_shares_in_points():
    share = Interval(0.8412, 0.82, 0.8625)
    assert percent_text(share) == "84.1\N{NO-BREAK SPACE}% (82.0 to 86.3)"
    assert points_text(share) == "+84.1 (82.0 to 86.3)"
    assert points_text(Interval(-0.0004, -0.01, 0.0)) == "0.0 (−1.0 to 0.0)"


@pytest.mark.parametrize(
    ("first", "second", "digits"),
    [
        (0.934, 0.057, 3),  # 0.93, 0.06 and 0.88
        (0.984, 0.346, 3),  # 0.98, 0.35 and 0.64
        (0.93, 0.06, 2),
        (0.425, 0.625, 3),  # 0.42, 0.63 and −0.20: 0.425 is a little less in binary
        (0.5, -0.25, 2),
        (0.004, -0.004, 3),  # 0.00, 0.00 and 0.01
    ],
)
def test_scores_and_their_difference_fit_as_they_are_read(first, second, digits):
    assert digits_that_fit(first, second) == digits


def test_an_accuracy_has_the_wilson_interval_over_the_test_images():
    """All of 36 right: the lower end solves p = z² (1 − p)² / n for z = 1.96, which is n / (n + z²)."""
    found = accuracy_interval(ArmResult(10, 1.0, accuracy_gain=Gain(0.0, 0.0, 0.0, 36)))
    assert found.low == pytest.approx(36 / (36 + 1.96**2), abs=1e-4)
    assert percent_range(found) == "90.4 to 100.0\N{NO-BREAK SPACE}%"


def test_the_test_images_are_counted_without_a_twin_too_and_an_unknown_number_has_no_interval():
    of_maps = Agreement(0.5, 0.1, 0.4, 0.3, 0.5, 90, 0.1)
    assert images_tested(ArmResult(10, 0.5, agreement={MAIN_MEASURE: of_maps})) == 100
    unknown = accuracy_interval(ArmResult(10, 0.5))
    assert percent_range(unknown) == ""
    assert unknown.value == 0.5
