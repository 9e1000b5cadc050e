"""How well a score ranks two kinds of images."""

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from kdviz.agreement.ranking import chance_of_lower

Z = 1.959964


def scores(seed, n, shift=0.0, digits=1):
    """Rounded, so that some are equal."""
    return np.random.default_rng(seed).normal(shift, size=n).round(digits)


@pytest.mark.parametrize("shift", [0.0, 0.7, -2.0])
def test_the_area_is_that_of_mann_and_whitney_and_of_every_pair_counted(shift):
    wrong, right = scores(0, 13), scores(1, 240, shift)
    found = chance_of_lower(wrong, right).value
    assert found == pytest.approx(mannwhitneyu(right, wrong).statistic / (13 * 240))
    pairs = [(w < r) + (w == r) / 2 for w in wrong for r in right]
    assert found == pytest.approx(np.mean(pairs))


def test_its_ends_are_as_far_from_the_area_as_their_own_deviations_allow():
    """Newcombe's equation, |A − θ| = z √V(θ), written a second time."""
    m, n = 12, 88
    found = chance_of_lower(scores(2, m), scores(3, n, 0.8))
    for end in (found.low, found.high):
        half = (m + n) / 2 - 1
        factor = 1 + half * ((1 - end) / (2 - end) + end / (1 + end))
        assert abs(found.value - end) == pytest.approx(
            Z * np.sqrt(end * (1 - end) * factor / (m * n)), abs=1e-6
        )


def test_a_perfect_order_of_few_images_is_not_certain():
    found = chance_of_lower(np.arange(10), np.arange(10, 40))
    assert found.value == found.high == 1
    assert 0.7 < found.low < 0.95


def test_it_covers_the_true_value():
    """Normal scores that are one deviation apart: the true area is Φ(1/√2) = 0.760."""
    found = [chance_of_lower(scores(s, 15, 0, 9), scores(10_000 + s, 85, 1, 9)) for s in range(400)]
    assert 0.92 <= np.mean([each.low <= 0.760 <= each.high for each in found]) <= 0.995


def test_without_one_kind_it_is_undefined():
    assert np.isnan(chance_of_lower([], [0.1]).value)
