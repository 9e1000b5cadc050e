import base64
import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn.functional import interpolate

from kdviz.figures.maps import (
    ColourScale,
    colour_bar,
    enlarged,
    framed,
    hatched,
    heatmap_row,
    heatmaps,
    overlay,
    png,
    side_by_side,
    webp_url,
    with_arm_bar,
)
from kdviz.figures.maps.colour_scale import colour_table
from kdviz.figures.style import ARM_STYLES

GREY = np.arange(64, dtype=np.uint8).reshape(8, 8) * 3
RGB = np.stack([GREY, GREY // 2, 255 - GREY], axis=-1)
HOT = np.array([[0, 0], [0, 4]], np.float32)


@pytest.mark.parametrize("image", [GREY, GREY[..., None], RGB])
def test_each_pixel_becomes_a_block_of_its_own_colour(image):
    picture = enlarged(image)
    assert picture.shape == (240, 240, 3)
    np.testing.assert_array_equal(picture[::30, ::30], np.broadcast_to(image.reshape(8, 8, -1), (8, 8, 3)))


def test_no_opacity_leaves_the_image_as_it_is():
    np.testing.assert_array_equal(overlay(RGB, HOT, ColourScale(4), opacity=0), enlarged(RGB))
    np.testing.assert_array_equal(overlay(RGB, HOT, ColourScale(4, signed=True), opacity=0), enlarged(RGB))


def test_without_heat_the_image_is_grey_so_that_a_hue_means_heat():
    cold = overlay(RGB, np.zeros((2, 2), np.float32), ColourScale(1), opacity=1)
    assert (cold == cold[..., :1]).all()
    np.testing.assert_array_equal(overlay(GREY, np.zeros((2, 2), np.float32), ColourScale(1)), enlarged(GREY))


def test_full_heat_at_full_opacity_is_the_brightest_colour_and_grows_with_the_value():
    picture = overlay(RGB, HOT, ColourScale(4), opacity=1)
    np.testing.assert_array_equal(picture[-1, -1], colour_table()[-1])
    half = overlay(GREY * 0, HOT, ColourScale(8), opacity=1)[-1, -1]
    assert half.sum() < picture[-1, -1].sum()


def test_one_scale_means_one_colour_for_one_value_in_two_pictures():
    a, b = (
        overlay(GREY, heat, ColourScale(8), opacity=1)
        for heat in (HOT, np.array([[4, 8], [4, 4]], np.float32))
    )
    np.testing.assert_array_equal(a[-1, -1], b[-1, -1])


@pytest.mark.parametrize(("signed", "low"), [(False, 0), (True, -1)])
def test_a_colour_bar_has_the_colours_of_maps_on_mid_grey(signed, low):
    grey = np.full((10, 256), 128, np.uint8)
    values = np.linspace(low, 1, 256, dtype=np.float32)[None].repeat(10, 0)
    shown = overlay(grey, values, ColourScale(1, signed=signed), grid=True)
    np.testing.assert_array_equal(colour_bar(signed=signed), shown[:10])
    zero = colour_bar(signed=signed)[0, 127 if signed else 0].astype(int)
    np.testing.assert_allclose(zero, 128, atol=2)


def test_smoothing_is_the_one_of_torch_without_aligned_corners():
    """Oracle: torch's bilinear interpolation; opacity 1 over black shows colour times level."""
    heat = np.random.default_rng(0).random((5, 7)).astype(np.float32)
    shown = overlay(np.zeros((240, 240), np.uint8), heat, ColourScale(1), opacity=1)
    smooth = interpolate(torch.from_numpy(heat)[None, None], size=(240, 240), mode="bilinear")[0, 0].numpy()
    expected = colour_table()[(smooth * 255).round().astype(int)] * smooth[..., None]
    np.testing.assert_allclose(shown, expected, atol=2)


def test_the_real_grid_shows_as_many_values_as_the_map_has_cells():
    shown = overlay(
        np.zeros((8, 8), np.uint8),
        np.array([[1, 2], [3, 4]], np.float32),
        ColourScale(4),
        opacity=1,
        grid=True,
    )
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) == 4


def test_a_difference_is_see_through_at_zero_and_orange_where_the_student_looks_more():
    signed = np.array([[-2, 0], [0, 2]], np.float32)
    shown = overlay(GREY * 0, signed, ColourScale(2, signed=True), opacity=1, grid=True).astype(int)
    np.testing.assert_array_equal(shown[0, -1], [0, 0, 0])
    red, _, blue = shown[-1, -1]
    assert red > blue, "student more: orange"
    red, _, blue = shown[0, 0]
    assert blue > red, "teacher more: purple"


def test_undefined_is_hatched_and_unlike_a_blank_map():
    undefined = np.full((2, 2), np.nan, np.float32)
    np.testing.assert_array_equal(overlay(RGB, undefined, ColourScale(1)), hatched(RGB))
    np.testing.assert_array_equal(overlay(RGB, undefined, ColourScale(1, signed=True)), hatched(RGB))
    assert (hatched(RGB) != overlay(RGB, HOT * 0, ColourScale(1))).any()


def test_a_strip_keeps_its_pictures_and_is_see_through_between_them():
    left, right = with_arm_bar(enlarged(RGB), "student"), enlarged(GREY)
    sheet = side_by_side([left, right], gap=10)
    assert sheet.shape == (left.shape[0], 490, 4)
    np.testing.assert_array_equal(sheet[-1, 0, :3], ARM_STYLES["student"].rgb)
    assert (sheet[:, 240:250, 3] == 0).all()
    assert sheet[-1, -1, 3] == 0, "the lower picture ends higher up"


def test_a_frame_is_around_its_box_and_ends_with_the_picture():
    picture = enlarged(RGB)
    drawn = framed(picture, (2, 0, 4, 3), RGB)
    changed = (drawn != picture).any(axis=-1)
    inside, outside = np.zeros_like(changed), np.ones_like(changed)
    inside[60:120, 0:90], outside[54:126, 0:96] = True, False
    assert not changed[outside].any()
    assert not changed[61:119, 1:89].any(), "lines begin at the edge of the box"
    assert {tuple(pixel) for pixel in drawn[54:60, 45]} == {(0, 0, 0), (255, 255, 255)}
    assert (drawn[120:126, 45] == drawn[54:60, 45][::-1]).all()


def test_a_row_has_the_frame_in_each_of_its_pictures():
    maps = heatmaps({"teacher": HOT, "student": HOT})
    plain, row = heatmap_row(RGB, maps), heatmap_row(RGB, maps, box=(2, 2, 4, 4))
    assert plain.shape == row.shape
    assert [(plain != row)[:, at : at + 240].any() for at in (0, 248, 496)] == [True] * 3


def test_a_thumbnail_is_a_webp_that_looks_the_same():
    picture = side_by_side([enlarged(RGB), overlay(RGB, HOT, ColourScale(4))])
    kind, _, text = webp_url(picture).partition(",")
    drawn = Image.open(io.BytesIO(base64.b64decode(text)))
    assert (kind, drawn.format) == ("data:image/webp;base64", "WEBP")
    difference = np.abs(
        np.asarray(drawn.convert("RGB"), int) - np.asarray(Image.fromarray(picture).convert("RGB"), int)
    )
    assert difference.mean() < 4


def test_a_png_holds_the_same_pixels():
    picture = side_by_side([enlarged(RGB)])
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png(picture)))), picture)
