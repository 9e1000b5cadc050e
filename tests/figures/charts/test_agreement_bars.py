"""An agreement of few of many images is said to be, and one of too few is not drawn."""

import math

import pytest

from kdviz.figures.charts import (
    agreement_bars_alt,
    agreement_bars_figure,
    agreement_bars_info,
    localization_figure,
    localization_info,
)
from kdviz.types import Agreement, Interval


@pytest.mark.parametrize(
    ("maps", "drawn", "note"),
    [
        (8, False, "too few maps (8 of 600)"),
        (45, True, "on 45 of 600"),
        (300, True, ""),
        (600, True, ""),
    ],
)
def test_on_how_few_images_a_bar_is(maps, drawn, note):
    every = Agreement(0.9, 0.8, 0.5, 0.4, 0.6, 600, 0.0)
    few = Agreement(0.9, 0.8, 0.33, 0.1, 0.5, maps, 1 - maps / 600)
    info = agreement_bars_info({"student": every, "placebo": few}, explainer="Grad-CAM", measure="Cosine")
    bars = agreement_bars_figure(info).data[0]
    assert bars.x[0] == 0.5
    assert (bars.x[1] == 0.33) if drawn else math.isnan(bars.x[1])
    assert bars.y[1].partition("<br>")[2] == note
    said = agreement_bars_alt(info)
    assert note in said
    assert ("0.33" in said) == drawn


def test_a_value_stands_at_its_bar_and_keeps_clear_of_the_line_at_chance():
    values = [Interval(0.99, 0.98, 1.0), Interval(0.40, 0.38, 0.42), Interval(0.1, 0.05, 0.15)]
    hits = dict(zip(("teacher", "student", "twin"), values, strict=True))
    figure = localization_figure(localization_info("object", hits, 0.45, explainer="Grad-CAM"))
    labels = figure.data[1]
    assert list(labels.x) == [1.0, 0.45, 0.15]  # the line would go through the second
    assert labels.cliponaxis is False
    assert figure.layout.margin.r >= 50
