"""Charts for a projector: large text, a name at the end of each line, and nothing of the data changed."""

from copy import deepcopy

import numpy as np
import plotly.graph_objects as go
import pytest

from kdviz.figures import charts
from tests.figures.charts.made import KINDS, VALUES


@pytest.mark.parametrize("name", KINDS)
def test_the_data_of_every_chart_stay_and_its_text_grows(name):
    figure = getattr(charts, f"{name}_figure")(KINDS[name].make(VALUES))
    before = deepcopy(figure.to_dict())
    large = charts.projected(figure)
    np.testing.assert_equal(figure.to_dict(), before, "the cached figure is left alone")
    assert [trace.to_plotly_json() for trace in large.data] == [
        trace.to_plotly_json() for trace in figure.data
    ]
    assert large.layout.font.size == large.layout.legend.font.size == 18
    assert all(axis.tickfont.size == 18 for axis in (*large.select_xaxes(), *large.select_yaxes()))


def test_a_line_has_its_name_at_its_last_defined_point_and_no_legend():
    lines = [
        go.Scatter(
            x=[0, 1, 2], y=[1.0, 3.0, float("nan")], name="student", mode="lines", line={"color": "#D55E00"}
        ),
        go.Scatter(x=[0, 1], y=[0.0, 1.0], name="faint", mode="lines", showlegend=False),
        go.Scatter(x=[0, 1], y=[0.0, 1.0], name="dots", mode="markers"),
    ]
    large = charts.projected(go.Figure(lines))
    (label,) = large.layout.annotations
    assert (label.text, label.x, label.y, label.font.color) == ("student", 1, 3.0, "#D55E00")
    assert large.layout.showlegend is False
    assert large.layout.margin.r >= 7 * 9


def test_names_of_lines_that_end_together_stand_above_each_other():
    ends = {"twin": 0.1, "placebo": 0.1, "student": 0.9}
    lines = [go.Scatter(x=[0, 1], y=[0.0, end], name=name, mode="lines") for name, end in ends.items()]
    labels = {label.text: label for label in charts.projected(go.Figure(lines)).layout.annotations}
    assert {label.y for label in labels.values()} == {0.1, 0.9}
    assert sorted([labels["twin"].yshift, labels["placebo"].yshift]) == [0, 22]
    assert labels["student"].yshift == 0


def test_names_stand_apart_by_the_scale_of_the_axis_and_not_of_the_names():
    """Two lines from 0 that end at 8.70 and 8.77 end at the same height."""
    lines = [
        go.Scatter(x=[0, 1], y=[0.0, end], name=name, mode="lines")
        for name, end in (("sum", 8.7), ("rise", 8.77))
    ]
    shifts = {label.text: label.yshift for label in charts.projected(go.Figure(lines)).layout.annotations}
    assert shifts["sum"] == 0
    assert 19 < shifts["rise"] <= 22


def test_the_name_of_a_level_leaves_the_lines_ends_to_their_names():
    figure = go.Figure(go.Scatter(x=[0, 1], y=[0.0, 0.02], name="student", mode="lines"))
    figure.add_hline(y=0, annotation_text="chance", annotation_position="right")
    level, _student = charts.projected(figure).layout.annotations
    assert (level.text, level.x, level.yanchor) == ("chance", 0, "bottom")


def test_a_level_does_not_strike_through_the_name_of_a_line():
    """The axis of Sweep goes on beyond the last point, and so does the teacher's line."""
    figure = go.Figure(go.Scatter(x=[0, 1], y=[0.0, 1.0], name="student", mode="lines"))
    figure.update_xaxes(range=[-0.5, 1.5])
    figure.add_hline(y=0.99, annotation_text="teacher", annotation_position="bottom left")
    label = next(each for each in charts.projected(figure).layout.annotations if each.text == "student")
    assert (label.xref, label.x, label.xanchor) == ("x domain", 1, "left"), "right of the axes"
