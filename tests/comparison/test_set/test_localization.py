"""Maps against masks: what a survey keeps of them, and what is said."""

from dataclasses import replace

import numpy as np
import pytest

from kdviz.comparison import localization_table
from kdviz.comparison.test_set.survey import ArmLocalization, Localization
from kdviz.narrative import localization_sentence
from tests.comparison.made import NAN, made

AREA = np.linspace(0.1, 0.3, 8, dtype=np.float32)
HITS = {"teacher": [1] * 8, "student": [1, 1, 1, 1, 1, 1, 0, NAN], "twin": [0, 0, 0, 1, 0, 0, 0, 0]}
SHARES = {"teacher": [0.9] * 8, "student": [0.5] * 7 + [NAN], "twin": [0.25] * 8}


def on_ground(arm):
    return ArmLocalization(np.array(SHARES[arm], np.float32), np.array(HITS[arm], np.float32))


def survey(region="object", arms=("student", "twin")):
    of_arms = {arm: on_ground(arm) for arm in ("teacher", *arms)}
    return replace(made(arms=arms), localization={region: Localization(AREA, of_arms)})


def test_every_arm_has_its_hits_and_shares_with_intervals_the_teacher_first():
    teacher, student, twin = localization_table(survey())
    assert (teacher.arm, teacher.region, teacher.n) == ("teacher", "object", 8)
    assert (teacher.hit.value, teacher.hit.low, teacher.hit.high) == (1, 1, 1)
    assert (student.hit.value, student.n) == (pytest.approx(6 / 7), 7)  # an undefined map takes no part
    assert student.hit.low < 6 / 7 < student.hit.high
    assert (student.share.value, twin.share.value) == (0.5, 0.25)
    assert [row.area for row in (teacher, student, twin)] == pytest.approx([0.2] * 3)
    assert [row.chance for row in (teacher, student, twin)] == pytest.approx([0.2] * 3), "without its own"


def test_images_whose_object_is_unknown_do_not_shrink_the_area():
    of_arms = {arm: on_ground(arm) for arm in ("teacher", "student")}
    half = np.array([0.4] * 4 + [0] * 4, np.float32)
    found = replace(made(arms=("student",)), localization={"object": Localization(half, of_arms)})
    assert [row.area for row in localization_table(found)] == pytest.approx([0.4] * 2)


def test_the_student_is_compared_with_its_twin_on_the_same_images():
    """Of the seven images on which both have a map, the student points at it on six and the twin on one."""
    nbsp = "\N{NO-BREAK SPACE}"
    said = localization_sentence(survey("cue"), "cue")
    assert said.startswith(
        f"The single brightest cell of the student's map is on the cue in 85.7{nbsp}% of the images, of its twin's in 12.5{nbsp}%: "
        "difference "
    )
    low, high = map(float, said.removesuffix(" points.").rpartition("difference ")[2].split(" to "))
    assert low < 500 / 7 < high, "of the seven pairs, five are for the student and none is for the twin"


def test_a_difference_that_rounds_to_nothing_has_no_sign(monkeypatch):
    monkeypatch.setitem(HITS, "student", [0.5] * 8)
    monkeypatch.setitem(HITS, "twin", [0.5004] * 8)
    assert localization_sentence(survey(), "object").endswith(": difference 0.0 to 0.0 points.")


def test_without_a_twin_the_sentence_is_on_the_student_and_without_masks_there_is_none():
    said = localization_sentence(survey(arms=("student",)), "object")
    assert said == (
        "The single brightest cell of the student's map is on the object in 85.7\N{NO-BREAK SPACE}% of the images."
    )
    assert localization_table(made()) == ()
    assert localization_sentence(made(), "object") == ""
