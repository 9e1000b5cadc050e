import math
from dataclasses import replace

import plotly.graph_objects as go
import pytest

from kdviz.figures.charts import (
    CurveInfo,
    CurveLine,
    accuracy_info,
    agreement_info,
    current_stage,
    curve_alt,
    curve_figure,
    latest_value,
    loss_info,
    smoothed,
)
from kdviz.figures.charts.level_line import draw_level
from kdviz.figures.style import ARM_STYLES, arm_legend
from kdviz.types import ARMS, ELAPSED, Measured

TEACHER = [Measured("teacher", e, "teacher", {"validation_accuracy": 0.5 + e / 10}) for e in (1, 2)]
STUDENTS = [
    Measured("students", e, arm, {"validation_accuracy": a, "cue_intact_accuracy": 0.99, "agreement": g})
    for e, arm, a, g in [
        (1, "student", 0.4, math.nan),
        (1, "twin", 0.3, 0.1),
        (2, "student", 0.6, 0.5),
        (2, "twin", 0.3, 0.2),
    ]
]


def test_the_teachers_own_training_is_shown_until_a_student_has_a_number():
    assert current_stage(TEACHER) == "teacher"
    assert accuracy_info(TEACHER).lines == (CurveLine("teacher", (1, 2), (0.6, 0.7)),)
    assert current_stage(TEACHER + STUDENTS) == "students"


def test_beside_its_students_the_teacher_is_a_level():
    plain = [
        Measured(m.stage, m.epoch, m.arm, {"validation_accuracy": m.values["validation_accuracy"]})
        for m in STUDENTS
    ]
    assert accuracy_info(TEACHER + plain) == CurveInfo(
        "Validation accuracy",
        "Share of validation images classified correctly. Final figures are of the test images.",
        (
            CurveLine("teacher", (0.0, 2), (0.7, 0.7)),
            CurveLine("student", (1, 2), (0.4, 0.6)),
            CurveLine("twin", (1, 2), (0.3, 0.3)),
        ),
        percent=True,
        up_to_one=True,
    )


def test_with_a_cue_each_student_has_a_second_line():
    info = accuracy_info(TEACHER + STUDENTS)
    assert [line.arm for line in info.lines if line.intact] == ["student", "twin"]
    assert info.note == "solid: random cue, dashed: the cue helps"


def test_an_undefined_agreement_is_a_gap_and_not_a_zero():
    student, twin = agreement_info(STUDENTS).lines
    assert math.isnan(student.values[0])
    assert student.last == 0.5
    assert twin.values == (0.1, 0.2)


def test_an_arm_without_a_loss_part_has_no_line_for_it():
    measured = [
        Measured("students", 0.5, "student", {"explanation": 0.7}),
        Measured("students", 0.5, "twin", {"explanation": math.nan}),
    ]
    assert loss_info(measured, "explanation").lines == (CurveLine("student", (0.5,), (0.7,)),)
    assert loss_info([], "ce").lines == ()


def test_the_figure_keeps_zoom_and_gives_each_arm_its_colour_and_marker():
    figure = curve_figure(accuracy_info(TEACHER + STUDENTS))
    assert figure.layout.uirevision == curve_figure(accuracy_info(STUDENTS)).layout.uirevision
    traces = {trace.name: trace for trace in figure.data}
    assert traces["student"].line.color == ARM_STYLES["student"].color
    assert traces["student"].marker.symbol != traces["twin (λ = 0)"].marker.symbol
    assert traces["student, cue helps"].line.dash == "dash"
    in_legend = [trace.name for trace in figure.data if trace.showlegend is not False]
    assert in_legend == ["teacher", "student", "twin (λ = 0)", "dashed: the cue helps"]
    plain = curve_figure(agreement_info(STUDENTS))
    assert "dashed: the cue helps" not in [trace.name for trace in plain.data]


def test_a_band_goes_up_one_side_and_down_the_other():
    values = {"agreement": 0.5, "agreement_low": 0.4, "agreement_high": 0.6}
    band, line = curve_figure(
        agreement_info([Measured("students", e, "student", values) for e in (1, 2)])
    ).data
    assert list(band.x) == [1, 2, 2, 1]
    assert list(band.y) == [0.6, 0.6, 0.4, 0.4]
    assert line.name == "student"


def test_the_alt_text_of_a_chart_has_its_latest_values():
    assert (
        curve_alt(agreement_info(STUDENTS))
        == "Agreement on validation images after 2 epochs: student 0.50, twin (λ = 0) 0.20."
    )
    assert curve_alt(loss_info([], "ce")) == "Label loss: no values yet."


def timed(measured, began, per_epoch=2.0):
    """The same numbers with the seconds at which they were reached."""
    return [
        Measured(m.stage, m.epoch, m.arm, {**m.values, ELAPSED: began + per_epoch * m.epoch})
        for m in measured
    ]


START = [Measured("students", 0, arm, {"validation_accuracy": 0.1}) for arm in ("student", "twin")]


def test_over_time_a_students_curve_begins_with_its_training_and_the_teachers_with_the_run():
    students = accuracy_info(timed(TEACHER, 5.0) + timed(START + STUDENTS, 30.0))
    assert students.has_time
    assert [line.seconds for line in students.lines if line.arm == "student"] == [(0.0, 2.0, 4.0), (2.0, 4.0)]
    assert students.lines[0].seconds == (0.0, 4.0)  # the teacher's level, as long as the students' lines
    (teacher,) = accuracy_info(timed(TEACHER, 5.0)).lines
    assert teacher.seconds == (7.0, 9.0)


def test_a_run_without_times_is_drawn_over_epochs_only():
    assert not accuracy_info(TEACHER + STUDENTS).has_time
    half = timed(STUDENTS[:2], 30.0) + STUDENTS[2:]
    assert not accuracy_info(half).has_time


def test_the_figure_over_time_has_its_own_axis_and_its_own_zoom():
    info = accuracy_info(timed(TEACHER + START + STUDENTS, 10.0))
    epochs, time = curve_figure(info), curve_figure(info, over="time")
    drawn = [tuple(trace.x) for trace in time.data if trace.name != "dashed: the cue helps"]
    assert drawn == [line.seconds for line in info.lines]
    assert [tuple(trace.y) for trace in time.data] == [tuple(trace.y) for trace in epochs.data]
    assert time.layout.uirevision != epochs.layout.uirevision
    assert time.layout.xaxis.title.text != epochs.layout.xaxis.title.text


def test_a_running_mean_is_the_weighted_mean_of_all_values_so_far():
    epochs, values = (0.1, 0.5, 0.6, 1.4), (4.0, 2.0, math.nan, 8.0)
    info = smoothed(CurveInfo("", "", (CurveLine("student", epochs, values),)))
    for place, mean in enumerate(info.lines[0].smooth):
        known = [
            (v, 2 ** (-(epochs[place] - e) / 0.4))
            for e, v in zip(epochs, values, strict=True)
            if v == v and e <= epochs[place]
        ]
        assert mean == pytest.approx(sum(v * w for v, w in known) / sum(w for v, w in known))


def test_a_running_mean_of_what_does_not_change_is_that_value_and_is_undefined_before_the_first():
    line = CurveLine("student", (1, 2, 3), (math.nan, 0.7, 0.7))
    first, *rest = smoothed(CurveInfo("", "", (line,))).lines[0].smooth
    assert math.isnan(first)
    assert rest == pytest.approx([0.7, 0.7])


def test_behind_a_running_mean_the_values_are_drawn_as_they_are():
    info = smoothed(CurveInfo("", "", (CurveLine("student", (1, 2), (0.8, 0.2)),)))
    raw, mean = curve_figure(info).data
    assert tuple(raw.y) == (0.8, 0.2)
    assert [text.partition(" ")[2] for text in mean.hovertext] == ["(measured 0.800)", "(measured 0.200)"]
    assert tuple(mean.y) == info.lines[0].smooth
    assert (raw.showlegend, mean.showlegend) == (False, True)


def test_the_latest_number_skips_undefined_ones():
    assert latest_value(STUDENTS, "student", "agreement") == 0.5
    assert math.isnan(latest_value(STUDENTS, "placebo", "agreement"))


def luminance(rgb):
    """WCAG 2.2: relative luminance."""
    parts = [c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("page", [(255, 255, 255), (14, 17, 23)])
@pytest.mark.parametrize("arm", ARMS)
def test_each_arm_stands_out_from_a_light_and_from_a_dark_page(arm, page):
    bright, dark = sorted([luminance(ARM_STYLES[arm].rgb), luminance(page)], reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= 3


def test_arms_differ_in_marker_and_colour():
    assert len({style.color for style in ARM_STYLES.values()}) == len(ARMS)
    assert len({style.symbol for style in ARM_STYLES.values()}) == len(ARMS)
    assert tuple(ARM_STYLES) == ARMS


def test_the_key_names_arms_in_order():
    key = arm_legend(["teacher", "student"], before="input")
    assert key.index("input") < key.index("teacher") < key.index("student")


def test_the_name_of_a_level_stands_beside_the_curves():
    """In the right margin, where no curve is."""
    info = CurveInfo("", "", (CurveLine("student", (1, 2), (0.8, 0.2)),), level=(0.0, "chance"))
    figure = curve_figure(info)
    (name,) = figure.layout.annotations
    assert (name.text, name.x, name.xref, name.xanchor, name.yanchor) == (
        "chance",
        1,
        "x domain",
        "left",
        "middle",
    )
    assert figure.layout.margin.r >= 8 + 7 * len("chance")
    assert curve_figure(replace(info, level=None)).layout.margin.r == 8


def test_a_long_name_of_a_level_stands_above_it_and_takes_no_room_beside_the_chart():
    short, long = go.Figure(), go.Figure()
    assert draw_level(short, (0.0, "chance")) > draw_level(long, (0.8, "B on the test: 79.7 %"))
    assert (short.layout.annotations[0].x, long.layout.annotations[0].x) == (1, 0)
    assert long.layout.annotations[0].yanchor == "bottom"


def test_a_live_chart_shows_its_whole_stage_from_the_first_epoch_on():
    info = accuracy_info(STUDENTS)
    live, ended = curve_figure(info, epochs=20), curve_figure(info)
    assert live.layout.xaxis.autorangeoptions.include == 20
    assert ended.layout.xaxis.autorangeoptions.include is None
    assert live.layout.yaxis.autorangeoptions.include == (0, 1)
    over_time = curve_figure(info, over="time", epochs=20)
    assert over_time.layout.xaxis.autorangeoptions.include is None
