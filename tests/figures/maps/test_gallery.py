"""Rows of small images, with the outline of the object."""

import numpy as np

from kdviz.figures.maps import gallery_row


def test_an_object_is_outlined_in_white_and_black_and_nothing_else_changes():
    image = np.full((96, 96, 3), 100, np.uint8)
    mask = np.zeros((96, 96), bool)
    mask[20:60, 30:70] = True
    row = gallery_row([image, image], [mask, np.zeros_like(mask)])[1:-1]
    first, second = row[:, 1:97, :3], row[:, 107:203, :3]
    assert first[20, 30:70].min() == 255
    assert first[21, 31:69].max() == 0
    changed = (first != 100).any(-1)
    expected = np.zeros((96, 96), bool)
    expected[20:60, 30:70] = True
    expected[22:58, 32:68] = False
    assert np.array_equal(changed, expected)
    assert (second == 100).all()


def test_a_small_image_is_outlined_after_it_is_enlarged():
    mask = np.zeros((8, 8), bool)
    mask[2:6, 2:6] = True
    row = gallery_row([np.full((8, 8, 1), 100, np.uint8)], [mask])[1:-1, 1:-1]
    assert row.shape[:2] == (96, 96)
    assert (row[24, 24:72, :3] == 255).all()
    assert (row[48, 48, :3] == 100).all()


def test_each_picture_has_a_frame_so_that_white_at_its_edge_is_seen_to_be_in_it():
    row = gallery_row([np.full((96, 96, 1), 255, np.uint8)] * 2)
    assert row.shape[:2] == (98, 204)
    for frame in (row[0, :98], row[-1, :98], row[:, 0], row[:, 97], row[:, 106], row[:, -1]):
        assert (frame == [128, 128, 128, 255]).all()
    assert (row[1:-1, 1:97, :3] == 255).all()
