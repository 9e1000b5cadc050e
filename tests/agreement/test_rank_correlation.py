"""Rank correlations between ways of scoring, against scipy."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import spearmanr

from kdviz.agreement import rank_correlations

NAN = float("nan")


def scores(ways, n=60, seed=0):
    """Columns that share a part, in steps so coarse that many are tied."""
    random = np.random.default_rng(seed)
    return (random.normal(size=(n, 1)) + random.normal(size=(n, ways))).round(1)


def test_every_pair_is_scipys_spearman_correlation_ties_included():
    table = scores(4)
    assert len(np.unique(table[:, 0])) < len(table)
    found = rank_correlations(table)
    for a, b in combinations(range(4), 2):
        assert found[a, b] == pytest.approx(spearmanr(table[:, a], table[:, b]).statistic)
        assert found[b, a] == found[a, b]
    np.testing.assert_allclose(found.diagonal(), 1)


def test_only_the_order_of_a_column_counts():
    table = scores(3)
    table[:, 2] = -table[:, 0]
    found = rank_correlations(np.column_stack([table, np.exp(table[:, 1])]))
    assert found[0, 2] == pytest.approx(-1)
    assert found[1, 3] == pytest.approx(1)


def test_what_one_column_does_not_score_is_left_out_of_all():
    table = scores(3)
    expected = rank_correlations(np.delete(table, [4, 7], axis=0))
    table[4, 0] = table[7, 2] = NAN
    np.testing.assert_array_equal(rank_correlations(table), expected)


def test_a_column_without_an_order_and_too_few_rows_are_undefined():
    flat = scores(3)
    flat[:, 1] = 0.5
    found = rank_correlations(flat)
    assert np.isnan(found[1]).all()
    assert np.isfinite(found[0, 2])
    for few in (scores(3, n=2), scores(3, n=0), np.full((9, 2), NAN)):
        assert np.isnan(rank_correlations(few)).all()
    assert rank_correlations(scores(3, n=2)).shape == (3, 3)
