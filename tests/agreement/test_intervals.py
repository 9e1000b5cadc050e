"""Paired differences, their intervals, and their verdicts."""

import numpy as np
import pytest
import torch
from scipy.stats import binomtest
from scipy.stats import bootstrap as scipy_bootstrap
from scipy.stats import t as student_t

from kdviz.agreement import (
    Verdict,
    hierarchical_bootstrap,
    paired_difference,
    share_difference,
    share_interval,
    verdict,
)
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
    ("low", "high", "more_is_better", "less_is_better"),
    [
        (0.1, 0.3, Verdict.BETTER, Verdict.WORSE),
        (-0.3, -0.1, Verdict.WORSE, Verdict.BETTER),
        (-0.1, 0.3, Verdict.NOT_DISTINGUISHABLE, Verdict.NOT_DISTINGUISHABLE),
        (0.0, 0.3, Verdict.NOT_DISTINGUISHABLE, Verdict.NOT_DISTINGUISHABLE),
        (-0.3, 0.0, Verdict.NOT_DISTINGUISHABLE, Verdict.NOT_DISTINGUISHABLE),
        (0.0, 0.0, Verdict.NOT_DISTINGUISHABLE, Verdict.NOT_DISTINGUISHABLE),
        (NAN, NAN, Verdict.NO_ERROR_BAR, Verdict.NO_ERROR_BAR),
    ],
)
def test_a_verdict_is_the_side_of_zero_that_the_whole_interval_is_on(
    low, high, more_is_better, less_is_better
):
    difference = Interval((low + high) / 2, low, high)
    assert verdict(difference) is more_is_better
    assert verdict(difference, better=-1) is less_is_better


# --- over seeds and images ----------------------------------------------------------------------


def tables(count, seeds, images=100, *, between_seeds=0.1, between_images=1.0, rest=1.0):
    """Made-up scores (count, seeds, images) around 0: a seed's own shift, an image's own, and noise."""
    random = np.random.default_rng(seeds)
    return (
        between_seeds * random.normal(size=(count, seeds, 1))
        + between_images * random.normal(size=(count, 1, images))
        + rest * random.normal(size=(count, seeds, images))
    )


def coverage(intervals):
    return np.mean([low <= 0 <= high for low, high in intervals])


def covered(samples):
    found = [hierarchical_bootstrap(table, seed=turn, resamples=500) for turn, table in enumerate(samples)]
    return coverage([(each.low, each.high) for each in found])


@pytest.mark.parametrize("seeds", [3, 5, 20])
@pytest.mark.parametrize(
    "noise",
    [
        {"between_seeds": 0.1, "between_images": 1.0},
        {"between_seeds": 0.3, "between_images": 0.0},
        {"between_seeds": 0.03, "between_images": 1.0, "rest": 0.5},
    ],
    ids=["both", "seeds", "images"],
)
def test_the_interval_over_seeds_and_images_holds_the_truth(seeds, noise):
    assert 0.92 <= covered(tables(400, seeds, **noise)) <= 0.98


@pytest.mark.parametrize("seeds", [3, 5, 20])
def test_it_holds_the_truth_where_only_the_means_of_seeds_are_known(seeds):
    assert 0.92 <= covered(tables(400, seeds, images=1, between_images=0.0)) <= 0.98


def test_percentiles_alone_are_too_narrow_for_five_seeds():
    """Why the seeds' part is widened."""
    samples = tables(400, 5, images=1, between_images=0.0)[..., 0]
    found = scipy_bootstrap(
        (samples,), np.mean, axis=1, method="percentile", n_resamples=500, rng=np.random.default_rng(0)
    ).confidence_interval
    assert coverage(zip(found.low, found.high, strict=True)) < 0.88


def test_images_drawn_anew_within_each_seed_are_too_narrow():
    """Why images are drawn once for all seeds: every seed is tested on the same ones."""
    random, intervals = np.random.default_rng(0), []
    for table in tables(200, 5):
        places = random.integers(5, size=(300, 5, 1)), random.integers(100, size=(300, 5, 100))
        intervals.append(np.quantile(table[places].mean((1, 2)), (0.025, 0.975)))
    assert coverage(intervals) < 0.88


@pytest.mark.parametrize("noise", [{}, {"between_seeds": 0.02, "between_images": 0.1}], ids=["both", "rest"])
def test_its_width_is_that_of_readers_and_cases(noise):
    """The closed form for readers (here seeds) who judge the same cases (here images): Hillis 2007."""
    ours, theirs = [], []
    for turn, table in enumerate(tables(60, 8, **noise)):
        seeds, images = table.shape
        of_seeds = images * table.mean(1).var(ddof=1)
        of_images = seeds * table.mean(0).var(ddof=1)
        rest = table - table.mean(1, keepdims=True) - table.mean(0) + table.mean()
        extra = max(of_images - (rest**2).sum() / ((seeds - 1) * (images - 1)), 0)
        freedom = (of_seeds + extra) ** 2 / (of_seeds**2 / (seeds - 1))
        theirs.append(2 * student_t.ppf(0.975, freedom) * np.sqrt((of_seeds + extra) / table.size))
        found = hierarchical_bootstrap(table, seed=turn)
        ours.append(found.high - found.low)
    assert np.mean(ours) == pytest.approx(np.mean(theirs), rel=0.1)


def test_many_seeds_are_scipys_percentile_bootstrap():
    means = scores(0, n=400)
    found = hierarchical_bootstrap(means, resamples=20_000)
    expected = scipy_bootstrap(
        (means,), np.mean, method="percentile", n_resamples=20_000, rng=np.random.default_rng(5)
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.005)


def test_one_seed_has_an_interval_over_images_alone():
    of_images = scores(0)
    found, expected = hierarchical_bootstrap(of_images[None]), paired_difference(of_images, np.zeros(200))
    assert found.value == pytest.approx(expected.value)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.03)


def test_an_image_that_is_undefined_for_one_seed_is_left_out():
    table = tables(1, 4)[0]
    expected = hierarchical_bootstrap(np.delete(table, 3, axis=1))
    table[2, 3] = NAN
    assert hierarchical_bootstrap(table) == expected


@pytest.mark.parametrize(("given", "value"), [([0.5], 0.5), ([[0.5]], 0.5), ([], NAN), ([[NAN, NAN]], NAN)])
def test_what_cannot_have_an_interval_has_none(given, value):
    found = hierarchical_bootstrap(given)
    np.testing.assert_equal([found.value, found.low, found.high], [value, NAN, NAN])


def test_equal_scores_have_an_interval_of_no_width():
    assert hierarchical_bootstrap(np.full((3, 4), 0.25)) == Interval(0.25, 0.25, 0.25)


# --- two shares whose images are unknown ----------------------------------------------------------


def most_different(first, second, n):
    """Differences of two shares of n images, image by image, in the pairing with the largest variance."""
    ones, others = round(first * n), round(second * n)
    return np.repeat([1.0, 0.0], [ones, n - ones]) - np.repeat([0.0, 1.0], [n - others, others])


@pytest.mark.parametrize(("first", "second"), [(0.99, 0.44), (0.6, 0.5), (0.2, 0.7), (0.4, 0.4)])
def test_a_difference_of_shares_has_the_widest_interval_that_they_allow(first, second):
    differences = most_different(first, second, 100)
    reach = 1.959964 * differences.std() / 10
    found = share_difference(first, second, 100)
    assert found.value == pytest.approx(differences.mean())
    assert (found.low, found.high) == pytest.approx((found.value - reach, found.value + reach))
    for shuffled in (np.random.default_rng(seed).permutation(100) for seed in range(20)):
        paired = (np.arange(100) < round(100 * first)) * 1.0 - (shuffled < round(100 * second))
        assert paired.std() <= differences.std() + 1e-9


def test_equal_certain_shares_differ_by_nothing_and_one_image_says_nothing():
    found = share_difference(1.0, 1.0, 50)
    assert (found.value, found.low, found.high) == (0, 0, 0)
    assert np.isnan(share_difference(1.0, 0.0, 1).low)
    assert np.isnan(share_difference(np.nan, 0.4, 50).low)


@pytest.mark.parametrize(("count", "n"), [(0, 5), (5, 5), (3, 7), (980, 1000)])
def test_the_interval_of_a_share_is_scipys_wilson(count, n):
    found, expected = share_interval(count, n), binomtest(count, n).proportion_ci(method="wilson")
    assert found.value == count / n
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_a_share_of_no_images_is_undefined():
    assert np.isnan(share_interval(0, 0).value)
