"""A network that gives one answer to everything is named, by the run's results or else by a survey."""

import math
from dataclasses import replace

import pytest

from kdviz.narrative import one_class_sentence
from kdviz.narrative.one_class import one_class_arms
from kdviz.types import ArmResult
from tests.comparison.made import ANSWERS, made

ONE = {**ANSWERS, "student": [1] * 8}


def results(**shares):
    return {arm: ArmResult(10, 0.5, commonest_prediction=share) for arm, share in shares.items()}


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"teacher": 0.5, "student": 0.5, "twin": 0.99}, ""),
        ({"teacher": 0.5, "student": 1.0, "twin": 0.99}, "The student predicts one class only."),
        (
            {"teacher": 0.5, "student": 1.0, "twin": 1.0},
            "The student and twin predict one class only.",
        ),
        ({"teacher": 1.0, "student": 0.4}, "The teacher predicts one class only."),
    ],
)
def test_which_networks_predict_one_class_only(shares, said):
    assert one_class_sentence(results(**shares)) == said


def test_results_of_earlier_versions_leave_it_to_the_largest_survey():
    old = results(teacher=math.nan, student=math.nan, twin=math.nan)
    assert one_class_arms(old) == []
    assert one_class_arms(old, {"grad-cam": made(answers=ONE)}) == ["student"]
    assert one_class_arms(old, {"grad-cam": made()}) == []
    small = replace(made(answers=ONE), labels=made().labels[:4])
    assert one_class_arms(old, {"a": small, "b": made()}) == [], "the one with the most images decides"


def test_results_are_of_all_images_and_come_before_a_survey():
    known = results(teacher=0.5, student=0.99, twin=0.5)
    assert one_class_arms(known, {"grad-cam": made(answers=ONE)}) == []


def test_without_results_or_surveys_nothing_is_said():
    assert one_class_sentence(None) == ""
