"""Paired differences, their intervals, and what is said of them."""

import numpy as np
import pytest
import torch
from scipy.stats import bootstrap as scipy_bootstrap

from kdviz.agreement import paired_difference, verdict
from kdviz.types import Interval

NAN = float("nan")


def scores(seed, n=200):
    return np.random.default_rng(seed).normal(size=n)


def test_the_interval_is_scipys_percentile_bootstrap():
    a, b = scores(0), scores(1) + 0.3
    found = paired_difference(a, b, resamples=20_000)
    expected = scipy_bootstrap(
        (a - b,), np.mean, method="percentile", n_resamples=20_000, rng=np.random.default_rng(5)
    ).confidence_interval
    assert found.value == pytest.approx(np.mean(a - b))
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.005)


def test_pairing_takes_out_what_both_scores_share():
    hard = 10 * scores(0)
    difference = paired_difference(hard + 0.1 + 0.1 * scores(1), hard)
    assert difference.low > 0


def test_swapping_the_models_turns_the_interval_round():
    a, b = scores(0), scores(1)
    there, back = paired_difference(a, b), paired_difference(b, a)
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low))


def test_a_pair_with_an_undefined_score_is_left_out():
    a, b = scores(0), scores(1)
    kept = paired_difference(a[2:], b[2:])
    a[0], b[1] = NAN, NAN
    assert paired_difference(torch.from_numpy(a), b) == kept


@pytest.mark.parametrize(("n", "value"), [(0, NAN), (1, 1.0)])
def test_too_few_pairs_have_no_interval(n, value):
    found = paired_difference(np.ones(n), np.zeros(n))
    np.testing.assert_equal([found.value, found.low, found.high], [value, NAN, NAN])


@pytest.mark.slow
def test_the_interval_holds_the_truth_95_times_in_100():
    """Differences are skewed here, as scores are: exponential, with a mean of 1."""
    random = np.random.default_rng(0)
    samples = random.exponential(size=(300, 100))
    intervals = [paired_difference(a, np.zeros(100), resamples=400, seed=s) for s, a in enumerate(samples)]
    assert 0.92 <= np.mean([found.low <= 1 <= found.high for found in intervals]) <= 0.98


@pytest.mark.parametrize(
    ("difference", "n", "seeds", "words"),
    [
        (Interval(0.2, 0.1, 0.3), 480, 3, "better (n = 480 images, 3 seeds)"),
        (Interval(-0.2, -0.3, -0.1), 480, 3, "worse (n = 480 images, 3 seeds)"),
        (Interval(0.2, 0.1, 0.3), 480, 1, "better (n = 480 images, no error bar: 1 seed)"),
        (Interval(0.1, -0.1, 0.3), 8, 2, "not distinguishable from noise (n = 8 images, 2 seeds)"),
        (Interval(0.0, 0.0, 0.0), 8, 2, "not distinguishable from noise (n = 8 images, 2 seeds)"),
        (Interval(0.1, NAN, NAN), 1, 1, "undefined: too few images (n = 1 image, no error bar: 1 seed)"),
    ],
)
def test_a_verdict_says_which_way_on_how_much(difference, n, seeds, words):
    assert verdict(difference, n=n, seeds=seeds) == words
