"""The binomial distribution, against scipy's."""

import pytest
from scipy.stats import binom

from kdviz.agreement import binomial_at_most


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.875, 1.0])
@pytest.mark.parametrize(("hits", "count"), [(-1, 5), (0, 5), (3, 5), (5, 5), (200, 2000), (1990, 2000)])
def test_it_is_the_probability_of_at_most_so_many(hits, count, share):
    assert binomial_at_most(hits, count, share) == pytest.approx(
        binom.cdf(hits, count, share), rel=1e-9, abs=1e-300
    )
