"""The outline: its area, in closed form, is the number of cells inside."""

import numpy as np
import pytest
from skimage.measure import euler_number

from kdviz.figures.maps import outline, outline_threshold
from kdviz.figures.maps.contour import in_blocks


def area(loop):
    """The shoelace formula; above 0 where the loop goes clockwise in a picture, whose y points down."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(loop, loop[1:] + loop[:1], strict=True)) / 2


@pytest.mark.parametrize("shape", [(4, 4), (7, 7), (5, 9), (14, 14)])
@pytest.mark.parametrize("seed", range(4))
def test_the_lines_go_around_exactly_the_highest_fifth_of_the_cells(shape, seed):
    """Oracle: the shoelace formula; and Euler's number, parts less holes, by scikit-image."""
    heat = np.random.default_rng(seed).random(shape).astype(np.float32)
    inside = heat >= np.sort(heat, axis=None)[-max(1, round(heat.size / 5))]
    loops = outline(heat)
    assert sum(map(area, loops)) == inside.sum() == max(1, round(heat.size / 5))
    assert sum(np.sign(area(loop)) for loop in loops) == euler_number(inside, connectivity=1)


def test_a_ring_has_a_line_around_it_and_one_around_its_hole():
    ring = np.zeros((10, 10), np.float32)
    ring[3:6, 3:6] = 1
    ring[4, 4] = 0
    assert sorted(map(area, outline(ring))) == [-1, 9]


def test_a_line_has_no_more_corners_than_it_turns():
    bar = np.zeros((10, 10), np.float32)
    bar[2:6, 3:8] = 1
    assert sorted(outline(bar)[0]) == [(3, 2), (3, 6), (8, 2), (8, 6)]


def test_cells_that_touch_at_a_corner_alone_are_kept_apart():
    diagonal = np.zeros((5, 5), np.float32)
    diagonal[1, 1] = diagonal[2, 2] = 1
    assert [area(loop) for loop in outline(diagonal)] == [1, 1]


def test_where_fewer_stand_out_only_those_are_inside():
    lonely = np.zeros((5, 5), np.float32)
    lonely[2, 3] = 2
    assert outline_threshold(lonely) == 2
    assert [area(loop) for loop in outline(lonely)] == [1]


@pytest.mark.parametrize("level", [0.0, 1.0, np.nan])
def test_a_flat_or_undefined_map_has_no_outline(level):
    flat = np.full((4, 4), level, np.float32)
    assert np.isnan(outline_threshold(flat))
    assert outline(flat) == []


def test_very_fine_maps_are_outlined_by_the_means_of_blocks():
    heat = np.random.default_rng(0).random((32, 32)).astype(np.float32)
    np.testing.assert_allclose(in_blocks(heat), heat.reshape(8, 4, 8, 4).mean((1, 3)), rtol=1e-5)
    coarse = heat[:14, :14]
    assert in_blocks(coarse) is coarse
