"""Several runs in one chart: whose line is which, in any eyes and any theme."""

from itertools import combinations, product

import numpy as np
import pytest

from kdviz.figures.charts import CurveInfo, CurveLine, run_curves_alt, run_curves_figure, run_curves_info
from kdviz.figures.style import ARM_STYLES, RUN_DASHES, RUN_STYLES, dash_legend, run_marker
from kdviz.types import ARMS

FIRST = CurveInfo(
    "Accuracy",
    "about",
    (
        CurveLine("teacher", (0, 2), (0.9, 0.9)),
        CurveLine("student", (1, 2), (0.4, 0.6)),
        CurveLine("student", (1, 2), (0.9, 0.9), intact=True),
        CurveLine("twin", (1, 2), (0.3, 0.5)),
    ),
    percent=True,
)
SECOND = CurveInfo("Accuracy", "about", (CurveLine("student", (1,), (0.2,), (0.1,), (0.3,)),), percent=True)

# Machado et al. 2009, severity 1.0, on linear RGB.
SIGHT = {
    "usual": np.eye(3),
    "no red cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue cones": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def linear(color):
    channels = np.array(list(bytes.fromhex(color[1:]))) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(color, page):
    light, dark = sorted((linear(c) @ [0.2126, 0.7152, 0.0722] for c in (color, page)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt((to_xyz @ rgb).clip(1e-6) / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_a_line_that_an_equal_one_covers_shows_on_both_sides_of_it():
    under, over = run_curves_figure(run_curves_info([FIRST, FIRST], ["one", "two"], ("student",))).data
    assert over.line.width < under.line.width
    apart = run_curves_figure(run_curves_info([FIRST, SECOND], ["one", "two"], ("student",))).data
    assert len({trace.line.width for trace in apart}) == 1


def test_lines_of_the_requested_arms_are_in_the_order_of_the_runs_with_the_random_cue():
    info = run_curves_info([FIRST, SECOND], ["one", "two"], ("student",))
    assert info.lines == ((0, FIRST.lines[1]), (1, SECOND.lines[0]))
    assert (info.title, info.percent, info.names) == ("Accuracy", True, ("one", "two"))


def test_a_run_that_goes_on_from_another_begins_where_that_one_ends():
    info = run_curves_info([FIRST, SECOND], ["one", "two"], ("student",), done_before=(0, 12))
    assert [line.epochs for _place, line in info.lines] == [(1, 2), (13,)]
    assert run_curves_figure(info).layout.xaxis.title.text == "epoch, counted from the first run"
    alone = run_curves_info([FIRST], ["one"], ("student",), done_before=(0,))
    assert run_curves_figure(alone).layout.xaxis.title.text == "epochs"


def test_a_run_has_a_colour_and_marker_and_an_arm_a_line_style():
    info = run_curves_info([FIRST, SECOND], ["one", "<b>two"], ("student", "twin"))
    traces = run_curves_figure(info).data
    assert [trace.name for trace in traces] == ["A student", "A twin (λ = 0)", "B student"]
    looks = [(trace.line.color, trace.marker.symbol, trace.line.dash) for trace in traces]
    a, b = RUN_STYLES[:2]
    assert looks == [(a.color, a.symbol, "solid"), (a.color, a.symbol, "dot"), (b.color, b.symbol, "solid")]
    assert traces[2].legendgrouptitle.text == "B · &lt;b&gt;two"
    assert traces[2].hovertext[0].endswith(" (0.10 … 0.30)")


def test_the_alt_text_has_every_lines_latest_value():
    info = run_curves_info([FIRST, SECOND], ["one", "two"], ("student",))
    assert run_curves_alt(info) == (
        "Accuracy: A student 60.0\N{NO-BREAK SPACE}%, B student 20.0\N{NO-BREAK SPACE}%."
    )
    assert run_curves_alt(run_curves_info([SECOND], ["two"], ("twin",))) == "Accuracy: no values yet."


@pytest.mark.parametrize("page", ["#FFFFFF", "#0E1117"])
def test_every_run_stands_out_from_a_light_and_from_a_dark_page(page):
    assert min(contrast(style.color, page) for style in RUN_STYLES) >= 3


@pytest.mark.parametrize("sight", SIGHT)
def test_no_two_runs_look_alike_whatever_cones_one_has(sight):
    seen = [lab((SIGHT[sight] @ linear(style.color)).clip(0, 1)) for style in RUN_STYLES]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 25


@pytest.mark.parametrize("sight", SIGHT)
def test_the_first_two_runs_do_not_look_like_arms_whatever_cones_one_has(sight):
    runs, arms = (
        [lab((SIGHT[sight] @ linear(color)).clip(0, 1)) for color in colors]
        for colors in (
            [style.color for style in RUN_STYLES[:2]],
            [ARM_STYLES[arm].color for arm in ("teacher", "student", "twin", "placebo")],
        )
    )
    assert min(np.linalg.norm(a - b) for a, b in product(runs, arms)) > 20


def test_nothing_is_said_by_colour_alone():
    assert len({style.symbol for style in RUN_STYLES}) == len({s.letter for s in RUN_STYLES}) == 6
    assert len({RUN_DASHES[arm] for arm in ARMS}) == len(ARMS) == 7
    assert dash_legend(["student", "twin"]) == "student solid, twin (λ = 0) dotted"
    assert dash_legend(ARMS).endswith("scratch in long dashes")
    assert run_marker(1).endswith("■</span> <b>B</b>")
