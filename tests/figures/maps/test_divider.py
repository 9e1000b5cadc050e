"""Where a divider shows something of both maps."""

import numpy as np
import pytest

from kdviz.figures.maps import divider_percent


def row(*values):
    return np.array([values, [0] * len(values)], np.float32)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (row(1, 0, 0, 0), row(0, 0, 0, 1), 50),  # anywhere from 1 to 99 %
        (row(1, 0, 0, 0), row(0, 1, 0, 0), 25),  # 1 to 49 %
        (row(0, 0, 1, 0), row(0, 0, 1, 0), 63),  # within the third quarter
        (row(0, 0.5, 1, 0), row(1, 0.5, 0, 0), 38),  # never both whole: half of each, in the second quarter
        (row(0, 0, 1, 1), row(1, 0, 0, 0), 13),  # nothing of both: on the right map's spot
        (row(1, 0), row(0, 0, 0, 1), 50),  # of different sizes
    ],
)
def test_something_is_seen_of_both(left, right, expected):
    assert divider_percent(left, right) == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("empty", [row(0, 0), row(-1, -2), row(np.nan, np.nan)])
def test_without_a_map_it_is_in_the_middle(empty):
    assert divider_percent(empty, row(1, 0)) == divider_percent(row(1, 0), empty) == 50
