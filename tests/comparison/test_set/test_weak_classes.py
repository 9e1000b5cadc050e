from dataclasses import replace

import numpy as np
import pytest

from kdviz.comparison import ArmPredictions, WeakClass, weakest_class
from kdviz.narrative import weak_class_sentence
from tests.comparison.made import made

NBSP = "\N{NO-BREAK SPACE}"


def survey_of(labels, **predicted):
    """Images of cats, dogs and newts with these labels, and what each network answers."""
    answers = {
        arm: ArmPredictions(np.array(of), np.full(len(of), 0.9, np.float32)) for arm, of in predicted.items()
    }
    return replace(
        made(), key=repr(predicted), labels=np.array(labels), indices=np.arange(len(labels)), predictions=answers,
    )  # fmt: skip


LABELS = [0] * 10 + [1] * 10 + [2] * 10
GOOD = [0] * 9 + [1] + [1] * 9 + [2] + [2] * 9 + [0]
CATS_AS_NEWTS = [0, 1] + [2] * 8 + LABELS[10:]
"""1 of 10 cats is right, where guessing is right on 1 of 3; 8 are taken for newts."""


def test_a_class_on_which_a_network_only_guesses_is_found_and_named():
    survey = survey_of(LABELS, teacher=GOOD, student=CATS_AS_NEWTS)
    assert weakest_class(survey, "student") == WeakClass("student", 0, 1, 10, 1 / 3, 2, 8)
    assert weakest_class(survey, "teacher") is None
    assert weak_class_sentence(survey) == (
        f"The student is least accurate on cat: right on 10.0{NBSP}% of 10 images, no more often than by "
        f"guessing (33.3{NBSP}%). It takes 8 of them for newt."
    )


def test_the_students_class_is_said_before_the_teachers():
    both = survey_of(LABELS, teacher=CATS_AS_NEWTS, student=CATS_AS_NEWTS)
    assert weak_class_sentence(both).startswith("The student")
    assert weak_class_sentence(survey_of(LABELS, teacher=CATS_AS_NEWTS, student=GOOD)).startswith(
        "The teacher"
    )
    assert weak_class_sentence(survey_of(LABELS, teacher=GOOD, student=GOOD)) == ""


def test_one_answer_to_everything_has_such_a_class():
    found = weakest_class(survey_of(LABELS, student=[1] * 30), "student")
    assert found is not None
    assert (found.right, found.taken_for, found.times) == (0, 1, 10)


@pytest.mark.parametrize("count", [4, 5])
def test_a_class_of_few_images_is_not_judged(count):
    labels = [0] * count + [1] * 10 + [2] * 10
    found = weakest_class(survey_of(labels, student=[1] * count + labels[count:]), "student")
    assert (found is not None) == (count >= 5)


def test_of_many_small_classes_some_are_weak_by_luck():
    """60 classes of 5 images, half of them right: 60 · 2⁻⁵ ≈ 1.9 classes without a right answer are to be expected."""
    labels = np.repeat(np.arange(60), 5)
    right = np.arange(300) % 2 == 0
    right[:5] = False
    answers = np.where(right, labels, (labels + 1) % 60)
    survey = replace(survey_of(labels, student=answers), classes=tuple(map(str, range(60))))
    assert weakest_class(survey, "student") is None
