"""What is sent to the browser: it decodes to the map, and composes what `overlay` and `difference` draw."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from kdviz.figures.maps import (
    COLOUR_MAPS,
    difference_overlay,
    enlarged,
    heat_layer,
    image_layer,
    outline_layer,
    overlay,
    signed_layer,
)
from kdviz.figures.maps.layers import _DASHES
from kdviz.figures.style import ARM_STYLES

GREY = np.arange(64, dtype=np.uint8).reshape(8, 8) * 3
HEAT = np.random.default_rng(0).random((5, 7)).astype(np.float32) * 4
SIGNED = HEAT - 2
UNDEFINED = np.full((2, 2), np.nan, np.float32)


def opened(layer):
    head, text = layer["url"].split(",")
    assert head == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(text)))


def values(layer):
    numbers = np.frombuffer(base64.b64decode(layer["values"]), "<f4")
    return numbers.reshape(layer["height"], layer["width"])


@pytest.mark.parametrize("layer", [heat_layer(HEAT, top=4), signed_layer(HEAT, reach=4)])
def test_the_values_under_the_pointer_are_the_maps_own(layer):
    np.testing.assert_array_equal(values(layer), HEAT)


def test_the_bytes_of_the_picture_are_levels_of_the_one_scale():
    """They decode to the map within half a level: 1/255 of the scale, or 1/127 of a signed one's half."""
    heat = np.asarray(opened(heat_layer(HEAT, top=4, grid=True))) / 255 * 4
    np.testing.assert_allclose(heat, HEAT, atol=0.5 * 4 / 255 + 1e-6)
    signed = (np.asarray(opened(signed_layer(SIGNED, reach=2, grid=True))).astype(int) - 127) / 127 * 2
    np.testing.assert_allclose(signed, SIGNED, atol=0.5 * 2 / 127 + 1e-6)


def composed(layer, opacity):
    """What a browser shows: the layer, stretched over a grey image, with its own transparency times one."""
    size = enlarged(GREY).shape[:2]
    over = np.asarray(opened(layer).convert("RGBA").resize(size[::-1], Image.Resampling.NEAREST)).astype(
        float
    )
    share = over[..., 3:] / 255 * opacity
    return enlarged(GREY) * (1 - share) + over[..., :3] * share


@pytest.mark.parametrize("colours", COLOUR_MAPS)
@pytest.mark.parametrize("opacity", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("grid", [True, False])
def test_the_browser_composes_what_an_overlay_draws(colours, opacity, grid):
    expected = overlay(GREY, HEAT, top=3, opacity=opacity, grid=grid, colours=colours)
    shown = composed(heat_layer(HEAT, top=3, colours=colours, grid=grid), opacity)
    np.testing.assert_allclose(shown, expected, atol=2)


@pytest.mark.parametrize("opacity", [0.4, 1.0])
def test_the_browser_composes_what_a_difference_draws(opacity):
    expected = difference_overlay(GREY, SIGNED, reach=2, opacity=opacity)
    np.testing.assert_allclose(composed(signed_layer(SIGNED, reach=2), opacity), expected, atol=4)


@pytest.mark.parametrize("layer", [heat_layer(UNDEFINED, top=1), signed_layer(UNDEFINED, reach=1)])
def test_undefined_has_neither_picture_nor_values(layer):
    assert (layer["url"], layer["values"]) == (None, None)
    assert (layer["height"], layer["width"]) == (2, 2)


@pytest.mark.parametrize("image", [GREY, GREY[..., None], np.stack([GREY, GREY // 2, 255 - GREY], -1)])
def test_the_image_is_sent_pixel_by_pixel(image):
    layer = image_layer(image)
    np.testing.assert_array_equal(np.asarray(opened(layer)), image.squeeze())
    assert (layer["height"], layer["width"]) == (8, 8)


def test_an_outline_is_told_in_the_words_of_svg():
    square = np.zeros((4, 4), np.float32)
    square[1, 2] = 1
    layer = outline_layer("twin", square)
    assert layer["path"].startswith("M")
    assert layer["path"].endswith("Z")
    numbers = [int(word) for word in layer["path"].translate(str.maketrans("MLZ", "   ")).split()]
    assert set(zip(numbers[::2], numbers[1::2], strict=True)) == {(2, 1), (3, 1), (3, 2), (2, 2)}
    assert layer["color"] == ARM_STYLES["twin"].color
    assert outline_layer("twin", UNDEFINED)["path"] == ""


def test_every_arm_has_a_line_of_its_own():
    lines = {arm: _DASHES[style.dash] for arm, style in ARM_STYLES.items()}
    assert len(set(lines.values())) == len(lines)
    assert lines["teacher"] == ()
