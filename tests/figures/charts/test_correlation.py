"""Rank correlations as a heat map: every pair, by name, on one scale."""

from kdviz.figures.charts import (
    CorrelationInfo,
    chart_rows,
    correlation_alt,
    correlation_figure,
    correlation_info,
)

NAN = float("nan")
MINUS = "\N{MINUS SIGN}"


def info():
    return correlation_info(["Cosine", "SSIM", "IoU"], [[1, -0.25, 0.504], [-0.25, 1, NAN], [0.504, NAN, 1]])


def test_the_info_is_the_correlations_by_name():
    assert correlation_info(["a", "b"], [[1.0, 0.5], [0.5, 1.0]]) == CorrelationInfo(
        "Rank correlations",
        "Spearman's rank correlation: 1 is the same order, 0 no correlation, −1 the reverse order.",
        ("a", "b"),
        ((1.0, 0.5), (0.5, 1.0)),
    )


def test_cells_hold_their_value_on_a_scale_from_minus_1_to_1():
    heat = correlation_figure(info()).data[0]
    assert (heat.zmin, heat.zmax) == (-1, 1)
    assert [list(row) for row in heat.text] == [
        ["1.00", f"{MINUS}0.25", "0.50"],
        [f"{MINUS}0.25", "1.00", "undefined"],
        ["0.50", "undefined", "1.00"],
    ]
    assert list(heat.customdata[1][2]) == ["SSIM", "IoU"]


def test_the_alt_text_has_every_pair_once():
    assert correlation_alt(info()) == (
        f"Rank correlations: Cosine and SSIM {MINUS}0.25, Cosine and IoU 0.50, SSIM and IoU undefined."
    )


def test_the_table_has_a_row_for_each_cell():
    rows = chart_rows(info())
    assert len(rows) == 9
    assert rows[2] == {"first": "Cosine", "second": "IoU", "rank correlation": 0.504}
