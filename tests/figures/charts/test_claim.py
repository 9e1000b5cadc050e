"""A claim's effect as drawn: what stands where, and the same in words."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from kdviz.figures.charts import (
    ClaimInfo,
    chart_rows,
    claim_alt,
    claim_figure,
    published_text,
    signed_difference,
)

INFO = ClaimInfo(
    title="Accuracy", about="Of a student.", in_points=True, differences=((0, 0.1), (1, 0.2), (2, 0.3)),
    value=0.2, low=0.05, high=0.35, claimed=(0.0, math.inf), published=(0.057, 0.098),
)  # fmt: skip


def test_the_mean_has_its_interval_in_points_and_every_seed_its_dot():
    seeds, mean, published = claim_figure(INFO).data
    assert list(seeds.x) == pytest.approx([10, 20, 30])
    assert list(mean.x) == pytest.approx([20])
    assert mean.x[0] + mean.error_x.array[0] == pytest.approx(35)
    assert mean.x[0] - mean.error_x.arrayminus[0] == pytest.approx(5)
    assert list(published.x) == pytest.approx([5.7, 9.8])


def test_agreement_is_no_percentage():
    assert list(claim_figure(replace(INFO, in_points=False)).data[0].x) == pytest.approx([0.1, 0.2, 0.3])


@pytest.mark.parametrize("claimed", [(0.0, math.inf), (-math.inf, 0.5), (-0.6, 0.6)])
def test_what_is_claimed_is_shaded_within_the_axis_and_all_is_on_it(claimed):
    figure = claim_figure(replace(INFO, claimed=claimed))
    left, right = figure.layout.xaxis.range
    shaded = figure.layout.shapes[0]
    assert left <= shaded.x0 < shaded.x1 <= right
    assert left < min(0, 5) < 35 < right
    for end, drawn in zip(claimed, (shaded.x0, shaded.x1), strict=True):
        assert drawn == pytest.approx(100 * end) if math.isfinite(end) else drawn in (left, right)


def test_a_reproduction_has_a_row_of_its_own_below_the_published_effect():
    known = replace(INFO, reproduced=-0.014)
    figure = claim_figure(known)
    published, reproduced = figure.data[-2:]
    assert list(reproduced.x) == pytest.approx([-1.4])
    assert reproduced.y[0] < published.y[0]
    assert figure.layout.xaxis.range[0] < -1.4
    assert figure.layout.yaxis.ticktext[-1] == "reproduced by others"
    assert claim_alt(known).endswith("Reproduced by others: −1.4 points.")


def test_a_published_effect_without_an_upper_end_leaves_the_picture():
    open_ended = replace(INFO, published=(0.05, math.inf))
    figure = claim_figure(open_ended)
    low, high = figure.data[-1].x
    assert low == pytest.approx(5)
    assert figure.layout.xaxis.range[1] < high < math.inf
    assert published_text(open_ended.published, in_points=True) == "more than +5.0 points"


def test_one_seed_has_no_bar_and_what_was_not_published_no_row():
    one = replace(INFO, differences=((0, 0.1),), value=0.1, low=math.nan, high=math.nan, published=None)
    _seeds, mean = claim_figure(one).data
    assert mean.error_x.array is None
    assert list(claim_figure(one).layout.yaxis.ticktext) == ["measured"]
    assert claim_alt(one) == "Accuracy: measured +10.0 points; seed 0: +10.0 points."


def test_in_words_it_is_the_same():
    assert claim_alt(INFO) == (
        "Accuracy: measured +20.0 points (+5.0 to +35.0); seed 0: +10.0 points, seed 1: +20.0 points, "
        "seed 2: +30.0 points. Published: +5.7 to +9.8 points."
    )
    assert claim_alt(replace(INFO, differences=())) == "Accuracy: no values yet."
    assert signed_difference(-0.001, in_points=False) == "0.00"
    assert signed_difference(math.nan, in_points=True) == "–"


def test_its_table_has_a_row_a_seed():
    table = pd.DataFrame(chart_rows(INFO))
    assert list(table["difference"]) == [0.1, 0.2, 0.3]
    assert set(table["published to"]) == {0.098}
    assert all(row["published to"] is None for row in chart_rows(replace(INFO, published=None)))
