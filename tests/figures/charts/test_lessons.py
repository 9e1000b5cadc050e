"""What the pictures of the lessons hold, and say."""

import math

import numpy as np
import pytest

from kdviz.figures.charts import (
    LambdaDots,
    LambdaInfo,
    PathInfo,
    chance_alt,
    chance_figure,
    chance_info,
    lambda_alt,
    lambda_figure,
    path_alt,
    path_figure,
    soft_label_alt,
    soft_label_figure,
    soft_label_info,
)
from kdviz.figures.charts.lambda_curve import position
from kdviz.figures.maps import map_alt, map_picture, signed_map_alt, signed_map_picture, with_box
from kdviz.figures.style import three_digits

CORNER = np.array([[2.0, 0.0], [0.0, -1.0]], np.float32)


def test_a_map_by_itself_is_dark_at_0_and_brightest_at_its_top():
    picture = map_picture(CORNER, top=2.0)
    blocks = picture[[0, 0, -1], [0, -1, -1]]
    assert blocks[0].sum() > blocks[1].sum()
    assert np.array_equal(blocks[1], blocks[2])
    assert np.array_equal(map_picture(0 * CORNER, top=0.0)[0, 0], blocks[1])


def test_a_signed_map_is_orange_above_0_and_purple_below():
    picture = signed_map_picture(CORNER, reach=2.0).astype(int)
    (red, _green, blue), middle = picture[0, 0], picture[0, -1]
    assert red > blue
    assert picture[-1, -1, 2] > picture[-1, -1, 1]
    assert middle.min() > 240


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (map_alt("sum", CORNER), "sum: up to 2, most of it at the upper left."),
        (map_alt("sum", -abs(CORNER)), "sum: nothing above 0."),
        (
            signed_map_alt("sum", CORNER),
            "sum, from −1 to 2: for the class at the upper left, against it at the lower right.",
        ),
        (signed_map_alt("sum", 0 * CORNER), "sum: 0 everywhere."),
    ],
)
def test_the_alt_text_describes_a_map(text, expected):
    assert text == expected


def test_a_number_has_three_digits_that_mean_something():
    assert [three_digits(value) for value in (0.046012, -12.345, 0)] == ["0.046", "−12.3", "0"]


def test_only_the_box_of_an_image_keeps_its_colour():
    image = np.full((8, 8, 3), 200, np.uint8)
    picture = with_box(image, (2, 0, 6, 4))
    factor = picture.shape[0] // 8
    inside, outside = picture[4 * factor, 2 * factor], picture[0, -1]
    assert inside.tolist() == [200] * 3
    assert outside.tolist() == [130] * 3
    assert picture[2 * factor, factor].tolist() == [255] * 3
    line = max(2, factor // 2)
    assert picture[2 * factor + line, 2 * factor].tolist() == [0] * 3  # so that it is seen on white too
    whole = with_box(image, (0, 0, 8, 8))
    assert whole[4 * factor, 4 * factor].tolist() == [200] * 3


def test_the_bars_are_in_the_data_s_order_with_the_label_among_them():
    shares = np.linspace(0.01, 0.15, 15).astype(np.float32)
    info = soft_label_info([f"c{n}" for n in range(15)], shares, shares[::-1], label=1, temperature=4)
    assert info.classes == ("c1", *(f"c{n}" for n in range(4, 15)))
    assert (info.label[0], sum(info.label), info.left_out) == (1.0, 1.0, 3)
    assert [trace.name for trace in soft_label_figure(info).data] == ["hard label", "teacher", "student"]
    assert soft_label_alt(info).startswith("At T = 4: hard label c1; teacher c14 15.0\N{NO-BREAK SPACE}%")


def test_a_path_is_drawn_as_two_lines_and_a_dot_at_the_selected_step():
    info = PathInfo("student", (0.0, 0.5, 1.0), (0.0, 1.0, 3.0), (0.0, 0.9, 2.9), at=1)
    assert [list(trace.y) for trace in path_figure(info).data] == [[0, 1, 3], [0, 0.9, 2.9], [1]]
    assert path_alt(info) == (
        "At 50\N{NO-BREAK SPACE}% of the way the score has risen by 1 and the attributions sum to 0.9; at the end by 3 and 2.9."
    )


def test_scores_are_counted_in_bins_without_the_undefined_ones():
    info = chance_info("student", [0.9, 0.7, math.nan], [0.1, 0.2, 0.3])
    assert (info.matched_n, info.shuffled_n, info.edges[0]) == (2, 3, 0.0)
    assert sum(info.matched) == sum(info.shuffled) == pytest.approx(1)
    assert (info.matched_mean, info.shuffled_mean) == (pytest.approx(0.8), pytest.approx(0.2))
    assert "0.80 over 2" in chance_alt(info)
    assert chance_info("student", [-0.5], []).edges[0] == -1
    assert len(chance_figure(chance_info("student", [], [])).layout.shapes or ()) == 0


def test_weights_stand_in_steps_of_ten_and_0_left_of_them():
    weights = [0.0, 1.0, 10.0, 100.0]
    assert [position(weight, weights) for weight in weights] == [-0.5, 0, 1, 2]
    assert position(0.0, [0.0]) == -0.5


def test_the_curve_draws_what_came_along_and_what_was_measured_here():
    came = LambdaDots((0.0, 1.0), (0, 0), (0.1, 0.9), (0.0, 0.5))
    here = LambdaDots((1.0,), (1,), (0.7,), (0.4,))
    info = LambdaInfo(came, here, {0.0: (0.1, 0.0), 1.0: (0.8, 0.45)}, 1.0)
    figure = lambda_figure(info)
    assert [list(trace.y) for trace in figure.data] == [
        [0.1, 0.8],
        [0.1, 0.9],
        [0.7],
        [0.0, 0.45],
        [0.0, 0.5],
        [0.4],
    ]
    assert "λ 1: accuracy 80.0\N{NO-BREAK SPACE}%, agreement 0.45" in lambda_alt(info)
    nothing = LambdaDots((), (), (), ())
    assert lambda_alt(LambdaInfo(nothing, nothing, {}, None)) == "No student has been measured yet."
