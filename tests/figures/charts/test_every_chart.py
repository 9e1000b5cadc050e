"""What is true of each chart: in words, on its axes, in its table, in its colours; and where there is little to draw."""

import json
import math
import re
from typing import Any

import pandas as pd
import pytest

from kdviz.figures import charts
from kdviz.figures.charts import BOX_STYLES, chart_rows
from kdviz.figures.style import ARM_STYLES, NEUTRAL, RUN_STYLES
from kdviz.language import speaking
from kdviz.ui.widgets.downloads import csv_text, rows_as_csv
from tests.figures.charts.made import KINDS, NAN, VALUES

SCARCE = {"nothing": (), "one value": (0.5,), "an undefined one": (NAN,), "undefined ones": (NAN, NAN)}
NOTHING = re.compile("no values yet|undefined|been measured yet|–|no defined map|images 0|by 0")
"""How alt texts say that there is nothing, or nothing but zero."""
AT_LEAST_ONE = {"soft_label"}  # a data set has classes
TITLED_ABOVE = {
    ("curve", "yaxis"),
    ("run_curves", "yaxis"),
}  # by the chart's title, which is the figure's name
INK = {"#000000", "#FFFFFF"}  # of letters and patterns on a colour
OURS = {style.color for style in (*ARM_STYLES.values(), *RUN_STYLES, *BOX_STYLES.values())} | {NEUTRAL} | INK


def figure_of(name: str, info: Any) -> Any:
    return getattr(charts, f"{name}_figure")(info)


def alt_of(name: str, info: Any) -> str:
    return getattr(charts, f"{name}_alt")(info)


def layout_of(figure: Any) -> dict[str, Any]:
    """As Plotly gets it, without the page's template."""
    return {part: value for part, value in figure.to_plotly_json()["layout"].items() if part != "template"}


def axes_of(figure: Any) -> dict[str, Any]:
    return {part: value for part, value in layout_of(figure).items() if re.fullmatch(r"[xy]axis\d?", part)}


def colours_of(figure: Any) -> set[str]:
    """Every colour of traces and layout, as #RRGGBB; colour scales have names, and are none of them."""
    data = [trace.to_plotly_json() for trace in figure.data]
    text = json.dumps([data, layout_of(figure)], default=lambda array: array.tolist())
    seen_through = re.findall(r"rgba\((\d+), ?(\d+), ?(\d+)", text)
    rgb = {"#" + "".join(f"{int(part):02X}" for part in parts) for parts in seen_through}
    return rgb | {colour.upper() for colour in re.findall(r"#[0-9A-Fa-f]{6}\b", text)}


def test_every_chart_is_in_the_table():
    builders = {name.removesuffix("_figure") for name in charts.__all__ if name.endswith("_figure")}
    elsewhere = {
        "study",  # drawn by matplotlib, see test_study_panels.py
        "sweep_arms",  # another drawing of sweep_lines, see test_sweep_lines.py
    }
    assert set(KINDS) == builders - elsewhere


@pytest.mark.parametrize("name", KINDS)
def test_its_alt_text_matches_the_data(name):
    kind = KINDS[name]
    assert kind.said in alt_of(name, kind.make(VALUES))


@pytest.mark.parametrize("name", KINDS)
def test_its_alt_text_has_the_same_numbers_in_chinese(name):
    def numbers(text: str) -> list[str]:
        return sorted(re.findall(r"\d[\d.]*\d|\d", text.removesuffix(".")))

    english = alt_of(name, KINDS[name].make(VALUES))
    with speaking("zh"):
        chinese = alt_of(name, KINDS[name].make(VALUES))
    assert numbers(chinese) == numbers(english)
    assert re.search(r"[\u4e00-\u9fff]", chinese)


@pytest.mark.parametrize("name", KINDS)
def test_every_axis_has_a_title(name):
    """By a title, by names at its ticks or as its values, or by that of the chart below it."""
    info = KINDS[name].make(VALUES)
    figure = figure_of(name, info)
    for axis, layout in axes_of(figure).items():
        if (name, axis) in TITLED_ABOVE:
            assert info.title
        elif axis == "xaxis" and layout.get("matches"):
            assert figure.layout[layout["matches"].replace("x", "xaxis")].title.text
        else:
            named = layout.get("ticktext") or layout.get("type") == "category"
            assert named or layout["title"]["text"], axis


@pytest.mark.parametrize("name", KINDS)
def test_its_table_holds_what_it_draws(name):
    kind = KINDS[name]
    info = kind.make(VALUES)
    drawn = kind.points(figure_of(name, info))
    rows = [tuple(row[name] for name in kind.columns) for row in chart_rows(info)]
    assert len(drawn) == len(rows) > 0
    for point, row in zip(drawn, rows, strict=True):
        assert tuple(point) == tuple(
            value if isinstance(value, str) else pytest.approx(value, nan_ok=True) for value in row
        )


@pytest.mark.parametrize("name", KINDS)
def test_its_file_is_the_one_that_pandas_would_write(name):
    rows = chart_rows(KINDS[name].make(VALUES))
    assert rows_as_csv(rows) == csv_text(pd.DataFrame(rows))


@pytest.mark.parametrize("name", KINDS)
def test_its_colours_are_those_of_arms_runs_and_boxes(name):
    assert (
        colours_of(figure_of(name, KINDS[name].make(VALUES))) - {colour.upper() for colour in OURS} == set()
    )


@pytest.mark.parametrize("values", [VALUES, *SCARCE.values()], ids=["usual", *SCARCE])
@pytest.mark.parametrize("name", KINDS)
def test_its_scales_are_finite_whatever_is_drawn(name, values):
    if not values and name in AT_LEAST_ONE:
        pytest.skip("has always one")
    figure = figure_of(name, KINDS[name].make(values))
    for layout in axes_of(figure).values():
        low, high = layout.get("range") or (0, 1)
        assert math.isfinite(low)
        assert math.isfinite(high)
        assert low != high or not values
    for trace in figure.data:
        if trace.type == "heatmap":
            assert not values or all(math.isnan(value) for value in values) or trace.zmin < trace.zmax
    for shape in figure.layout.shapes:
        ends = [shape[end] for end in ("x0", "x1", "y0", "y1") if not isinstance(shape[end], str)]
        assert all(math.isfinite(end) for end in ends)


@pytest.mark.parametrize("values", SCARCE.values(), ids=SCARCE)
@pytest.mark.parametrize("name", KINDS)
def test_with_little_data_the_alt_text_states_it_and_has_no_nan(name, values):
    if not values and name in AT_LEAST_ONE:
        pytest.skip("has always one")
    info = KINDS[name].make(values)
    alt, figure = alt_of(name, info), figure_of(name, info)
    shown = [
        alt,
        *(each.text for each in figure.layout.annotations),
        *(trace.name or "" for trace in figure.data),
    ]
    assert not re.search(r"\bnan\b|\binf\b", " ".join(shown))
    assert not re.search(r": \.|, \.|\s\.", alt), alt
    assert NOTHING.search(alt) or not all(math.isnan(value) for value in values), alt
    chart_rows(info)


@pytest.mark.parametrize("name", KINDS)
def test_what_is_said_at_a_point_is_text_that_python_wrote(name):
    """Plotly would write a hyphen for a minus sign, and −0.00."""
    for trace in figure_of(name, KINDS[name].make(VALUES)).data:
        formatted = re.findall(r"%\{[^}]+:[^}]+\}", trace.hovertemplate or "")
        assert set(formatted) <= {"%{y:.0%}"}, "a share from 0 to 1"
