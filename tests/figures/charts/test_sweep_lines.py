"""A figure of a study along one setting, drawn."""

import math
from dataclasses import replace

from kdviz.figures.charts import (
    SweepLine,
    SweepLinesInfo,
    SweepPoint,
    chart_rows,
    sweep_arms_figure,
    sweep_lines_alt,
    sweep_lines_figure,
)

STUDENT = SweepLine(
    "student",
    (
        SweepPoint(0, 0.5, 0.4, 0.6, ((0, 0.4), (1, 0.6))),
        SweepPoint(1, 0.7, 0.6, 0.8, ((0, 0.6), (1, 0.8))),
    ),
)
TWIN = SweepLine("twin", tuple(SweepPoint(column, 0.5, 0.4, 0.6, ((0, 0.4), (1, 0.6))) for column in (0, 1)))
PLACEBO = SweepLine("placebo", (SweepPoint(1, 0.3, math.nan, math.nan, ((0, 0.3),)),))


def info(*lines, **changes):
    found = SweepLinesInfo(
        "Accuracy", "About.", "λ", ("0", "3"), True, True, lines, 0.9, 1, 0.3, 0.9, percent=True, signed=False
    )
    return replace(found, **changes)


def traces(figure, name):
    return [trace for trace in figure.data if trace.name == name]


def test_means_have_their_intervals_and_each_seed_is_a_dot():
    dots, means = sweep_lines_figure(info(STUDENT)).data
    assert list(dots.y) == [0.4, 0.6, 0.6, 0.8]
    assert list(means.y) == [0.5, 0.7]
    assert [round(each, 9) for each in means.error_y.array] == [0.1, 0.1]
    assert [round(each, 9) for each in means.error_y.arrayminus] == [0.1, 0.1]
    assert means.mode == "lines+markers"


def test_a_control_that_is_the_same_everywhere_is_a_level_with_a_band():
    band, level, *_student = sweep_lines_figure(info(STUDENT, TWIN)).data
    assert list(level.y) == [0.5, 0.5]
    assert list(band.y) == [0.4, 0.4, 0.6, 0.6]
    assert (level.name, band.showlegend) == ("twin (λ = 0)", False)


def test_arms_stand_beside_each_other_around_the_value_and_can_be_selected_by_its_column():
    figure = sweep_lines_figure(info(STUDENT, PLACEBO))
    (student,), (placebo,) = traces(figure, "student"), traces(figure, "placebo")
    assert student.x[1] - 1 == -(placebo.x[0] - 1) < 0
    assert [tuple(each) for each in placebo.customdata] == [(1,)]


def test_values_without_an_order_are_not_joined_and_the_best_and_the_teacher_have_lines():
    figure = sweep_lines_figure(info(STUDENT, ordered=False))
    assert traces(figure, "student")[0].mode == "markers"
    lines = [
        (shape.x0, shape.x1) if shape.x0 == shape.x1 else (shape.y0, shape.y1)
        for shape in figure.layout.shapes
    ]
    assert lines == [(1, 1), (0.9, 0.9)]


def test_the_chart_in_words_has_every_mean_and_as_a_table_every_seed():
    assert sweep_lines_alt(info(STUDENT, PLACEBO)) == (
        "Accuracy. Means over seeds. student: λ = 0 50.0, λ = 3 70.0; placebo: λ = 3 30.0."
    )
    assert sweep_lines_alt(info()) == "Accuracy: no values yet."
    assert chart_rows(info(PLACEBO))[0]["value"] == 0.3
    assert len(chart_rows(info(STUDENT, TWIN))) == 8


ONE = SweepLine("student", (SweepPoint(0, 0.5, 0.4, 0.7, ((0, 0.4), (1, 0.6))),))
PLACEBO_OF_ONE = SweepLine("placebo", PLACEBO.points[:1])


def one_value(*lines):
    return info(*lines, across="", columns=("",))


def test_where_the_seed_alone_varies_each_arm_is_a_row_of_dots():
    dots, mean, *_placebo = sweep_arms_figure(one_value(ONE, PLACEBO_OF_ONE)).data
    assert list(dots.x) == [0.4, 0.6]
    assert list(mean.x) == [0.5]
    assert [round(mean.error_x[end][0], 9) for end in ("array", "arrayminus")] == [0.2, 0.1]
    assert list(dots.hovertext) == ["student, seed 0: 40.0", "student, seed 1: 60.0"]
    assert list(mean.hovertext) == ["student: 50.0 (40.0 to 70.0)"]


def test_it_is_low_and_has_the_student_above_its_controls_and_the_teacher_as_a_line():
    figure = sweep_arms_figure(one_value(ONE, PLACEBO_OF_ONE))
    assert [text.split(" ", 1)[1] for text in figure.layout.yaxis.ticktext] == ["student", "placebo"]
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1], "the first row is above"
    assert figure.layout.height < 200
    assert [line.x0 for line in figure.layout.shapes] == [0.9]
    assert [each.text for each in figure.layout.annotations] == ["teacher"]


def test_a_gain_has_a_line_at_zero_there():
    figure = sweep_arms_figure(replace(one_value(ONE), signed=True, teacher=math.nan))
    assert [line.x0 for line in figure.layout.shapes] == [0]


def test_the_axis_says_where_equal_steps_are_not_to_scale():
    assert sweep_lines_figure(info(STUDENT)).layout.xaxis.title.text == "λ"
    uneven = sweep_lines_figure(info(STUDENT, even=False))
    assert uneven.layout.xaxis.title.text == "λ (steps, not to scale)"
    assert "not to scale" not in sweep_lines_alt(info(STUDENT, even=False))
