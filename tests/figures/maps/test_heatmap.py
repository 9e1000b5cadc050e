import numpy as np
import pytest

from kdviz.figures.maps import (
    density,
    highest_arm,
    peak_region,
    scale_limit,
    signed_density,
    symmetric_limit,
    undefined_reason,
)

MAP = np.array([[-3, 0, 1], [0, 2, 0], [0, 0, 6]], np.float32)


def test_a_density_says_how_often_the_even_spread_and_forgets_the_unit():
    expected = np.array([[0, 0, 1], [0, 2, 0], [0, 0, 6]], np.float32) * 9 / 9
    np.testing.assert_allclose(density(MAP), expected, rtol=1e-6)
    np.testing.assert_allclose(density(MAP * 1000), expected, rtol=1e-6)
    np.testing.assert_allclose(density(np.full((4, 4), 0.3, np.float32)), 1, rtol=1e-6)


@pytest.mark.parametrize(
    ("attribution", "reason"),
    [
        (np.zeros((2, 2), np.float32), "nothing here speaks for this class"),
        (-np.ones((2, 2), np.float32), "nothing here speaks for this class"),
        (np.array([[1, np.nan]], np.float32), "the map holds values that are not finite"),
        (np.array([[1, np.inf]], np.float32), "the map holds values that are not finite"),
    ],
)
def test_a_map_without_a_picture_says_why_and_is_nan_and_not_zero(attribution, reason):
    assert undefined_reason(attribution) == reason
    assert np.isnan(density(attribution)).all()


def test_a_signed_density_keeps_the_sign_and_forgets_the_unit():
    expected = MAP * 9 / 12
    np.testing.assert_allclose(signed_density(MAP), expected, rtol=1e-6)
    np.testing.assert_allclose(signed_density(MAP * 1000), expected, rtol=1e-6)
    np.testing.assert_allclose(signed_density(-MAP), -expected, rtol=1e-6)


@pytest.mark.parametrize("level", [0.0, np.nan, np.inf])
def test_a_map_of_nothing_has_no_signed_density_either(level):
    assert np.isnan(signed_density(np.full((2, 2), level, np.float32))).all()


def test_a_share_of_the_highest_cells_can_be_left_out_of_the_scale():
    heat = np.arange(1, 1001, dtype=np.float32).reshape(25, 40)
    assert scale_limit({"teacher": heat}) == 1000
    assert scale_limit({"teacher": heat}, clipped=0.005) == pytest.approx(np.quantile(heat, 0.995))


UNDEFINED = np.full((2, 2), np.nan, np.float32)


def test_the_teachers_maximum_sets_the_scale_of_all_arms():
    sharp = np.array([[0, 0], [0, 4]], np.float32)
    assert scale_limit({"teacher": density(MAP), "student": sharp}) == 6
    assert scale_limit({"teacher": sharp, "student": density(MAP)}) == 4
    assert highest_arm({"teacher": sharp, "student": density(MAP)}) == ("student", 6)


def test_without_a_map_of_the_teacher_the_highest_sets_it():
    assert scale_limit({"teacher": UNDEFINED, "student": density(MAP)}) == 6
    assert scale_limit({"teacher": UNDEFINED, "student": UNDEFINED}) == 1


def test_a_small_difference_is_not_blown_up():
    assert symmetric_limit([np.array([[-4.0, 2.0]], np.float32)]) == 4
    assert symmetric_limit([np.array([[-0.1, 0.2]], np.float32)]) == 1


@pytest.mark.parametrize("size", [3, 7, 8, 32])
def test_the_place_is_the_ninth_that_holds_most(size):
    heat = np.ones((size, size), np.float32)
    heat[-1, 0] = 1000
    assert peak_region(heat).name == "lower left"
    assert peak_region(heat).share == pytest.approx(1000 / (1000 + size**2 - 1), abs=0.06)


def test_an_undefined_map_lies_nowhere():
    assert np.isnan(peak_region(np.full((3, 3), np.nan, np.float32)).share)
