import math
from typing import get_args

import pytest

from kdviz.figures.style import duration
from kdviz.language import speaking
from kdviz.types import RunState
from kdviz.ui.frame.formatting import STATES, ago, count, plain


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (22.4, "22 s"),
        (59.6, "1 min"),
        (80, "1 min 20 s"),
        (7200, "2 h"),
        (7500, "2 h 5 min"),
        (math.nan, ""),
    ],
)
def test_durations(seconds, words):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(870, "870"), (77_800, "77.8 k"), (2_550_000, "2.55 M"), (999_900, "1000 k"), (4.1e9, "4.1 G")],
)
def test_large_numbers_keep_three_digits(number, words):
    assert count(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(8700, "8700"), (77_800, "7.78 万"), (96_050_000, "9600 万"), (4.1e9, "41 亿"), (2.5e12, "2.5 万亿")],
)
def test_in_chinese_large_numbers_go_by_ten_thousands(number, words):
    with speaking("zh"):
        assert count(number) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, "just now"), (300, "5 min ago"), (7300, "2 h ago"), (86_400, "1 day ago"), (200_000, "2 days ago")],
)
def test_how_long_ago(seconds, words):
    assert ago(seconds) == words


def test_every_state_has_a_name_an_icon_and_a_colour():
    assert set(STATES) == set(get_args(RunState))


def test_a_folder_whose_name_is_markdown_is_shown_as_it_is():
    assert plain("**bold** :red[x] <b>") == r"\*\*bold\*\* \:red\[x\] \<b\>"
    assert plain("Ankle boot") == "Ankle boot"
