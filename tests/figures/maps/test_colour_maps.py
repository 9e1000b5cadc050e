"""The packaged colour maps against matplotlib's."""

import numpy as np
import pytest
from matplotlib import colormaps

from kdviz.figures.maps.colour_maps import colour_map


@pytest.mark.parametrize("name", ["cividis", "viridis", "gray", "PuOr_r"])
def test_the_colours_are_those_of_matplotlib(name):
    expected = (colormaps[name](np.arange(256))[:, :3] * 255).round()
    assert np.array_equal(colour_map(name), expected)
