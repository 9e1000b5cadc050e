"""Masks on their way to the browser and back; what comes back is not trusted."""

import base64

import numpy as np
import pytest

from kdviz.errors import DataError
from kdviz.figures.maps import image_layer
from kdviz.ui.agreement.mask_painter import (
    PaintedPicture,
    PaintedTile,
    mask_from_text,
    mask_text,
    painter_data,
)

REFUSED = "marks: what was drawn did not arrive as a mask of 5 x 3 cells, and was not stored. Draw it again."


def drawn(*cells, shape=(3, 5)):
    mask = np.zeros(shape, bool)
    for row, column in cells:
        mask[row, column] = True
    return mask


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (8, 8), (7, 9)])
def test_a_mask_comes_back_as_it_was_sent(shape):
    mask = np.random.default_rng(0).random(shape) < 0.4
    assert np.array_equal(mask_from_text(mask_text(mask), shape), mask)


def test_the_first_pixel_is_the_highest_bit_of_the_first_byte():
    mask = drawn((0, 0), (1, 4), (2, 4))  # the pixels 0, 9 and 14 of 15
    assert base64.b64decode(mask_text(mask)) == bytes([0b10000000, 0b01000010])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "None",
        "gA==",  # one byte
        base64.b64encode(bytes(3)).decode(),
        "not base64!",
        "gE I=",
        "gEI",
        "画",
    ],
)
def test_what_is_no_mask_of_this_size_is_one_line(text):
    with pytest.raises(DataError) as refused:
        mask_from_text(text, (3, 5))
    assert str(refused.value) == REFUSED


def test_the_browser_is_given_the_mask_and_every_picture_to_choose():
    image = image_layer(np.zeros((3, 5, 3), np.uint8))
    shown = PaintedPicture("b", "Picture 2", image, drawn((0, 0)), (), "a", version=4)
    tiles = [
        PaintedTile("a", "data:a", "Picture 1", marked=False),
        PaintedTile("b", "data:b", "Picture 2", marked=True),
    ]
    data = painter_data(shown, tiles)
    assert (data["key"], data["name"], data["next"]) == ("b 4", "b", "a")
    assert np.array_equal(mask_from_text(data["mask"], (3, 5)), shown.mask)
    assert [(each["name"], each["title"], each["marked"]) for each in data["strip"]] == [
        ("a", "Picture 1", False),
        ("b", "Picture 2", True),
    ]
    assert painter_data(PaintedPicture("b", "", image, None, (), ""), ())["mask"] is None
