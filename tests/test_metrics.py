"""The figures of a result: what each reads, how it is written, and what is said of it in both languages."""

import math
import re
import string

import pytest

from kdviz.language import _, speaking
from kdviz.metrics import METRICS, about, defined
from kdviz.types import Agreement, ArmResult, Interval

NBSP, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"

COSINE = Agreement(raw=0.75, chance=0.5, corrected=0.5, low=0.375, high=0.625, n=30, dead_rate=0.0625)
HELD_OUT = Agreement(raw=0.3, chance=0.2, corrected=0.125, low=0.0, high=0.25, n=30, dead_rate=0.0)
RESULT = ArmResult(
    parameters=12_345, accuracy=0.25, intact_accuracy=0.9375, cue_followed=0.5625, calibration_error=0.03125, fidelity=0.8125,
    fidelity_kl=1.5, agreement={"cosine": COSINE, "pearson": HELD_OUT}, held_out=HELD_OUT, object_share=0.6875,
    object_area=0.1875, cue_share=0.4375, cue_area=0.0234375,
)  # fmt: skip
READ = {
    "accuracy": (0.25, f"25.0{NBSP}%"),
    "accuracy_intact": (0.9375, f"93.8{NBSP}%"),
    "cue_followed": (0.5625, f"56.3{NBSP}%"),
    "agreement": (0.5, "0.50"),
    "agreement_raw": (0.75, "0.75"),
    "agreement_chance": (0.5, "0.50"),
    "agreement_untrained": (0.125, "0.13"),
    "fidelity": (0.8125, f"81.3{NBSP}%"),
    "fidelity_kl": (1.5, "1.50"),
    "calibration_error": (0.03125, f"3.1{NBSP}%"),
    "dead_rate": (0.0625, f"6.3{NBSP}%"),
    "object_share": (0.6875, f"68.8{NBSP}%"),
    "cue_share": (0.4375, f"43.8{NBSP}%"),
    "parameters": (12_345.0, "12,345"),
}
"""By name: its value of RESULT, and how it is written."""

RANGES = {
    "share": {0.0: f"0.0{NBSP}%", 1.0: f"100.0{NBSP}%", 0.00049: f"0.0{NBSP}%", 0.9996: f"100.0{NBSP}%"},
    "score": {-1.0: f"{MINUS}1.00", -0.004: "0.00", 0.0: "0.00", 1.0: "1.00", -12.5: f"{MINUS}12.50"},
    "nats": {0.0: "0.00", 0.004: "0.00", 12.345: "12.35"},
    "count": {0.0: "0", 999.0: "999", 1_234_567.0: "1,234,567"},
}
"""How the ends of each unit's range are written, and what rounds to nothing."""

LOWER_IS_BETTER = {"fidelity_kl", "calibration_error", "dead_rate", "cue_share", "cue_followed"}
NEITHER_IS_BETTER = {"agreement_raw", "agreement_chance", "parameters"}


@pytest.mark.parametrize("name", METRICS)
def test_it_reads_its_own_figure(name):
    metric = METRICS[name]
    value = metric.read(RESULT)
    assert (value, metric.text(value)) == READ[name]
    assert metric.name == name


@pytest.mark.parametrize("name", METRICS)
def test_its_whole_range_is_written(name):
    for value, text in RANGES[METRICS[name].unit].items():
        assert METRICS[name].text(value) == text


@pytest.mark.parametrize("name", METRICS)
def test_what_is_undefined_is_nan_and_written_as_a_dash(name):
    value = METRICS[name].read(ArmResult(parameters=0, accuracy=math.nan))
    assert math.isnan(value) != (name == "parameters")
    assert [METRICS[name].text(each) for each in (math.nan, math.inf, -math.inf)] == ["–"] * 3


@pytest.mark.parametrize("name", METRICS)
def test_which_direction_is_better(name):
    assert METRICS[name].better == (-1 if name in LOWER_IS_BETTER else 0 if name in NEITHER_IS_BETTER else 1)


@pytest.mark.parametrize("name", METRICS)
def test_its_interval_is_of_the_value_that_it_reads(name):
    score = METRICS[name].score
    assert (score is not None) == (name in ("agreement", "agreement_untrained"))
    assert score is None or score(RESULT).corrected == METRICS[name].read(RESULT)


@pytest.mark.parametrize("name", METRICS)
def test_its_label_and_its_help_are_there_in_both_languages(name):
    metric = METRICS[name]
    words = about(metric, {"student": RESULT}, "Saliency")
    assert words.endswith(".")
    with speaking("zh"):
        translated, label = about(metric, {"student": RESULT}, "Saliency"), _(metric.label)
    assert metric.label
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in (translated, label))
    assert "{" not in words + translated
    for field in (part[1] for part in string.Formatter().parse(metric.about) if part[1]):
        filled = {"explainer": "Saliency", "area": "18.8" if name == "object_share" else "2.3"}[field]
        assert filled in words
        assert filled in translated


def test_figures_that_no_arm_has_are_left_out():
    bare = ArmResult(parameters=1, accuracy=0.5)
    assert [metric.name for metric in defined(("fidelity", "accuracy"), {"teacher": bare})] == ["accuracy"]
    assert [metric.name for metric in defined(METRICS, {"teacher": bare, "student": RESULT})] == list(METRICS)


@pytest.mark.parametrize(
    ("name", "found", "left"),
    [
        ("accuracy", Interval(0.96, 0.89, 1.003), (0.89, 1.0)),
        ("accuracy", Interval(0.02, -0.01, 0.05), (0.0, 0.05)),
        ("agreement", Interval(0.9, 0.7, 1.1), (0.7, 1.0)),
        ("agreement", Interval(-0.2, -1.4, 0.4), (-1.4, 0.4)),
        ("fidelity_kl", Interval(0.5, -0.09, 1.1), (0.0, 1.1)),
    ],
)
def test_an_interval_ends_where_the_figure_cannot_be(name, found, left):
    kept = METRICS[name].possible(found)
    assert (kept.low, kept.high) == left
    assert kept.value == found.value


def test_an_interval_that_is_not_known_stays_so():
    kept = METRICS["accuracy"].possible(Interval(0.5, math.nan, math.nan))
    assert math.isnan(kept.low)
    assert math.isnan(kept.high)
