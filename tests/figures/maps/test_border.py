"""Evidence on the border of an image: maps made by hand, and the distribution behind the threshold."""

import numpy as np
import pytest
from scipy.stats import beta

from kdviz.figures.maps import BorderShare, border_share


def ring(side, *, inside=0.0):
    """A map that is 1 on its outermost cells."""
    heat = np.ones((side, side))
    heat[1:-1, 1:-1] = inside
    return heat


def test_a_map_on_the_ring_alone():
    assert border_share(ring(8)) == BorderShare(1.0, 28 / 64)


def test_the_shares_are_counted():
    found = border_share(ring(7, inside=0.25))
    assert found.evidence == pytest.approx(24 / (24 + 25 / 4))
    assert found.area == pytest.approx(24 / 49)


def test_one_side_and_one_corner_count():
    side, corner = np.zeros((8, 8)), np.zeros((8, 8))
    side[:, 0], corner[0, 0] = 1, 1
    assert border_share(side).evidence == border_share(corner).evidence == 1.0


def centre():
    heat = np.zeros((8, 8))
    heat[3:5, 3:5] = 1
    return heat


def blob_at_the_side():
    """Three cells of nine are on the ring."""
    heat = np.zeros((8, 8))
    heat[2:5, :3] = 1
    return heat


@pytest.mark.parametrize(
    "heat",
    [
        np.ones((8, 8)),
        centre(),
        blob_at_the_side(),
        ring(8, inside=0.5),
        ring(32, inside=0.2),
        ring(4),
        np.ones((1, 9)),
        np.zeros((8, 8)),
        np.full((8, 8), np.nan),
    ],
    ids=["even", "centre", "side", "0.61 of it", "0.41 of it", "ring of 4", "a row", "blank", "undefined"],
)
def test_no_warning(heat):
    assert border_share(heat) is None


@pytest.mark.parametrize("side", [5, 6, 7, 8, 14])
def test_the_threshold_is_out_of_reach_of_maps_without_a_place(side):
    """The share at which a ring and its inside are told apart, against the Beta distribution's tail."""
    ring_cells, cells = 4 * side - 4, side * side
    shares = np.linspace(0, 1, 20_001)[1:-1]
    inside = (1 / shares - 1) * ring_cells / (cells - ring_cells)
    lowest = next(
        share for share, value in zip(shares, inside, strict=True) if border_share(ring(side, inside=value))
    )
    assert beta.sf(lowest, ring_cells, cells - ring_cells) < 1 / 400
