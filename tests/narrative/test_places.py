"""The line about where the maps of a picture are strongest says the ninth that a recount finds."""

from dataclasses import replace

import numpy as np
import pytest

from kdviz.comparison import ArmExplanation, ImageExplanation
from kdviz.language import speaking_of
from kdviz.narrative import answers_sentence, places_contradict, places_sentence
from kdviz.types import MAIN_MEASURE

FLAT, NOWHERE = np.ones((6, 6), np.float32), -np.ones((6, 6), np.float32)
ROWS, COLUMNS = ("upper", "middle", "lower"), ("left", "centre", "right")


def at(row, column):
    """A map with its evidence in one ninth."""
    values = np.zeros((3, 3), np.float32)
    values[row, column] = 1
    return values.repeat(2, 0).repeat(2, 1)


def explained(text=None, **maps):
    arms = {
        arm: ArmExplanation(values, np.eye(2, dtype=np.float32)[0], 0, {}) for arm, values in maps.items()
    }
    image = np.zeros((6, 6, 1), np.uint8)
    return ImageExplanation(image, None, 0, "grad-cam", ("a", "b"), arms, index=None, text=text)


def test_networks_at_one_place_are_said_together():
    found = explained(teacher=at(0, 0), student=at(0, 0), twin=at(2, 1))
    assert places_sentence(found) == (
        "The evidence is strongest at the upper left for teacher and student; at the lower centre for the twin."
    )


@pytest.mark.parametrize("row", range(3))
@pytest.mark.parametrize("column", range(3))
def test_every_ninth_has_its_name(row, column):
    name = "centre" if (row, column) == (1, 1) else f"{ROWS[row]} {COLUMNS[column]}"
    expected = f"The evidence is strongest at the {name} for the student."
    assert places_sentence(explained(student=at(row, column))) == expected


def test_a_flat_map_has_no_place():
    assert places_sentence(explained(teacher=at(1, 2), student=FLAT)) == (
        "The evidence is strongest at the middle right for the teacher. The student's map has no clear spot."
    )
    both = "The maps of teacher and student have no clear spot."
    assert places_sentence(explained(teacher=FLAT, student=FLAT)) == both


def test_a_map_without_evidence_is_left_out_and_other_controls_are_too():
    found = explained(teacher=at(0, 2), student=NOWHERE, placebo=at(0, 0))
    assert places_sentence(found) == "The evidence is strongest at the upper right for the teacher."
    assert places_sentence(explained(teacher=NOWHERE)) == ""


def test_of_a_sound_it_is_said_in_times_and_frequencies_and_of_a_text_nothing():
    with speaking_of("audio"):
        said = places_sentence(explained(student=at(0, 0)))
    assert said == "The evidence is strongest in the high frequencies at the start for the student."
    assert places_sentence(explained(text="one", student=np.ones(1, np.float32))) == ""


def spot(row, column, cells=12):
    values = np.zeros((cells, cells), np.float32)
    values[row, column] = 1
    return values


def test_spots_that_nearly_coincide_have_the_teachers_place_across_a_border_of_ninths():
    """Of 12 cells, the border of the first two thirds is between cells 3 and 4, and a sixth is 2 cells."""
    found = explained(teacher=spot(3, 3), student=spot(4, 3), twin=spot(3, 5))
    assert places_sentence(found) == (
        "The evidence is strongest at the upper left for teacher, student and twin."
    )
    assert places_sentence(explained(teacher=spot(4, 3), student=spot(3, 3))) == (
        "The evidence is strongest at the middle left for teacher and student."
    )


def test_spots_further_apart_than_a_sixth_of_the_side_have_each_its_place():
    found = explained(teacher=spot(3, 3), student=spot(6, 3), twin=spot(3, 6))
    assert places_sentence(found) == (
        "The evidence is strongest at the upper left for the teacher; at the middle left for the student; at the "
        "upper centre for the twin."
    )


def answering(**predicted):
    """Of two classes, "a" and "b"."""
    found = explained(**dict.fromkeys(predicted, at(0, 0)))
    arms = {
        arm: ArmExplanation(at(0, 0), np.eye(2, dtype=np.float32)[predicted[arm]], 0, {}) for arm in predicted
    }
    return replace(found, arms=arms)


@pytest.mark.parametrize(
    ("predicted", "said"),
    [
        ({"teacher": 1, "student": 1, "twin": 1}, "Teacher, student and twin answer b."),
        ({"teacher": 1, "student": 1, "twin": 0}, "Answers: teacher, student b; twin a."),
        ({"teacher": 0, "student": 1, "twin": 0}, "Answers: teacher, twin a; student b."),
        ({"teacher": 0, "student": 0}, "The teacher and the student answer a."),
        ({"teacher": 0, "student": 0, "twin": 0, "placebo": 1}, "Teacher, student and twin answer a."),
    ],
)
def test_what_the_networks_answer_is_said_by_answer(predicted, said):
    assert answers_sentence(answering(**predicted)) == said


def test_of_a_sound_it_is_what_they_hear():
    with speaking_of("audio"):
        assert (
            answers_sentence(answering(teacher=0, student=0, twin=0)) == "Teacher, student and twin hear a."
        )


@pytest.mark.parametrize(
    ("student", "twin", "agreements", "contradicts"),
    [
        (at(2, 2), at(0, 0), (0.9, 0.7), True),
        (at(2, 2), at(0, 0), (0.7, 0.9), False),
        (at(0, 0), at(2, 2), (0.7, 0.9), True),
        (at(0, 0), at(0, 0), (0.9, 0.7), False),
        (at(2, 2), at(0, 0), (0.9, np.nan), False),
        (at(2, 2), FLAT, (0.9, 0.7), False),
    ],
)
def test_places_that_argue_against_the_agreements_are_known(student, twin, agreements, contradicts):
    found = explained(teacher=at(0, 0), student=student, twin=twin)
    scored = {
        arm: replace(found.arms[arm], scores={MAIN_MEASURE: value})
        for arm, value in zip(("student", "twin"), agreements, strict=True)
    }
    compared = replace(found, arms={**found.arms, **scored})
    chance = {arm: {MAIN_MEASURE: 0.0} for arm in scored}
    assert places_contradict(found, compared, chance) == contradicts


def two_spots(first, second):
    """A map that is bright at the upper left and at the lower right."""
    return (first * at(0, 0) + second * at(2, 2)).astype(np.float32)


@pytest.mark.parametrize(
    ("other", "same"), [(two_spots(0.95, 1), True), (two_spots(0.05, 1), False), (at(2, 2), False)]
)
def test_nearly_equal_maps_have_one_place_whichever_of_two_bright_cells_is_the_brightest(other, same):
    teacher = two_spots(1, 0.95)
    assert bool(np.corrcoef(teacher.ravel(), other.ravel())[0, 1] > 0.9) is same
    found = places_sentence(explained(teacher=teacher, student=other))
    together = "The evidence is strongest at the upper left for teacher and student."
    apart = "The evidence is strongest at the upper left for the teacher; at the lower right for the student."
    assert found == (together if same else apart)
