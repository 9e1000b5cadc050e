import numpy as np
import pytest

from kdviz.figures.maps import (
    ColourScale,
    Heatmaps,
    brightest_point,
    density,
    has_clear_spot,
    heatmaps,
    peak_region,
    place_name,
    scale_limit,
    signed_density,
    symmetric_limit,
    undefined_reason,
)

MAP = np.array([[-3, 0, 1], [0, 2, 0], [0, 0, 6]], np.float32)


def test_a_density_is_relative_to_even_evidence_and_has_no_unit():
    expected = np.array([[0, 0, 1], [0, 2, 0], [0, 0, 6]], np.float32) * 9 / 9
    np.testing.assert_allclose(density(MAP), expected, rtol=1e-6)
    np.testing.assert_allclose(density(MAP * 1000), expected, rtol=1e-6)
    np.testing.assert_allclose(density(np.full((4, 4), 0.3, np.float32)), 1, rtol=1e-6)


@pytest.mark.parametrize(
    ("attribution", "reason"),
    [
        (np.zeros((2, 2), np.float32), "no positive evidence for this class"),
        (-np.ones((2, 2), np.float32), "no positive evidence for this class"),
        (np.array([[1, np.nan]], np.float32), "the map holds values that are not finite"),
        (np.array([[1, np.inf]], np.float32), "the map holds values that are not finite"),
    ],
)
def test_a_map_without_a_picture_has_a_reason_and_is_nan_and_not_zero(attribution, reason):
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
    maps = {"teacher": sharp, "student": density(MAP)}
    assert Heatmaps(maps, maps, ColourScale(4)).highest == ("student", 6)


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


@pytest.mark.parametrize("shape", [(3, 3), (4, 4), (7, 7), (8, 5), (32, 32)])
def test_a_cell_in_two_ninths_is_divided_between_them(shape):
    heat = np.random.default_rng(0).random(shape).astype(np.float32)
    fine = heat.repeat(3, 0).repeat(3, 1)  # of which every cell is in one
    height, width = shape
    ninths = fine.reshape(3, height, 3, width).sum((1, 3))
    found = peak_region(heat)
    assert found.share == pytest.approx(ninths.max() / ninths.sum(), rel=1e-5)
    row, column = np.unravel_index(ninths.argmax(), ninths.shape)
    assert found.name == place_name((row + 0.5) / 3, (column + 0.5) / 3)


@pytest.mark.parametrize("size", [4, 5, 7, 8])
def test_an_even_map_prefers_no_ninth(size):
    assert peak_region(np.ones((size, size), np.float32)).share == pytest.approx(1 / 9, rel=1e-5)


@pytest.mark.parametrize("size", [3, 4, 7, 14])
def test_the_brightest_point_is_the_middle_of_the_highest_cell(size):
    for row, column in np.ndindex(size, size):
        heat = np.ones((size, size), np.float32)
        heat[row, column] = 2
        assert brightest_point(heat) == ((row + 0.5) / size, (column + 0.5) / size)


def test_the_brightest_point_of_a_fine_map_is_not_that_of_a_single_outlier():
    heat = np.zeros((32, 32), np.float32)
    heat[0, 0], heat[24:28, 24:28] = 3, 1
    assert place_name(*brightest_point(heat)) == "lower right"


@pytest.mark.parametrize(("highest", "clear"), [(2.0, True), (1.9, False), (np.nan, False)])
def test_a_map_has_a_clear_spot_from_twice_an_even_spread(highest, clear):
    assert has_clear_spot(np.array([[highest, *9 * [0.5]]], np.float32)) == clear
    assert has_clear_spot(np.array([[-highest, *9 * [0.5]]], np.float32)) == clear


@pytest.mark.parametrize(("highest", "clear"), [(1.3, True), (1.2, False)])
def test_of_few_words_one_that_holds_a_quarter_stands_out(highest, clear):
    words = np.array([highest, *4 * [(5 - highest) / 4], np.nan], np.float32)
    assert (highest / 5 >= 1 / 4) == clear
    assert has_clear_spot(words) == clear


def test_an_undefined_map_has_no_peak_region():
    assert np.isnan(peak_region(np.full((3, 3), np.nan, np.float32)).share)


ATTRIBUTIONS = {"teacher": MAP, "student": MAP * 1000, "twin": -np.abs(MAP)}


def test_heatmaps_are_densities_on_the_teachers_scale():
    maps = heatmaps(ATTRIBUTIONS, colours="viridis")
    for arm, attribution in ATTRIBUTIONS.items():
        np.testing.assert_array_equal(maps.values[arm], density(attribution))
    assert maps.scale == ColourScale(6, colours="viridis")
    assert [maps.is_defined(arm) for arm in ATTRIBUTIONS] == [True, True, False]
    assert maps.highest == ("teacher", 6)


def test_signed_heatmaps_keep_the_densities_for_outlines_and_text():
    maps = heatmaps(ATTRIBUTIONS, signed=True)
    for arm, attribution in ATTRIBUTIONS.items():
        np.testing.assert_array_equal(maps.values[arm], signed_density(attribution))
        np.testing.assert_array_equal(maps.positive[arm], density(attribution))
    assert maps.scale == ColourScale(symmetric_limit([signed_density(MAP)]), signed=True)


def test_a_signed_scale_without_a_teachers_map_is_that_of_all_arms():
    maps = heatmaps({"teacher": np.zeros((3, 3), np.float32), "student": MAP}, signed=True)
    assert maps.scale.limit == pytest.approx(6 / (12 / 9))


@pytest.mark.parametrize(("side", "clipped"), [(16, 0.0), (17, 0.005)])
def test_only_fine_maps_are_clipped_and_only_on_request(side, clipped):
    heat = np.ones((side, side), np.float32)
    heat[0, 0] = 100
    maps = heatmaps({"teacher": heat}, clip=True)
    assert maps.clipped == clipped
    assert maps.scale.limit == scale_limit(maps.positive, clipped=clipped)
    assert heatmaps({"teacher": heat}).clipped == 0


@pytest.mark.parametrize("signed", [False, True])
def test_a_difference_has_the_full_colour_of_the_maps_both_ways(signed):
    maps = heatmaps({"teacher": MAP, "student": 9 * MAP}, signed=signed)
    assert maps.difference_scale == ColourScale(maps.scale.limit, signed=True)


@pytest.mark.parametrize("scale", [ColourScale(2), ColourScale(2, signed=True)])
def test_a_level_is_the_value_over_the_limit_and_no_more(scale):
    levels = scale.levels(np.array([-5, -1, 0, 1, 2, 5], np.float32))
    np.testing.assert_array_equal(levels, [-1, -0.5, 0, 0.5, 1, 1] if scale.signed else [0, 0, 0, 0.5, 1, 1])
