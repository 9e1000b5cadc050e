"""Tables that leave the app: every digit, and no cell that a spreadsheet would run."""

import io

import pandas as pd
import pytest

from kdviz.ui.widgets.downloads import as_csv, csv_text, without_formulas


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("@sum(A1)", "'@sum(A1)"),
        ("-2+cmd|' /C calc'!A0", "'-2+cmd|' /C calc'!A0"),
        ("-x", "'-x"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("-0.12 to 0.30", "-0.12 to 0.30"),
        ("-0.5", "-0.5"),
        ("a=1", "a=1"),
        ("–", "–"),
        ("", ""),
    ],
)
def test_text_that_would_be_a_formula_is_quoted_in_cells_lists_and_headers(text, wanted):
    table = without_formulas(pd.DataFrame({"cell": [text], "list": [[text, text]], text: [1]}))
    assert table["cell"].to_list() == [wanted]
    assert table["list"].to_list() == [[wanted, text]]
    assert table.columns[-1] == wanted


def test_numbers_and_gaps_are_left_as_they_are():
    table = pd.DataFrame({"number": [-1 / 3, float("nan")], "text": [None, "x"], "list": [[], ["x"]]})
    pd.testing.assert_frame_equal(without_formulas(table), table)


def test_a_saved_table_has_every_digit_and_is_known_as_utf_8():
    table = pd.DataFrame({"α": [1 / 3, -2 / 3]})
    content = as_csv(table)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == csv_text(table)
    pd.testing.assert_frame_equal(pd.read_csv(io.BytesIO(content)), table)
