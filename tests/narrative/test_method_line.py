"""The line of a folded method says where the core finds each maximum; without a cue, how alike the maps are."""

import numpy as np
import pytest
import torch

from kdviz.language import speaking_of
from kdviz.narrative import method_line
from tests.narrative.test_why import ELSEWHERE, OBJECTS, ON_CUE, ON_OBJECT, both, peaked, planted

NOWHERE = np.zeros((4, 4), np.float32)
CHANCE = {"student": {"cosine": 0.2}, "twin": {"cosine": 0.6}}


@pytest.mark.parametrize(
    ("twin", "student", "line"),
    [
        (peaked(ON_CUE), peaked(ON_OBJECT), "student: cross; twin: patch"),
        (peaked(ELSEWHERE), NOWHERE, "student: no map; twin: elsewhere"),
    ],
)
def test_the_line_is_of_the_maxima_that_the_core_finds(twin, student, line):
    explanation = both((twin, 2), (student, 0))
    assert method_line(explanation, explanation, planted(), CHANCE) == line


def test_an_object_that_fills_the_image_is_no_place():
    explanation = both((peaked(ON_OBJECT), 2), (peaked(ELSEWHERE), 0))
    cue = planted(objects=torch.ones_like(OBJECTS))
    assert method_line(explanation, explanation, cue, {}) == "student: elsewhere; twin: elsewhere"


def test_of_texts_the_cue_is_a_word_and_of_sounds_a_tone():
    explanation = both((peaked(ON_CUE), 2), (peaked(ON_CUE), 0))
    for modality, cue in (("text", "planted word"), ("audio", "tone")):
        with speaking_of(modality):
            assert method_line(explanation, explanation, planted(), {}) == f"student: {cue}; twin: {cue}"


def test_without_a_cue_it_is_the_agreement_above_chance_where_that_is_known():
    explanation = both((peaked(ON_CUE), 2), (peaked(ON_OBJECT), 0), score=0.6)
    assert method_line(explanation, explanation, None, CHANCE) == "Agreement: student 0.50; twin 0.00"
    of_one = {"student": CHANCE["student"]}
    assert method_line(explanation, explanation, None, of_one) == "Agreement: student 0.50"
    assert method_line(explanation, explanation, None, {}) == ""
