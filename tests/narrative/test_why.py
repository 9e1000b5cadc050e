"""The sentence above the maps says what the core measured: where each map is strongest, and the prediction."""

import numpy as np
import pytest
import torch

from kdviz.comparison import ArmExplanation, ImageExplanation, PlantedCue, evidence_on
from kdviz.datasets import CueVariant
from kdviz.language import percentage
from kdviz.narrative import brief_twin, brief_why, cue_meaning, twin_sentence, why_sentence

CLASSES = ("cross", "ring", "heart")
ON_CUE, ON_OBJECT, ELSEWHERE = (0, 0), (2, 2), (0, 3)
MAGENTA = (255, 0, 191)
OBJECTS = torch.zeros(16, 16, dtype=torch.bool)
OBJECTS[8:12, 8:12] = True


def peaked(at):
    values = np.full((4, 4), 0.2, np.float32)
    values[at] = 1
    return values


def explained(*, label=0, score=0.5, **arms):
    """arms: a map and a predicted class each."""
    made = {
        arm: ArmExplanation(values, np.eye(3, dtype=np.float32)[predicted], predicted, {"cosine": score})
        for arm, (values, predicted) in arms.items()
    }
    image = np.zeros((16, 16, 3), np.uint8)
    image[:3, :3] = MAGENTA
    return ImageExplanation(image, label, 0, "grad-cam", CLASSES, made, index=7)


def planted(cue="hue-patch", objects=OBJECTS):
    mask = torch.zeros(16, 16, dtype=torch.bool)
    mask[:3, :3] = True
    return PlantedCue(cue, CueVariant(0, 2), mask, objects)


def both(twin, student, **more):
    return explained(teacher=(peaked(ON_OBJECT), 0), twin=twin, student=student, **more)


def test_the_twin_follows_the_patch_and_the_student_the_object():
    explanation, cue = both((peaked(ON_CUE), 2), (peaked(ON_OBJECT), 0)), planted()
    found = evidence_on(cue, explanation)
    on_cue = percentage(found["twin"].shares["cue"], 0)
    on_object = percentage(found["student"].shares["object"], 0)
    assert on_cue != on_object
    assert why_sentence(explanation, cue) == (
        "In training, magenta meant heart. "
        f"The twin's map is strongest on the patch ({on_cue} of its evidence), and it predicts heart. "
        f"The student's map is strongest on the cross ({on_object} of its evidence), and it predicts cross."
    )


@pytest.mark.parametrize(
    ("twin", "student", "line"),
    [
        (ON_CUE, ON_OBJECT, "The twin looks at the patch, the student at the cross."),
        (ELSEWHERE, ON_CUE, "The twin looks elsewhere, the student at the patch."),
        (ON_CUE, ON_CUE, "Both twin and student look at the patch."),
    ],
)
def test_a_phone_has_it_in_a_line(twin, student, line):
    assert brief_why(both((peaked(twin), 2), (peaked(student), 0)), planted()) == line


def test_a_flat_map_looks_nowhere_and_without_a_twin_the_teacher_is_named():
    flat = explained(teacher=(peaked(ON_OBJECT), 0), student=(np.ones((4, 4), np.float32), 0))
    assert brief_why(flat, planted()) == "The student looks nowhere, the teacher at the cross."


def sentence_of(student, cue):
    return why_sentence(both((peaked(ON_CUE), 2), student), cue).split("The student's ")[1]


def test_a_prediction_unlike_what_the_map_is_strongest_on_is_said_to_be():
    assert sentence_of((peaked(ON_CUE), 1), planted()).endswith("of its evidence), but it predicts ring.")
    assert sentence_of((peaked(ON_OBJECT), 2), planted()).endswith("of its evidence), but it predicts heart.")


def test_a_maximum_on_neither():
    sentence = sentence_of((peaked(ELSEWHERE), 0), planted())
    assert sentence.startswith("map is strongest on neither (")
    assert sentence.endswith("on the cross), and it predicts cross.")


def test_a_maximum_elsewhere_where_nobody_knows_the_object():
    explanation, cue = both((peaked(ON_CUE), 2), (peaked(ELSEWHERE), 0)), planted(objects=None)
    share = percentage(evidence_on(cue, explanation)["student"].shares["cue"], 0)
    expected = f"strongest elsewhere ({share} of its evidence on the patch), and it predicts cross."
    assert why_sentence(explanation, cue).endswith(expected)


@pytest.mark.parametrize("values", [np.zeros((4, 4), np.float32), np.full((4, 4), np.nan, np.float32)])
def test_an_undefined_map_has_no_strongest_place(values):
    assert sentence_of((values, 0), planted()) == "map has no maximum, and it predicts cross."


def test_a_patch_whose_place_names_the_class():
    explanation = both((peaked(ON_CUE), 2), (peaked(ON_OBJECT), 0))
    assert why_sentence(explanation, planted("place-patch")).startswith(
        "In training, a patch at this place meant heart. "
    )
    assert cue_meaning(planted("place-patch"), explanation) == "in training, a patch here meant “heart”"
    assert cue_meaning(planted(), explanation) == "in training, magenta meant “heart”"


def test_without_a_twin_the_teacher_is_beside_the_student():
    explanation = explained(teacher=(peaked(ON_OBJECT), 0), student=(peaked(ON_CUE), 2))
    sentence = why_sentence(explanation, planted())
    assert "The student's map is strongest on the patch" in sentence
    assert "The teacher's map is strongest on the cross" in sentence
    assert "twin" not in sentence


# --- without a cue -------------------------------------------------------------------------------


CHANCE = {arm: {"cosine": 0.2} for arm in ("student", "twin")}


def scored(student, twin, predicted=(0, 0)):
    explanation = both((peaked(ON_CUE), predicted[1]), (peaked(ON_OBJECT), predicted[0]))
    explanation.arms["student"].scores["cosine"] = student
    explanation.arms["twin"].scores["cosine"] = twin
    return explanation


def agreeing(student, twin, predicted=(0, 0)):
    return twin_sentence(scored(student, twin, predicted), CHANCE)


@pytest.mark.parametrize(
    ("student", "twin", "compared"),
    [
        (0.92, 0.4, "more than its twin's does (0.90 against 0.25)."),
        (0.28, 0.44, "less than its twin's does (0.10 against 0.30)."),
        (0.601, 0.599, "as its twin's does (0.50)."),
    ],
)
def test_without_a_cue_the_student_is_compared_with_its_twin(student, twin, compared):
    start = "On this image the student's map agrees with the teacher's "
    assert agreeing(student, twin) == f"{start}{compared} Both predict cross."


def test_without_a_cue_a_phone_has_both_agreements_in_a_line():
    assert brief_twin(scored(0.92, 0.4), CHANCE) == "Agreement with the teacher: student 0.90, twin 0.25."
    assert brief_twin(scored(np.nan, 0.4), CHANCE) == ""


def test_without_a_cue_two_predictions_are_both_named():
    assert agreeing(0.9, 0.4, (0, 2)).endswith("The student predicts cross, its twin heart.")


def test_without_a_twin_or_with_an_undefined_agreement_nothing_is_said():
    alone = explained(teacher=(peaked(ON_OBJECT), 0), student=(peaked(ON_CUE), 0))
    assert twin_sentence(alone, CHANCE) == brief_twin(alone, CHANCE) == ""
    assert agreeing(np.nan, 0.4) == ""
