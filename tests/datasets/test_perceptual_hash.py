"""The difference hash, against a picture whose bits are written out by hand."""

import numpy as np
import pytest
from PIL import Image

from kdviz.datasets.perceptual_hash import difference_hash, near_pairs

# Nine columns and eight rows: a cell is brighter than its left neighbour where the digit is larger.
CELLS = """
012345678
876543210
010101010
101010101
000000009
900000000
555555555
123321123
"""
BITS = """
11111111
00000000
10101010
01010101
00000001
00000000
00000000
11000011
"""
# Of the last row: 1<2, 2<3, 3=3, 3>2, 2>1, 1=1, 1<2, 2<3.


def test_each_bit_says_whether_a_cell_is_brighter_than_the_one_to_its_left():
    cells = np.array([[int(digit) * 25 for digit in row] for row in CELLS.split()], np.uint8)
    assert difference_hash(Image.fromarray(cells)) == int(BITS.replace("\n", ""), 2)


@pytest.mark.parametrize("scale", [1, 8, 30])
def test_the_hash_of_a_ramp_does_not_depend_on_its_size(scale):
    ramp = np.tile(np.arange(9, dtype=np.uint8) * 20, (8, 1)).repeat(scale, 0).repeat(scale, 1)
    assert difference_hash(Image.fromarray(ramp)) == 2**64 - 1


def test_pairs_within_four_bits_are_near_and_flat_pictures_are_not():
    seen = 0x0F0F0F0F0F0F0F0F
    first = np.array([seen, 0, 2**64 - 1], np.uint64)
    second = np.array([seen ^ 0b1111, seen ^ 0b11111, 0, 2**64 - 1, seen], np.uint64)
    assert near_pairs(first, second) == [(0, 0), (0, 4)]
