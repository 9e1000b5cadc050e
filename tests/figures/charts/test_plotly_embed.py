import json
import math

from kdviz.figures.charts import CurveInfo, CurveLine, curve_figure, figure_data, plotly_library


def test_a_figure_is_plain_data_with_gaps_for_what_is_undefined():
    figure = curve_figure(CurveInfo("Accuracy", "", (CurveLine("student", (1.0, 2.0), (math.nan, 1 / 3)),)))
    data = figure_data(figure)
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["data"][0]["y"] == [None, 1 / 3]


def test_the_page_chooses_the_colours_around_a_figure():
    data = figure_data(curve_figure(CurveInfo("Accuracy", "", (CurveLine("student", (1.0,), (0.5,)),))))
    assert "template" not in data["layout"]


def test_the_library_can_stand_inside_a_page():
    assert "</script" not in plotly_library().lower()
