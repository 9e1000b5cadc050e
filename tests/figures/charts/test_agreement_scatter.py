import math

import numpy as np
import pytest

from kdviz.figures.charts import (
    BOX_STYLES,
    BoxPoints,
    ScatterInfo,
    scatter_alt,
    scatter_figure,
    scatter_info,
)
from kdviz.figures.style import ARM_STYLES
from kdviz.types import BOXES

NBSP = "\N{NO-BREAK SPACE}"
OF_IMAGE = ("right-alike", "wrong-apart", None, "right-alike")


def scatter(alike_above=0.5):
    return scatter_info(
        "student",
        OF_IMAGE,
        np.array([0.75, -0.25, math.nan, 1.0]),
        np.array([0.5, 0.25, 0.5, 1.0], np.float32),
        np.array([40, 30, 20, 10]),
        alike_above=alike_above,
    )


def test_points_are_sorted_into_boxes_and_keep_their_places_in_the_test_set():
    assert scatter() == ScatterInfo(
        "Agreement and confidence",
        "Each point is a test image: the agreement of the student's map with the teacher's, and the "
        "student's confidence. Select points to list their images.",
        "student",
        (
            BoxPoints("right-alike", (40, 10), (0.75, 1.0), (0.5, 1.0)),
            BoxPoints("right-apart", (), (), ()),
            BoxPoints("wrong-alike", (), (), ()),
            BoxPoints("wrong-apart", (30,), (-0.25,), (0.25,)),
        ),
        0.5,
        1,
    )


def test_a_selected_point_names_its_image():
    figure = scatter_figure(scatter())
    assert list(figure.data[0].customdata) == [40, 10]
    assert figure.data[0].name == "both right, look alike (2)"
    assert figure.layout.dragmode == "select"
    assert (figure.layout.uirevision, figure.layout.selectionrevision) == ("kept", "kept")


def test_the_threshold_is_drawn_where_there_is_one():
    assert [line.x0 for line in scatter_figure(scatter()).layout.shapes] == [0.5]
    assert not scatter_figure(scatter(math.nan)).layout.shapes


def test_a_box_has_its_own_symbol_and_colour_and_none_of_an_arm():
    assert set(BOX_STYLES) == set(BOXES)
    assert len({style.symbol for style in BOX_STYLES.values()}) == 4
    assert not {s.color for s in BOX_STYLES.values()} & {s.color for s in ARM_STYLES.values()}


@pytest.mark.parametrize("box", BOXES)
def test_a_box_stands_out_from_a_white_and_from_a_black_page(box):
    """WCAG 2.2: at least 3:1."""
    levels = [part / 255 for part in bytes.fromhex(BOX_STYLES[box].color[1:])]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in levels]
    luminance = float(np.dot([0.2126, 0.7152, 0.0722], linear))
    assert 1.05 / (luminance + 0.05) >= 3
    assert (luminance + 0.05) / 0.05 >= 3


def test_the_alt_text_describes_a_scatter():
    assert scatter_alt(scatter()) == (
        "Agreement and confidence, student: images 2 both right, look alike; 0 both right, look apart; "
        "0 at least one wrong, look alike; 1 at least one wrong, look apart. 1 has no defined map."
    )
