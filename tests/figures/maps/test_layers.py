"""What is sent to the browser: the map itself, and palettes that compose what `overlay` draws."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from kdviz.figures.maps import (
    COLOUR_MAPS,
    ColourScale,
    enlarged,
    framed,
    image_layer,
    map_layer,
    mask_outline,
    outline_layer,
    overlay,
    palettes,
)
from kdviz.figures.maps.layers import _DASHES
from kdviz.figures.style import ARM_STYLES

GREY = np.arange(64, dtype=np.uint8).reshape(8, 8) * 3
COLOURED = np.stack([GREY, GREY // 2, 255 - GREY], -1)
WIDE = COLOURED[:4]
HEAT = np.random.default_rng(0).random((5, 7)).astype(np.float32) * 4
UNDEFINED = np.full((2, 2), np.nan, np.float32)
SCALES = [*(ColourScale(3, colours=name) for name in COLOUR_MAPS), ColourScale(2, signed=True)]


def opened(url):
    head, text = url.split(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(text))))


def values(layer):
    numbers = np.frombuffer(base64.b64decode(layer["values"]), "<f4")
    return numbers.reshape(layer["height"], layer["width"])


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.palette)
def test_the_values_under_the_pointer_are_the_maps_own(scale):
    layer = map_layer(HEAT, scale, grid=True)
    np.testing.assert_array_equal(values(layer), HEAT)
    assert (layer["limit"], layer["signed"], layer["palette"], layer["grid"]) == (
        scale.limit, scale.signed, scale.palette, True,
    )  # fmt: skip


def slowly_drawn(layer, size):
    """RGBA (H, W, 4) of a layer in plain loops, as map_layers.js draws it."""
    table = base64.b64decode(palettes()[layer["palette"]])
    cells, (height, width) = values(layer).tolist(), (layer["height"], layer["width"])

    def around(place, side, count):
        at = min(max((place + 0.5) * count / side - 0.5, 0), count - 1)
        if layer["grid"]:
            at = int((place + 0.5) * count / side)
        return int(at), min(int(at) + 1, count - 1), at - int(at)

    picture = np.zeros((*size, 4))
    for y in range(size[0]):
        top, bottom, down = around(y, size[0], height)
        for x in range(size[1]):
            left, right, across = around(x, size[1], width)
            above = cells[top][left] * (1 - across) + cells[top][right] * across
            below = cells[bottom][left] * (1 - across) + cells[bottom][right] * across
            level = (above * (1 - down) + below * down) / layer["limit"]
            level = min(max(level, -1 if layer["signed"] else 0), 1)
            entry = round(127 + 127 * level if layer["signed"] else 255 * level)
            picture[y, x] = list(table[4 * entry : 4 * entry + 4])
    return picture


@pytest.mark.parametrize("scale", SCALES, ids=lambda scale: scale.palette)
@pytest.mark.parametrize("opacity", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("grid", [True, False])
def test_a_layer_over_the_image_is_what_an_overlay_draws(scale, opacity, grid):
    """Oracle: interpolation, palette and blending written out, pixel by pixel."""
    heat = HEAT - 2 if scale.signed else HEAT
    image = GREY[:4]
    expected = overlay(image, heat, scale, opacity=opacity, grid=grid)
    drawn = slowly_drawn(map_layer(heat, scale, grid=grid), expected.shape[:2])
    share = drawn[..., 3:] / 255 * opacity
    composed = enlarged(image) * (1 - share) + drawn[..., :3] * share
    np.testing.assert_allclose(composed, expected, atol=4 if scale.signed else 2)


def test_a_palette_starts_see_through_and_ends_opaque():
    for name, text in palettes().items():
        opacity = np.frombuffer(base64.b64decode(text), np.uint8).reshape(256, 4)[:, 3].astype(int)
        ends = (
            (opacity[127], opacity[0], opacity[254]) if name == "signed" else (opacity[0], 255, opacity[255])
        )
        assert ends == (0, 255, 255), name
        assert (np.abs(np.diff(opacity)) <= 3).all(), name


def test_undefined_has_no_values():
    layer = map_layer(UNDEFINED, ColourScale(1))
    assert (layer["values"], layer["height"], layer["width"]) == (None, 2, 2)


@pytest.mark.parametrize("image", [GREY, GREY[..., None], COLOURED, WIDE])
def test_the_image_is_sent_pixel_by_pixel(image):
    layer = image_layer(image)
    np.testing.assert_array_equal(opened(layer["url"]), image.squeeze())
    assert (layer["height"], layer["width"]) == image.shape[:2]


@pytest.mark.parametrize(("frames", "rows"), [(50, 1), (100, 1), (150, 2), (250, 2), (300, 3), (400, 4)])
def test_a_spectrogram_is_drawn_no_flatter_the_longer_it_is(frames, rows):
    image = np.arange(40 * frames, dtype=np.int64).reshape(40, frames, 1).astype(np.uint8)
    assert image_layer(image)["shape"] == f"{frames} / {40 * rows}"
    assert image_layer(np.repeat(image, 3, -1))["shape"] == f"{frames} / 40"
    assert image_layer(np.repeat(image, 3, -1), of=image)["shape"] == f"{frames} / {40 * rows}"
    picture = enlarged(image)
    factor = picture.shape[1] // frames
    assert picture.shape == (40 * rows * factor, frames * factor, 3)
    np.testing.assert_array_equal(picture[:: rows * factor, ::factor, 0], image[..., 0])


def test_a_frame_is_around_the_cells_of_a_spectrogram():
    image = np.full((40, 300, 1), 100, np.uint8)
    changed = (framed(enlarged(image), (4, 10, 6, 14), image) != 100).any(-1)
    rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    assert (rows[0], rows[-1]) == (4 * 3 - 6, 6 * 3 + 5)
    assert (columns[0], columns[-1]) == (10 - 6, 14 + 5)


def test_a_coloured_image_is_sent_in_grey_as_well_and_no_other():
    """Under a map at full opacity the image is grey: the same grey as in an overlay without heat."""
    grey = opened(image_layer(COLOURED)["grey"])
    cold = overlay(COLOURED, np.zeros((2, 2), np.float32), ColourScale(1), opacity=1)
    np.testing.assert_array_equal(grey, cold[::30, ::30, 0])
    assert image_layer(GREY)["grey"] is None
    assert image_layer(np.repeat(GREY[..., None], 3, -1))["grey"] is None


def test_an_outline_is_svg_path_data():
    square = np.zeros((4, 4), np.float32)
    square[1, 2] = 1
    layer = outline_layer("twin", square)
    assert layer["path"].startswith("M")
    assert layer["path"].endswith("Z")
    numbers = [int(word) for word in layer["path"].translate(str.maketrans("MLZ", "   ")).split()]
    assert set(zip(numbers[::2], numbers[1::2], strict=True)) == {(2, 1), (3, 1), (3, 2), (2, 2)}
    assert layer["color"] == ARM_STYLES["twin"].color
    assert outline_layer("twin", UNDEFINED)["path"] == ""


def test_a_mask_is_outlined_along_its_border_however_large():
    for rows in (1, 3):
        mask = np.zeros((4, 4), bool)
        mask[:rows, 1] = True
        numbers = [
            int(word) for word in mask_outline(mask)["path"].translate(str.maketrans("MLZ", "   ")).split()
        ]
        assert set(zip(numbers[::2], numbers[1::2], strict=True)) == {(1, 0), (2, 0), (2, rows), (1, rows)}


def test_every_arm_has_a_line_of_its_own():
    lines = {arm: _DASHES[style.dash] for arm, style in ARM_STYLES.items()}
    assert len(set(lines.values())) == len(lines)
    assert lines["teacher"] == ()
