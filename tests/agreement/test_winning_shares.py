"""How sure it is which of several is the best over seeds."""

import numpy as np
import pytest

from kdviz.agreement import winning_shares


def test_what_is_ahead_for_every_seed_by_as_much_wins_every_draw():
    seeds = np.array([0.1, 0.5, 0.9])
    shares = winning_shares(np.stack([seeds, seeds + 0.01, seeds - 0.2], axis=1))
    assert shares.tolist() == [0, 1, 0]


def test_those_that_are_alike_share_every_draw():
    assert winning_shares([[0.1, 0.1], [0.7, 0.7], [0.3, 0.3]]).tolist() == [0.5, 0.5]


def test_of_two_seeds_a_quarter_of_the_draws_holds_one_alone():
    """Means 1.5 and 1. Only where the first seed is drawn twice is the first column behind: 1 in 4."""
    shares = winning_shares([[0.0, 1.0], [3.0, 1.0]], resamples=20_000)
    assert shares == pytest.approx([0.75, 0.25], abs=0.01)
    assert shares.sum() == pytest.approx(1)


def test_one_seed_has_no_winning_shares():
    assert np.isnan(winning_shares([[0.2, 0.9]])).all()


def test_a_lead_that_is_small_beside_the_seeds_noise_wins_about_as_often_as_by_a_t_test():
    """Two seeds of difference ± d around m: a t interval of one degree of freedom holds 0 unless m/d is large."""
    sure = winning_shares([[1.0, 0.0], [1.01, 0.0]])[0]
    unsure = winning_shares([[2.0, 0.0], [0.01, 0.0]])[0]
    assert sure == 1
    assert unsure == pytest.approx(0.75, abs=0.03)
