"""What stands in the picture of a study, read from the axes that matplotlib was given."""

import io
from dataclasses import replace
from itertools import pairwise
from math import log10, nan

import numpy as np
import pytest
from PIL import Image

from kdviz.figures.charts import StudyInfo, StudyLine, StudyPanel, study_figure, study_png
from kdviz.types import ARMS

STUDENT = StudyLine(
    "student", (0.0, 1.0, 10.0), (0.5, 0.6, 0.8), (0.4, 0.5, 0.7), (0.6, 0.7, 0.9),
    ((0.0, 0.45), (0.0, 0.55), (1.0, 0.6), (10.0, 0.8)),
)  # fmt: skip
PLACEBO = StudyLine("placebo", (1.0, 10.0), (0.3, 0.2), (nan, nan), (nan, nan), ((1.0, 0.3), (10.0, 0.2)))
PLACES = [-0.5, 0.0, 1.0]  # of λ = 0, 1 and 10: decades, and half a one for 0


def panel(title="", *lines) -> StudyPanel:
    return StudyPanel(title, lines or (STUDENT, PLACEBO), (STUDENT,), teacher=0.9)


def labelled(artists, label) -> list:
    return [artist for artist in artists if artist.get_label() == label]


@pytest.mark.parametrize(("row", "factor"), [(0, 100), (1, 1)], ids=["accuracy", "agreement"])
def test_lines_intervals_and_dots_match_the_table(row, factor):
    axes = study_figure(StudyInfo("Study", (panel(),))).axes[row]
    line, dots = labelled(axes.lines, "student")
    assert line.get_xdata() == pytest.approx(PLACES)
    assert line.get_ydata() == pytest.approx([value * factor for value in STUDENT.mean])
    assert dots.get_xdata() == pytest.approx(
        [log10(weight) if weight else -0.5 for weight, _ in STUDENT.dots]
    )
    assert dots.get_ydata() == pytest.approx([value * factor for _, value in STUDENT.dots])
    (bars,) = labelled(axes.collections, "student")
    intervals = zip(PLACES, STUDENT.low, STUDENT.high, strict=True)
    ends = [[(x, low * factor), (x, high * factor)] for x, low, high in intervals]
    assert np.array(bars.get_segments()) == pytest.approx(np.array(ends))


@pytest.mark.parametrize("arms", [("student", "placebo"), ("student", "placebo", "same-answer")])
def test_all_that_is_drawn_is_within_the_scales(arms):
    lines = [replace(STUDENT if arm == "student" else PLACEBO, arm=arm) for arm in arms]
    figure = study_figure(StudyInfo("Study", (panel("", *lines),) * 3))
    figure.draw_without_rendering()
    for axes in figure.axes:
        frame = axes.get_window_extent()
        drawn = [bars.get_window_extent() for bars in axes.collections]
        drawn += [line.get_window_extent() for line in axes.lines if len(line.get_xdata()) > 2]
        assert all(frame.x0 < each.x0 and each.x1 < frame.x1 for each in drawn)
        assert all(frame.y0 < each.y0 and each.y1 < frame.y1 for each in drawn)


def test_titles_do_not_run_into_each_other():
    title = "1,000 clothes, white patch, Class attention, shape only"
    figure = study_figure(StudyInfo("Study", (panel(title),) * 3))
    figure.draw_without_rendering()
    spans = [axes.title.get_window_extent() for axes in figure.axes if axes.get_title()]
    assert len(spans) == 3
    assert all(one.x1 < other.x0 for one, other in pairwise(spans))


def test_an_arm_is_drawn_only_where_it_is_known():
    accuracy, agreement = study_figure(StudyInfo("Study", (panel(),))).axes
    assert labelled(accuracy.lines, "placebo")[0].get_xdata() == pytest.approx([0, 1])
    assert not labelled(agreement.lines, "placebo")


def test_the_teacher_is_a_level_of_accuracy_and_chance_one_of_agreement():
    accuracy, agreement = study_figure(StudyInfo("Study", (panel(),))).axes
    assert labelled(accuracy.lines, "teacher")[0].get_ydata() == pytest.approx([90, 90])
    assert [0, 0] in [list(line.get_ydata()) for line in agreement.lines]


@pytest.mark.parametrize(
    ("count", "places"),
    [
        (1, [(0, 0)]),
        (2, [(0, 0), (0, 1)]),
        (4, [(0, 0), (0, 1), (1, 0), (1, 1)]),
        (6, [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]),
    ],
)
def test_panels_stand_in_rows_and_share_their_scales(count, places):
    figure = study_figure(StudyInfo("Study", tuple(panel(f"panel {number}") for number in range(count))))
    accuracies, agreements = figure.axes[::2], figure.axes[1::2]
    assert [axes.get_title() for axes in accuracies] == [f"panel {number}" for number in range(count)]
    spots = [axes.get_subplotspec() for axes in accuracies]
    assert [(spot.rowspan.start // 2, spot.colspan.start) for spot in spots] == places
    for axes in (accuracies, agreements):
        assert len({each.get_ylim() for each in axes}) == 1


@pytest.mark.parametrize(
    ("info", "said"),
    [
        (StudyInfo("Study", (panel(),)), "Line: mean. Bar: its 95 % interval over seeds. Dot: one run."),
        (StudyInfo("Study", (panel(),), images=True),
         "Line: mean. Bar: its 95 % interval over seeds and test images. Dot: one run."),
        (StudyInfo("Study", (StudyPanel("", (PLACEBO,), (), nan),)), "Line: mean. Dot: one run."),
    ],
)  # fmt: skip
def test_the_key_names_the_marks_that_are_there(info, said):
    (legend,) = study_figure(info).legends
    assert legend.get_title().get_text() == said


def test_the_key_names_each_arm_once_and_the_teacher():
    (legend,) = study_figure(StudyInfo("Study", (panel("a"), panel("b")))).legends
    assert [text.get_text() for text in legend.get_texts()] == ["student", "placebo", "teacher"]


@pytest.mark.parametrize(("cue", "label"), [(False, "accuracy (%)"), (True, "accuracy, random cue (%)")])
def test_the_axis_label_names_the_images_of_the_accuracy(cue, label):
    assert study_figure(StudyInfo("Study", (panel(),), cue=cue)).axes[0].get_ylabel() == label


def test_the_file_is_a_small_picture_on_white_of_twice_900_pixels():
    data = study_png(StudyInfo("Study", tuple(panel(f"panel {number}") for number in range(6))))
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.width) == ("PNG", 1800)
        assert picture.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert len(data) < 100_000


def test_every_arm_of_a_study_has_a_marker_of_its_own():
    lines = [replace(STUDENT, arm=arm) for arm in ARMS[1:]]
    axes = study_figure(StudyInfo("Study", (StudyPanel("", tuple(lines), (), teacher=0.9),))).axes[0]
    means = [labelled(axes.lines, arm)[0] for arm in ARMS[1:]]
    assert len({line.get_marker() for line in means}) == len(ARMS) - 1


@pytest.mark.parametrize("weights", [(), (1.0,), (0.0, 1.0)], ids=["no run", "one λ", "two"])
def test_a_study_without_a_defined_figure_is_still_a_picture(weights):
    unknown = (nan,) * len(weights)
    line = StudyLine(
        "student", weights, unknown, unknown, unknown, tuple((weight, nan) for weight in weights)
    )
    figure = study_figure(StudyInfo("Study", (StudyPanel("", (line,), (line,), teacher=nan),)))
    figure.draw_without_rendering()
    for axes in figure.axes:
        assert all(np.isfinite([*axes.get_xlim(), *axes.get_ylim()]))
    assert [axes.get_xlabel() for axes in figure.axes] == ["", "λ"]
    assert all(axes.get_ylabel() for axes in figure.axes)
