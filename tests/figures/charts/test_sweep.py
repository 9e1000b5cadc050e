"""A study over two settings, drawn."""

import math
from dataclasses import replace

import pytest

from kdviz.figures.charts import (
    ParetoInfo,
    ParetoPoint,
    SweepCell,
    SweepInfo,
    chart_rows,
    pareto_alt,
    pareto_figure,
    sweep_alt,
    sweep_figure,
)

THIRD = 1 / 3
NOT_YET = SweepCell(math.nan, math.nan, math.nan, 0, 0)
UNKNOWN = SweepCell(math.nan, math.nan, math.nan, 0, 2)


def info(*, signed=False, cells=None):
    cells = cells or (
        (SweepCell(THIRD, 0.2, 0.4, 3, 3), SweepCell(0.9, math.nan, math.nan, 1, 1)),
        (NOT_YET, UNKNOWN),
    )
    return SweepInfo(
        "Accuracy", "About.", "accuracy", "λ", "T", ("0", "3"), ("1", "4"), cells, -0.2, 1.0, True, signed
    )


def written(figure):
    return {(each.x, each.y): each.text for each in figure.layout.annotations}


def test_each_cell_has_mean_interval_and_count_or_a_reason():
    assert written(sweep_figure(info())) == {
        (0, 0): "<b>33.3</b><br>20.0 to 40.0<br>n = 3",
        (1, 0): "<b>90.0</b><br>–<br>n = 1",
        (0, 1): "missing",
        (1, 1): "undefined",
    }


def test_a_difference_has_its_sign_and_colours_that_part_at_nothing():
    figure = sweep_figure(
        info(signed=True, cells=((SweepCell(-0.1, -0.2, 0.1, 3, 3), SweepCell(0.02, 0.01, 0.03, 3, 3)),))
    )
    assert written(figure)[0, 0].startswith("<b>\N{MINUS SIGN}10.0</b>")
    assert written(figure)[1, 0].startswith("<b>+2.0</b>")
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-1.0, 1.0)


def test_every_place_can_be_selected_the_empty_ones_too_and_the_chosen_one_is_framed():
    figure = sweep_figure(info(), (1, 0))
    assert [tuple(each) for each in figure.data[1].customdata] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    frame = [each for each in figure.layout.shapes if each.line.dash is None]
    assert [(each.x0 + each.x1, each.y0 + each.y1) for each in frame] == [(2, 0)]


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("mean", [-0.2, -0.1, 0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])
def test_writing_stands_out_from_its_colour_by_at_least_four_and_a_half(mean, signed):
    from plotly.colors import sample_colorscale

    figure = sweep_figure(info(signed=signed, cells=((SweepCell(mean, mean, mean, 2, 2),),)))
    low, high = (-1.0, 1.0) if signed else (-0.2, 1.0)
    (ground,) = sample_colorscale(
        "PuOr_r" if signed else "Cividis", [(mean - low) / (high - low)], colortype="tuple"
    )
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in ground]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    ink = {"#000000": 0.0, "#FFFFFF": 1.0}[figure.layout.annotations[0].font.color]
    brighter, darker = max(light, ink), min(light, ink)
    assert (brighter + 0.05) / (darker + 0.05) >= 4.5


def test_the_map_in_words_names_its_ends_and_its_gaps():
    assert sweep_alt(info()) == (
        "Accuracy: highest λ = 3, T = 1: accuracy 90.0, lowest λ = 0, T = 1: accuracy 33.3. "
        "2 cells have no value."
    )
    assert sweep_alt(info(cells=((NOT_YET,),))) == "Accuracy: no values yet."


def test_the_map_as_a_table_has_every_digit():
    assert chart_rows(info())[0] == {
        "across": "0", "down": "1", "mean": THIRD, "low": 0.2, "high": 0.4, "seeds": 3, "runs": 3,
    }  # fmt: skip


def trade_off():
    low = ParetoPoint("0", 0.9, 0.1, ((0, 0.8, 0.0), (1, 1.0, 0.2)), best=True)
    high = ParetoPoint("3", 0.5, THIRD, ((0, 0.5, THIRD),), best=False)
    return ParetoInfo("Together", "About.", "λ", "agreement", (("T = 1", (low, high)),))


def test_the_front_has_a_ring_of_its_own_shape_around_what_nothing_beats():
    ((name, (low, high)),) = trade_off().lines
    other = replace(low, at="1", accuracy=0.6, agreement=0.2, seeds=())
    dots, means, ring = pareto_figure(replace(trade_off(), lines=((name, (low, other, high)),))).data
    assert (list(dots.x), list(dots.y)) == ([0.0, 0.2, THIRD], [0.8, 1.0, 0.5])
    assert (list(means.x), list(means.y)) == ([0.1, 0.2, THIRD], [0.9, 0.6, 0.5])
    assert list(means.text) == ["0<br>\N{NO-BREAK SPACE}", "1<br>\N{NO-BREAK SPACE}", "3"], "above the ring"
    assert (list(ring.x), list(ring.y), ring.marker.symbol) == ([0.1, 0.2], [0.9, 0.6], "circle-open")


def test_a_mean_that_is_highest_in_both_is_no_trade_off_and_has_no_ring():
    _dots, means = pareto_figure(trade_off()).data
    assert list(means.text) == ["0", "3"]


def test_texts_of_lines_that_meet_are_on_different_sides():
    ((_name, points),) = trade_off().lines
    info = replace(trade_off(), lines=(("T = 1", points), ("T = 4", points)))
    first, second = (trace for trace in pareto_figure(info).data if trace.text is not None)
    assert list(first.textposition) == ["top left", "top right"]
    assert list(second.textposition) == ["bottom left", "bottom right"]


def test_texts_of_a_line_that_is_alone_alternate_on_four_sides():
    points = tuple(ParetoPoint(f"{at}", at / 4, at / 4, (), best=False) for at in range(5))
    figure = pareto_figure(replace(trade_off(), lines=(("T = 1", points),)))
    (means,) = (trace for trace in figure.data if trace.text is not None)
    sides = ["top left", "top right", "bottom left", "bottom right", "top left"]
    assert list(means.textposition) == sides


def test_the_front_in_words_and_as_a_table():
    assert pareto_alt(trade_off()) == (
        "Together: T = 1, λ = 0: accuracy 90.0\N{NO-BREAK SPACE}%, agreement 0.10."
    )
    rows = chart_rows(trade_off())
    assert [(row["line"], row["across"], row["seed"], row["agreement"]) for row in rows] == [
        ("T = 1", "0", 0, 0.0), ("T = 1", "0", 1, 0.2), ("T = 1", "3", 0, THIRD),
    ]  # fmt: skip
