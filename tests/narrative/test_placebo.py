"""What is said of the placebo in the headline of a run."""

import pytest

from kdviz.agreement import paired_difference
from kdviz.narrative import against_placebo, of_any_maps
from kdviz.narrative.placebo import gain_over_placebo
from kdviz.types import ArmResult, Gain
from tests.comparison.made import ANSWERS, LABELS, RAW, made

ARMS = ("student", "twin", "placebo")
RESULTS = {arm: ArmResult(10, share) for arm, share in (("student", 0.8), ("twin", 0.5), ("placebo", 0.379))}
BEGIN = "Its placebo, with the maps of other images, is right on 37.9\N{NO-BREAK SPACE}%"
WRONG = [1 - label for label in LABELS]


def surveyed(student, placebo):
    answers = {**ANSWERS, "student": student, "placebo": placebo}
    return {"grad-cam": made(arms=ARMS, raw=RAW, answers=answers)}


@pytest.mark.parametrize(
    ("student", "placebo", "said"),
    [
        (LABELS, WRONG, ": clearly less."),
        (WRONG, LABELS, ": clearly more."),
        (LABELS, [1, *LABELS[1:]], ": not clearly different."),
    ],
)
def test_its_accuracy_is_said_with_the_verdict_of_the_paired_test(student, placebo, said):
    surveys = surveyed(student, placebo)
    assert against_placebo(RESULTS, surveys) == BEGIN + said
    right = made(answers={**ANSWERS, "student": student, "twin": placebo})
    assert gain_over_placebo(surveys) == paired_difference(right.right("student"), right.right("twin"))


def test_without_a_survey_or_too_early_its_accuracy_stands_alone():
    assert against_placebo(RESULTS) == f"{BEGIN}."
    assert against_placebo(RESULTS, surveyed(LABELS, WRONG), early=True) == f"{BEGIN}."


def test_without_a_placebo_nothing_is_said():
    assert against_placebo({"student": ArmResult(10, 0.8)}) == ""
    assert gain_over_placebo({"grad-cam": made()}) is None


def gained(student, placebo, n=2000):
    """Results whose gains over a twin with 40 % have intervals of ± 2 points."""
    gains = {"student": student, "placebo": placebo}
    return {"twin": ArmResult(10, 0.4)} | {
        arm: ArmResult(10, 0.4 + gain, accuracy_gain=Gain(gain, gain - 0.02, gain + 0.02, n))
        for arm, gain in gains.items()
    }


def test_what_comes_with_any_maps_is_told_from_what_needs_the_images_own():
    assert of_any_maps(gained(0.333, 0.096)) == (
        "Of the student's 33.3 points over the twin, 9.6 come with any maps, even those of other images; the other "
        "23.7 only with each image's own."
    )


@pytest.mark.parametrize(
    ("student", "placebo", "n"),
    [(0.333, 0.01, 2000), (0.01, 0.096, 2000), (0.1, 0.096, 2000), (0.333, 0.096, 10)],
)
def test_nothing_is_said_where_a_gain_is_not_clear(student, placebo, n):
    """The placebo's over the twin, the student's, the student's over the placebo, of many images and of few."""
    assert of_any_maps(gained(student, placebo, n)) == ""


def test_without_a_placebo_or_a_twin_no_gain_is_divided():
    results = gained(0.333, 0.096)
    for missing in ("placebo", "twin"):
        assert of_any_maps({arm: of for arm, of in results.items() if arm != missing}) == ""
