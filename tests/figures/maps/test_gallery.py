"""Rows of small images, with the outline of the object."""

import numpy as np

from kdviz.figures.maps import gallery_row


def test_an_object_is_outlined_in_white_and_black_and_nothing_else_changes():
    image = np.full((96, 96, 3), 100, np.uint8)
    mask = np.zeros((96, 96), bool)
    mask[20:60, 30:70] = True
    row = gallery_row([image, image], [mask, np.zeros_like(mask)])
    assert row[20, 30:70, :3].min() == 255
    assert row[21, 31:69, :3].max() == 0
    changed = (row[..., :3] != 100).any(-1)
    expected = np.zeros((96, 96), bool)
    expected[20:60, 30:70] = True
    expected[22:58, 32:68] = False
    assert np.array_equal(changed[:, :96], expected)
    assert not changed[:, 104:].any()


def test_a_small_image_is_outlined_after_it_is_enlarged():
    mask = np.zeros((8, 8), bool)
    mask[2:6, 2:6] = True
    row = gallery_row([np.full((8, 8, 1), 100, np.uint8)], [mask])
    assert row.shape[:2] == (96, 96)
    assert (row[24, 24:72, :3] == 255).all()
    assert (row[48, 48, :3] == 100).all()
