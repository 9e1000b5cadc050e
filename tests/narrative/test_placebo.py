"""What is said of the placebo in the headline of a run."""

import pytest

from kdviz.agreement import paired_difference
from kdviz.narrative import against_placebo
from kdviz.narrative.placebo import gain_over_placebo
from kdviz.types import ArmResult
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
