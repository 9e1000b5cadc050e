"""What is lost of a visitor's pictures at an image size: against areas by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from kdviz.language import speaking
from kdviz.ui.widgets.size_advice import cropping


def found(*sizes):
    """Pictures of these widths and heights."""
    return SimpleNamespace(sizes=np.array(sizes))


@pytest.mark.parametrize(
    ("sizes", "given", "said"),
    [
        # of 96 × 80 = 7,680 pixels, 80 × 80 = 6,400 are in the square
        ([(96, 80)] * 3, "64", "Pictures are cropped to 64 × 64: 17 % of the area, at the edges, is lost. 64x77 keeps all of it."),
        ([(80, 96)] * 3, "64", "Pictures are cropped to 64 × 64: 17 % of the area, at the edges, is lost. 77x64 keeps all of it."),
        # of 200 × 100, 50 × 100 have the form 100x50
        ([(200, 100)], "100x50", "Pictures are cropped to 100 × 50: 75 % of the area, at the edges, is lost. 50x100 keeps all of it."),
        # 0 %, 50 % and 75 % of the area
        ([(50, 50), (100, 50), (200, 50)], "32", "Pictures are cropped to 32 × 32: 50 % of the area, at the edges, is lost in the median, at most 75 %."),
        # keeping all needs a side of more than 512 pixels
        ([(1000, 100)], "64", "Pictures are cropped to 64 × 64: 90 % of the area, at the edges, is lost."),
        ([(96, 80)] * 3, "80x96", ""),
        ([(64, 64)] * 3, "32", ""),
        ([(96, 80)] * 3, "large", ""),
        ([(96, 80)] * 3, None, ""),
    ],
)  # fmt: skip
def test_the_share_of_the_area_that_a_crop_loses_is_said_with_a_size_that_keeps_it(sizes, given, said):
    with speaking("en"):
        assert cropping(found(*sizes), given).replace("\N{NO-BREAK SPACE}", " ") == said
