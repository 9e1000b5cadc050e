import math

import numpy as np
import pytest

from kdviz.figures.charts import (
    ArmDistribution,
    ClassDots,
    ClassDotsInfo,
    DistributionInfo,
    class_dots_alt,
    class_dots_figure,
    class_dots_info,
    distribution_alt,
    distribution_figure,
    distribution_info,
)
from kdviz.figures.style import ARM_STYLES
from kdviz.types import Agreement

NAN, NBSP = math.nan, "\N{NO-BREAK SPACE}"
NAMES = {"explainer": "Grad-CAM", "measure": "Cosine"}


def spread():
    values = {"student": [1.0, 0.5, 0.35, -0.7, NAN], "twin": [-3.0, -1.0, -0.01, 0.0]}
    return distribution_info({arm: np.array(each, np.float32) for arm, each in values.items()}, **NAMES)


def shares(**by_edge):
    """Forty bins of which only a few hold something: `at_10=0.5` is the share in [0.5, 0.55)."""
    found = [0.0] * 40
    for name, share in by_edge.items():
        found[20 + int(name.removeprefix("at_").replace("m", "-"))] = share
    return tuple(found)


def test_a_distribution_is_shares_of_what_is_defined_between_fixed_edges():
    info = spread()
    assert (info.edges[0], info.edges[20], info.edges[-1], len(info.edges)) == (-1, 0, 1, 41)
    assert info == DistributionInfo(
        "Agreement per image",
        "Cosine of Grad-CAM maps with the teacher's, per image: 0 is chance, 1 the same map; below 0 "
        "they are less alike than those of unrelated images. Values below −1 are counted at −1.",
        info.edges,
        (
            ArmDistribution(
                "student", shares(at_19=0.25, at_10=0.25, at_7=0.25, at_m14=0.25), pytest.approx(0.2875), 4, 1
            ),
            ArmDistribution("twin", shares(at_m20=0.5, at_m1=0.25, at_0=0.25), pytest.approx(-1.0025), 4, 0),
        ),
    )


def test_an_arm_without_a_defined_map_is_drawn_empty_and_named():
    info = distribution_info({"twin": np.array([NAN, NAN])}, **NAMES)
    assert (info.arms[0].n, info.arms[0].undefined, set(info.arms[0].shares)) == (0, 2, {0.0})
    assert distribution_alt(info).endswith(
        "mean undefined, 0% of 0 images at or above chance, 2 undefined.".replace("%", f"{NBSP}%")
    )
    distribution_figure(info)


def test_every_arm_has_an_outline_and_its_mean_in_its_own_colour():
    figure = distribution_figure(spread())
    outline, mean, *_ = figure.data
    assert (outline.line.color, mean.marker.color) == (ARM_STYLES["student"].color,) * 2
    assert mean.marker.symbol == ARM_STYLES["student"].symbol
    assert mean.x[0] == pytest.approx(0.2875)
    assert outline.y[-1] == outline.y[-2]  # the last step is drawn to its end
    assert [line.x0 for line in figure.layout.shapes] == [0]
    assert figure.layout.uirevision == "kept"


def test_the_alt_text_describes_a_distribution():
    assert distribution_alt(spread()) == (
        f"Agreement per image: student mean 0.29, 75{NBSP}% of 4 images at or above chance, 1 undefined; "
        f"twin (λ = 0) mean −1.00, 25{NBSP}% of 4 images at or above chance."
    )


def score(corrected, low, high, n):
    return Agreement(0.5, 0.2, corrected, low, high, n, 0.0)


def dots():
    student = [score(0.6, 0.5, 0.75, 40), score(NAN, NAN, NAN, 0), score(0.25, 0.0, 0.5, 30)]
    twin = [score(0.1, 0.0, 0.2, 40), score(NAN, NAN, NAN, 0), score(0.3, 0.2, 0.4, 30)]
    return class_dots_info(("bag", "coat", "shirt"), {"student": student, "twin": twin}, **NAMES)


def test_classes_are_sorted_by_the_first_arm_worst_first_and_undefined_last():
    info = dots()
    assert info.classes == ("shirt", "bag", "coat")
    assert repr(info.arms[0]) == repr(  # NaN is not equal to itself
        ClassDots("student", (0.25, 0.6, NAN), (0.0, 0.5, NAN), (0.5, 0.75, NAN), (30, 40, 0))
    )
    assert info.arms[1].values[:2] == (0.3, 0.1)
    assert isinstance(info, ClassDotsInfo)


def test_an_interval_reaches_from_low_to_high():
    figure = class_dots_figure(dots())
    student, twin = figure.data
    assert student.error_x.array[:2] == pytest.approx((0.25, 0.15))
    assert student.error_x.arrayminus[:2] == pytest.approx((0.25, 0.1))
    assert student.marker.color == ARM_STYLES["student"].color
    assert student.hovertext[0] == "shirt: 0.25 (0.00 to 0.50), n = 30"
    assert student.y[0] < twin.y[0] < student.y[1]  # the arms of a class stand together
    assert figure.layout.yaxis.ticktext == ("shirt", "bag", "coat")


def test_the_alt_text_has_the_lowest_and_highest_class():
    assert class_dots_alt(dots()) == (
        "Agreement by class: student from 0.25 (shirt) to 0.60 (bag); "
        "twin (λ = 0) from 0.10 (bag) to 0.30 (shirt)."
    )
    blank = class_dots_info(("bag",), {"twin": [score(NAN, NAN, NAN, 0)]}, **NAMES)
    assert class_dots_alt(blank) == "Agreement by class: twin (λ = 0) undefined."


def test_the_name_of_chance_stands_above_the_steps():
    info = spread()
    figure = distribution_figure(info)
    highest = max(max(trace.y) for trace in figure.data)
    assert figure.layout.yaxis.autorangeoptions.include == pytest.approx(1.15 * highest)
