"""The length at which sounds are heard: the median of theirs, rounded up to half a second."""

import statistics

import numpy as np
import pytest

from kdviz.clip_seconds import LONGEST, SHORTEST, fitting_seconds, frames_in
from kdviz.sound import SAMPLE_RATE, frames


@pytest.mark.parametrize(
    ("lengths", "fitting"),
    [
        ([1.0], 1.0),
        ([0.2, 0.2, 3.0], 0.5),
        ([1.001, 1.001], 1.0),
        ([1.02, 1.02], 1.5),
        ([2.0, 2.3, 2.4, 9.0], 2.5),
        ([2.5, 2.5], 2.5),
        ([30.0, 30.0], 4.0),
    ],
)
def test_the_median_is_rounded_up_to_half_a_second_within_bounds(lengths, fitting):
    assert fitting_seconds(lengths) == fitting


def test_the_fitting_length_is_the_smallest_that_half_of_the_sounds_fit_in():
    random = np.random.default_rng(0)
    for _ in range(200):
        lengths = random.uniform(0.3, 3.9, random.integers(1, 9)).round(3).tolist()
        found = fitting_seconds(lengths)
        assert SHORTEST <= found <= LONGEST
        assert (2 * found).is_integer()
        assert found >= statistics.median(lengths) - 0.0101
        assert found == SHORTEST or found - 0.5 < statistics.median(lengths) - 0.0099


def test_frames_are_those_of_the_samples():
    for hundredths in range(50, 401):
        assert frames_in(hundredths / 100) == hundredths == frames(SAMPLE_RATE * hundredths // 100)
