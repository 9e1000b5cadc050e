"""The interval of a difference of two shares of the same images, of which few tell them apart."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import multinomial

from kdviz.agreement import paired_difference
from kdviz.agreement.paired_shares import FEW_PAIRS, paired_share_difference

Z = 1.959964


def score_by_maximum_likelihood(more, less, n, difference):
    """Tango's statistic with the nuisance share found by maximizing the likelihood, not by its formula."""
    least = max(0.0, -difference)

    def surprise(share):
        shares = np.array([share + difference, share, 1 - 2 * share - difference])
        if (shares < 0).any():
            return np.inf
        return -multinomial.logpmf([more, less, n - more - less], n, shares / shares.sum())

    share = minimize_scalar(surprise, bounds=(least, (1 - difference) / 2), method="bounded").x
    return (more - less - n * difference) / np.sqrt(n * (2 * share + difference * (1 - difference)))


def test_it_is_the_published_one_of_airway_hyper_responsiveness():
    """Bentur et al. 2009, as in Fagerland, Lydersen & Laake 2014 (doi:10.1002/sim.6148): −0.517 to −0.026."""
    found = paired_share_difference(1, 7, 21)
    assert (found.value, found.low, found.high) == pytest.approx((-6 / 21, -0.517, -0.026), abs=5e-4)


@pytest.mark.parametrize(("more", "less", "n"), [(3, 0, 36), (2, 5, 60), (1, 1, 40), (0, 4, 250)])
def test_its_ends_are_where_the_score_test_just_rejects(more, less, n):
    found = paired_share_difference(more, less, n)
    assert score_by_maximum_likelihood(more, less, n, found.low) == pytest.approx(Z, abs=2e-3)
    assert score_by_maximum_likelihood(more, less, n, found.high) == pytest.approx(-Z, abs=2e-3)


@pytest.mark.parametrize("n", [2, 36, 600])
def test_two_networks_that_are_right_on_the_same_images_may_still_differ(n):
    """Without a pair that differs the ends are ± z²/(n + z²): the roots of the score test in closed form."""
    found = paired_share_difference(0, 0, n)
    reach = Z**2 / (n + Z**2)
    assert (found.value, found.low, found.high) == pytest.approx((0, -reach, reach))


def test_it_covers_a_small_difference_that_a_bootstrap_misses():
    """Of 36 images one in 20 is right for the first alone: a bootstrap has no width in a sixth of the draws."""
    drawn = np.random.default_rng(0).multinomial(36, [0.05, 0.0, 0.95], size=2000)
    found = [paired_share_difference(int(more), int(less), 36) for more, less, _same in drawn]
    assert np.mean([each.low <= 0.05 <= each.high for each in found]) >= 0.93
    assert (drawn[:, 0] == 0).mean() > 0.14


def test_no_images_have_no_difference():
    assert np.isnan(paired_share_difference(0, 0, 0).value)


def test_a_paired_difference_of_shares_takes_it_where_few_pairs_differ():
    right = np.ones(60, dtype=bool)
    other = right.copy()
    other[: FEW_PAIRS - 1] = False
    assert paired_difference(right, other) == paired_share_difference(FEW_PAIRS - 1, 0, 60)
    other[:FEW_PAIRS] = False
    assert paired_difference(right, other).low == pytest.approx(0.083, abs=0.02)  # resampled
    scores = np.linspace(0, 1, 60)
    assert paired_difference(scores, scores).high == 0  # no share: scores that are all the same
