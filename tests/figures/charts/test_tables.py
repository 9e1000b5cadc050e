"""What a chart shows, as a table: the same numbers, to the last digit."""

import io
import math

import numpy as np
import pandas as pd
import pytest

from kdviz.figures.charts import (
    CurveInfo,
    CurveLine,
    chart_rows,
    class_dots_info,
    confusion_info,
    distribution_info,
    run_curves_info,
    scatter_info,
)
from kdviz.figures.charts.chance import chance_info
from kdviz.figures.charts.integration_path import PathInfo
from kdviz.figures.charts.lambda_curve import LambdaDots, LambdaInfo
from kdviz.figures.charts.soft_labels import soft_label_info
from kdviz.types import Agreement
from kdviz.ui.widgets.downloads import as_csv

THIRD = 1 / 3


def rows(info):
    return chart_rows(info)


def test_a_curve_has_a_row_for_each_point_with_its_band():
    lines = (
        CurveLine("student", (1.0, 2.0), (THIRD, 0.5), (0.1, 0.2), (0.6, 0.7), seconds=(1.5, 3.0)),
        CurveLine("twin", (1.0,), (0.25,), intact=True),
    )
    table = pd.DataFrame(chart_rows(CurveInfo("t", "a", lines)))
    first = {
        "arm": "student",
        "cue": "",
        "epoch": 1.0,
        "seconds": 1.5,
        "value": THIRD,
        "low": 0.1,
        "high": 0.6,
    }
    assert table.iloc[0].to_dict() == first
    assert table.iloc[2][["arm", "cue", "value"]].to_list() == ["twin", "intact", 0.25]
    assert math.isnan(table.iloc[2]["low"])


def test_overlaid_curves_say_which_run():
    info = CurveInfo("t", "a", (CurveLine("twin", (1.0,), (0.25,)),))
    assert [(row["run"], row["arm"], row["value"]) for row in rows(run_curves_info([info, info], "xy", ["twin"]))] == [
        ("A", "twin", 0.25),
        ("B", "twin", 0.25),
    ]  # fmt: skip


def test_a_distribution_has_a_row_for_each_bin_and_its_shares_sum_to_one():
    info = distribution_info({"student": np.array([0.1, 0.9, np.nan])}, explainer="e", measure="m")
    table = pd.DataFrame(chart_rows(info))
    assert table["share"].sum() == pytest.approx(1)
    hit = table[table["share"] > 0]
    assert [tuple(ends) for ends in hit[["from", "to"]].to_numpy()] == [(0.1, 0.15), (0.9, 0.95)]


def test_a_class_has_its_value_and_interval():
    score = Agreement(0.5, 0.2, THIRD, 0.1, 0.6, 7, 0.0)
    (row,) = rows(class_dots_info(("cat",), {"student": [score]}, explainer="e", measure="m"))
    assert row == {"class": "cat", "arm": "student", "value": THIRD, "low": 0.1, "high": 0.6, "images": 7}


def test_a_confusion_has_a_row_for_each_cell_by_name():
    info = confusion_info("student", ("cat", "dog"), np.array([[-0.25, 0.25], [0.0, 0.0]]))
    assert rows(info)[1] == {"label": "cat", "answer": "dog", "difference": 0.25}
    assert len(rows(info)) == 4


def test_a_scatter_has_a_row_for_each_image_in_a_box():
    info = scatter_info(
        "student",
        ["right-alike", None, "wrong-apart"],
        np.array([0.5, np.nan, -0.25]),
        np.array([0.75, 0.5, 1.0]),
        np.array([4, 5, 6]),
        alike_above=0.1,
    )
    assert rows(info) == [
        {"image": 4, "box": "right-alike", "agreement": 0.5, "confidence": 0.75},
        {"image": 6, "box": "wrong-apart", "agreement": -0.25, "confidence": 1.0},
    ]


def test_the_charts_of_the_lessons_have_their_numbers_too():
    soft = soft_label_info(
        ("cat", "dog"), np.array([0.75, 0.25]), np.array([0.5, 0.5]), label=1, temperature=4
    )
    assert [(row["class"], row["hard label"], row["teacher"]) for row in rows(soft)] == [
        ("cat", 0.0, 0.75),
        ("dog", 1.0, 0.25),
    ]
    pairs = pd.DataFrame(chart_rows(chance_info("student", [0.9, 0.95], [0.1])))
    assert pairs["same image"].sum() == pytest.approx(1)
    assert pairs[pairs["another image"] > 0][["from", "to"]].to_numpy().tolist() == [
        [0.1, pytest.approx(0.15)]
    ]
    path = PathInfo("teacher", (0.0, 0.5, 1.0), (0.0, 0.1, THIRD), (0.0, 0.2, 0.25), at=1)
    assert rows(path)[-1] == {"position": 1.0, "score rise": THIRD, "sum so far": 0.25}
    dots, none = LambdaDots((3.0,), (7,), (THIRD,), (0.5,)), LambdaDots((), (), (), ())
    assert rows(LambdaInfo(none, dots, {3.0: (THIRD, 0.5)}, 3.0)) == [
        {"λ": 3.0, "seed": 7, "from": "here", "accuracy": THIRD, "agreement": 0.5}
    ]


def test_what_is_no_chart_has_no_table():
    with pytest.raises(TypeError, match=r"^there is no table of str$"):
        chart_rows("chart")


def test_a_csv_gives_back_every_digit_and_every_letter():
    table = pd.DataFrame(
        {"λ": [0.1 + 0.2, THIRD, math.nan], "name": ['ünï, "quoted"', "a\nb", "-0.12 to 0.30"]}
    )
    digits = {"λ": lambda text: float(text or "nan")}  # pandas 2 reads the last one otherwise
    back = pd.read_csv(io.BytesIO(as_csv(table)), encoding="utf-8-sig", converters=digits)
    pd.testing.assert_frame_equal(back, table, check_dtype=False, check_exact=True)


@pytest.mark.parametrize("text", ["=1+1", "+1", "@sum", "\t=1", "-2+3+cmd|' /C calc'!A0", "-x"])
def test_a_csv_holds_no_formula_that_somebody_gave_as_a_name(text):
    back = pd.read_csv(io.BytesIO(as_csv(pd.DataFrame({text: [text]}))), encoding="utf-8-sig")
    assert back.columns.tolist() == back.iloc[:, 0].tolist() == [f"'{text}"]
