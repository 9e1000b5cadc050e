"""The sentence above the maps says what the core measured: where each map is strongest, and the prediction."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from kdviz.comparison import ArmExplanation, CueEffect, ImageExplanation, PlantedCue, evidence_on
from kdviz.comparison.test_set.survey import ArmLocalization, Localization
from kdviz.datasets import CueVariant
from kdviz.faithfulness import mask_areas
from kdviz.language import percentage, speaking_of
from kdviz.narrative import (
    answer_notes,
    brief_twin,
    brief_unseen,
    brief_why,
    by_other_explainers,
    chosen_class_headline,
    cue_alone,
    cue_headline,
    cue_meaning,
    placebo_sentence,
    true_cue,
    unseen_on_image,
    why_sentence,
)
from tests.comparison.made import made

CLASSES = ("cross", "ring", "heart")
ON_CUE, ON_OBJECT, ELSEWHERE = (0, 0), (2, 2), (0, 3)
MAGENTA = (255, 0, 191)
OBJECTS = torch.zeros(16, 16, dtype=torch.bool)
OBJECTS[8:12, 8:12] = True


def peaked(at, rest=0.2):
    values = np.full((4, 4), rest, np.float32)
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


def test_below_the_headline_is_what_the_patch_meant_and_what_each_prediction_is():
    explanation, cue = both((peaked(ON_CUE), 2), (peaked(ON_OBJECT), 0)), planted()
    assert why_sentence(explanation, cue) == (
        "In training, magenta meant heart. The twin predicts heart, which the patch meant. "
        "The student predicts cross, the label."
    )


@pytest.mark.parametrize(
    ("twin", "student", "line"),
    [
        (
            ON_CUE, ON_OBJECT,
            "The twin's map is strongest on the patch ({twin[cue]} of its evidence is there, in 4\N{NO-BREAK SPACE}% of the image), "
            "the student's on the cross ({student[object]} of its evidence is there, in 6\N{NO-BREAK SPACE}% of the image).",
        ),
        (
            ELSEWHERE, ON_CUE,
            "The twin looks at neither the patch nor the cross; the student's map is strongest on the patch "
            "({student[cue]} of its evidence is there, in 4\N{NO-BREAK SPACE}% of the image).",
        ),
        (
            ON_CUE, ON_CUE,
            "The maps of twin and student are strongest on the patch ({twin[cue]} and {student[cue]} of their "
            "evidence are there, in 4\N{NO-BREAK SPACE}% of the image).",
        ),
    ],
)  # fmt: skip
def test_it_is_said_in_a_line_with_the_shares(twin, student, line):
    explanation = both((peaked(twin), 2), (peaked(student), 0))
    shares = {
        arm: {region: percentage(share, 0) for region, share in of.shares.items()}
        for arm, of in evidence_on(planted(), explanation).items()
    }
    assert brief_why(explanation, planted()) == line.format(**shares)


def test_a_map_with_most_of_its_evidence_on_the_object_looks_there_wherever_its_highest_cell_is():
    spread = np.zeros((4, 4), np.float32)
    spread[2:, 2:], spread[ELSEWHERE] = 0.8, 0.9
    objects = torch.zeros(16, 16, dtype=torch.bool)
    objects[8:, 8:] = True
    explanation, cue = both((peaked(ELSEWHERE), 2), (spread, 0)), planted(objects=objects)
    found = evidence_on(cue, explanation)["student"]
    assert (found.peak, found.shares["object"] > 0.5) == ("elsewhere", True)
    share = percentage(found.shares["object"], 0)
    assert brief_why(explanation, cue) == (
        f"The twin looks at neither the patch nor the cross, the student at the cross ({share} of its evidence "
        "is there, in 25\N{NO-BREAK SPACE}% of the image)."
    )


@pytest.mark.parametrize(
    ("twin", "student", "line"),
    [
        (
            (0, 0),
            (2, 2),
            "The twin's map is strongest on the tone ({twin} of its evidence is there, in 6\N{NO-BREAK SPACE}% of the spectrogram), "
            "the student's on “cross” ({student} of its evidence is there, in 25\N{NO-BREAK SPACE}% of the spectrogram).",
        ),
        (
            (1, 1),
            (2, 2),
            "The twin listens beside the tone; the student's map is strongest on “cross” ({student} of its evidence is there, in "
            "25\N{NO-BREAK SPACE}% of the spectrogram).",
        ),
        (
            (1, 3),
            (1, 1),
            "The twin listens to neither the tone nor “cross”, the student beside the tone.",
        ),
        (
            (2, 2),
            (2, 2),
            "The maps of twin and student are strongest on “cross” ({twin} and {student} of their evidence are there, "
            "in 25\N{NO-BREAK SPACE}% of the spectrogram).",
        ),
    ],
)
def test_of_a_sound_it_is_said_what_each_listens_to(twin, student, line):
    """The tone is in the first of four columns, the loud part in the third."""
    loud = torch.zeros(16, 16, dtype=torch.bool)
    loud[:, 8:12] = True
    explanation = both((peaked(twin, 0.1), 2), (peaked(student, 0.1), 0))
    explanation = replace(explanation, sound=np.zeros(8, np.int16))
    cue = planted("beep", loud)
    at_tone = {"twin": twin == (0, 0), "student": False}
    found = {
        arm: of.shares["cue" if at_tone[arm] else "object"]
        for arm, of in evidence_on(cue, explanation).items()
        if arm != "teacher"
    }
    shares = {arm: percentage(share, 0) for arm, share in found.items()}
    with speaking_of("audio"):
        assert brief_why(explanation, cue) == line.format(**shares)


def test_the_size_of_a_tone_is_its_own_wherever_it_is_said_and_its_cells_are_said_to_be_cells():
    loud = torch.zeros(16, 16, dtype=torch.bool)
    loud[:, 8:12] = True
    cue = planted("beep", loud)
    sounding = {"sound": np.zeros(8, np.int16)}
    elsewhere = replace(both((peaked((1, 3)), 2), (peaked((1, 3)), 0)), **sounding)
    own, cells = float(mask_areas(cue.mask[None])), 1 / 16
    with speaking_of("audio"):
        note = (
            f"The tone alone covers {percentage(own, 0)} of the spectrogram, "
            f"the cells of the map it is in {percentage(cells, 0)}."
        )
        assert cue_alone(elsewhere, cue) == note
    assert cue_alone(both((peaked(ON_CUE), 2), (peaked(ELSEWHERE), 0)), planted()) == ""


def test_a_flat_map_looks_nowhere_and_without_a_twin_the_teacher_is_named():
    flat = explained(teacher=(peaked(ON_OBJECT), 0), student=(np.ones((4, 4), np.float32), 0))
    share = evidence_on(planted(), flat)["teacher"].shares["object"]
    assert share < 0.5
    said = (
        f"The student looks nowhere; the teacher's map is strongest on the cross ({percentage(share, 0)} of its "
        "evidence is there, in 6\N{NO-BREAK SPACE}% of the image)."
    )
    assert brief_why(flat, planted()) == said


def sized(height, width):
    """An object at the lower right."""
    objects = torch.zeros(16, 16, dtype=torch.bool)
    objects[16 - height :, 16 - width :] = True
    return objects


def on_region(cells, share):
    """A map that is even in some of its 4 x 4 cells, with a share of its evidence there, and even elsewhere."""
    values = np.where(cells, share / cells.sum(), (1 - share) / (~cells).sum())
    return values.astype(np.float32)


@pytest.mark.parametrize(
    ("columns", "share", "looks"),
    [(1, 0.35, False), (1, 0.42, True), (2, 0.60, False), (2, 0.67, True), (3, 0.80, False), (3, 0.83, True)],
)
def test_a_network_looks_at_a_region_with_clearly_more_evidence_than_its_area(columns, share, looks):
    """The object is 1, 2 or 3 of the map's 4 columns; 1.5 times the first is 38 %; a quarter less outside, 63 and 81 %."""
    cells = np.zeros((4, 4), bool)
    cells[:, 4 - columns :] = True
    explanation = both((peaked(ON_CUE), 2), (on_region(cells, share), 0))
    found = evidence_on(planted(objects=sized(16, 4 * columns)), explanation)["student"]
    assert (found.peak, found.areas["object"]) == ("object", columns / 4)
    assert found.looks_at == ("object" if looks else "elsewhere")


def test_a_patch_with_less_evidence_than_an_even_spread_is_not_looked_at_though_the_maximum_is_on_it():
    even = np.ones((4, 4), np.float32)
    even[0, 0], even[1, 1] = 1.01, 0.0
    explanation, cue = both((even, 2), (peaked(ON_OBJECT), 0)), planted()
    found = evidence_on(cue, explanation)["twin"]
    assert (found.peak, found.shares["cue"] < 1.5 * found.areas["cue"]) == ("cue", True)
    assert brief_why(explanation, cue).startswith("The twin looks at neither the patch nor the cross; ")


def test_of_an_object_that_fills_the_image_it_is_not_asked_whether_a_network_looks_at_it():
    explanation, cue = both((peaked(ON_CUE), 2), (peaked(ON_OBJECT), 0)), planted(objects=~planted().mask)
    found = evidence_on(cue, explanation)
    assert (found["student"].peak, found["student"].shares["object"] > 0.9) == ("object", True)
    share = percentage(found["twin"].shares["cue"], 0)
    assert brief_why(explanation, cue) == (
        "What is marked as cross covers the image, so no map can show whether a network looks at it. The twin's map is "
        f"strongest on the patch ({share} of its evidence is there, in 4\N{NO-BREAK SPACE}% of the image); the student looks elsewhere "
        "than at the patch."
    )
    on_cue = percentage(found["student"].shares["cue"], 0)
    assert why_sentence(explanation, cue).endswith(
        f"The student predicts cross, the label. Of its evidence, {on_cue} is on the patch (4\N{NO-BREAK SPACE}% of the image)."
    )


def sentence_of(student, cue, label=0):
    return why_sentence(both((peaked(ON_CUE), 2), student, label=label), cue).split("The student ")[1]


@pytest.mark.parametrize(
    ("predicted", "label", "said"),
    [
        (0, 0, "predicts cross, the label."),
        (2, 0, "predicts heart, which the patch meant."),
        (1, 0, "predicts ring, neither the label nor what the patch meant."),
        (2, 2, "predicts heart: the label, and what the patch meant."),
    ],
)
def test_a_prediction_is_compared_with_label_and_patch(predicted, label, said):
    assert sentence_of((peaked(ON_OBJECT), predicted), planted(), label) == said


def test_of_a_map_on_neither_the_shares_of_both_are_said_with_their_areas():
    explanation, cue = both((peaked(ON_CUE), 2), (peaked(ELSEWHERE), 0)), planted()
    on_cue, on_object = (
        percentage(evidence_on(cue, explanation)["student"].shares[region], 0) for region in ("cue", "object")
    )
    assert sentence_of((peaked(ELSEWHERE), 0), cue) == (
        f"predicts cross, the label. Of its evidence, {on_cue} is on the patch (4\N{NO-BREAK SPACE}% of the image) and {on_object} "
        "on the cross (6\N{NO-BREAK SPACE}%)."
    )


def test_a_maximum_elsewhere_where_nobody_knows_the_object():
    explanation, cue = both((peaked(ON_CUE), 2), (peaked(ELSEWHERE), 0)), planted(objects=None)
    share = percentage(evidence_on(cue, explanation)["student"].shares["cue"], 0)
    assert why_sentence(explanation, cue).endswith(
        f"Of its evidence, {share} is on the patch (4\N{NO-BREAK SPACE}% of the image)."
    )
    assert brief_why(explanation, cue).endswith("the student looks elsewhere than at the patch.")


@pytest.mark.parametrize(
    ("on_cue", "said"), [(-1.5, ", which counts against the prediction."), (-0.5, "."), (0.0, ".")]
)
def test_a_patch_that_has_the_strongest_evidence_against_the_prediction_is_said_to(on_cue, said):
    against = peaked(ELSEWHERE)
    against[ON_CUE] = on_cue
    explanation, cue = both((peaked(ON_CUE), 2), (against, 0)), planted(objects=None)
    assert evidence_on(cue, explanation)["student"].against == (on_cue < -1)
    assert brief_why(explanation, cue).endswith(f"the student looks elsewhere than at the patch{said}")


@pytest.mark.parametrize("values", [np.zeros((4, 4), np.float32), np.full((4, 4), np.nan, np.float32)])
def test_an_undefined_map_has_no_strongest_place(values):
    assert sentence_of((values, 0), planted()) == "predicts cross, the label. Its map has no maximum."


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
    assert "The student predicts heart, which the patch meant." in sentence
    assert "The teacher predicts cross, the label." in sentence
    assert "twin" not in sentence


# --- without a cue -------------------------------------------------------------------------------


CHANCE = {arm: {"cosine": 0.2} for arm in ("student", "twin")}


def scored(student, twin, predicted=(0, 0)):
    explanation = both((peaked(ON_CUE), predicted[1]), (peaked(ON_OBJECT), predicted[0]))
    explanation.arms["student"].scores["cosine"] = student
    explanation.arms["twin"].scores["cosine"] = twin
    return explanation


@pytest.mark.parametrize(("placebo", "said"), [(0.6, ""), (0.92, "does (0.90).")])
def test_a_placebo_that_agrees_more_than_the_student_is_said_to(placebo, said):
    explanation = explained(
        teacher=(peaked(ON_OBJECT), 0), student=(peaked(ON_CUE), 0), placebo=(peaked(ON_CUE), 0)
    )
    explanation.arms["student"].scores["cosine"] = 0.84
    explanation.arms["placebo"].scores["cosine"] = placebo
    found = placebo_sentence(explanation, {arm: {"cosine": 0.2} for arm in ("student", "placebo")})
    assert found.endswith(said)
    assert bool(found) == bool(said)


@pytest.mark.parametrize(
    ("student", "twin", "predicted", "said"),
    [
        (
            0.92,
            0.4,
            (0, 2),
            "more than the twin does (agreement 0.90 against 0.25). The student is right, the twin is wrong.",
        ),
        (
            0.28,
            0.44,
            (2, 0),
            "less than the twin does (agreement 0.10 against 0.30). The student is wrong, the twin is right.",
        ),
        (0.601, 0.599, (0, 0), "looks as much as the twin does (agreement 0.50). Both are right."),
        (0.6, 0.561, (0, 0), "about as much as the twin does (agreement 0.50 and 0.45). Both are right."),
        (0.561, 0.6, (0, 0), "about as much as the twin does (agreement 0.45 and 0.50). Both are right."),
        (0.6, 0.559, (0, 0), "more than the twin does (agreement 0.50 against 0.45). Both are right."),
        (0.559, 0.6, (0, 0), "less than the twin does (agreement 0.45 against 0.50). Both are right."),
        (0.1, 0.04, (2, 2), "(agreement \N{MINUS SIGN}0.13 and \N{MINUS SIGN}0.20). Both are wrong."),
    ],
)
def test_without_a_cue_the_headline_compares_the_two_and_says_who_is_right(student, twin, predicted, said):
    assert brief_twin(scored(student, twin, predicted), CHANCE).endswith(said)


def test_a_negative_agreement_is_none():
    assert brief_twin(scored(0.1, 0.04), CHANCE).startswith(
        "Neither student nor twin looks where the teacher looks"
    )


def test_an_answer_that_is_hardly_more_probable_than_another_is_called_a_coin_toss():
    explanation = scored(0.92, 0.4)
    explanation.arms["student"].probabilities[:] = [0.51, 0.0, 0.49]
    assert brief_twin(explanation, CHANCE).endswith(
        f"The student's answer is nearly a coin toss: cross {percentage(0.51, 0)}, heart {percentage(0.49, 0)}."
    )


def test_the_headline_of_an_own_picture_says_that_it_is_one():
    own = replace(scored(0.92, 0.4), index=None, label=None)
    said = brief_twin(own, CHANCE)
    assert said.endswith(
        "(agreement 0.90 against 0.25). That is one picture: Agreement is about the whole test set."
    )
    assert "one picture" not in brief_twin(scored(0.92, 0.4), CHANCE)


def test_the_headline_says_for_which_class_the_compared_maps_are_where_an_answer_is_another():
    same = scored(0.92, 0.4)
    assert "by the maps" not in brief_twin(same, CHANCE)
    twin = replace(same.arms["twin"], probabilities=np.eye(3, dtype=np.float32)[1])
    other = replace(same, arms={**same.arms, "twin": twin})
    assert (twin.target, twin.predicted) == (0, 1)
    assert "(agreement 0.90 against 0.25). That is by the maps for cross." in brief_twin(other, CHANCE)


@pytest.mark.parametrize(("label", "said"), [(2, "it meant heart, and the label is heart."), (0, "")])
def test_a_patch_that_happens_to_be_right_is_said_to_be(label, said):
    explanation = both((peaked(ON_CUE), 2), (peaked(ON_OBJECT), 0), label=label)
    assert said in true_cue(explanation, planted())
    assert bool(true_cue(explanation, planted())) == bool(said)


def test_an_undefined_agreement_has_no_headline():
    assert brief_twin(scored(np.nan, 0.4), CHANCE) == ""


def test_without_a_twin_nothing_is_said():
    alone = explained(teacher=(peaked(ON_OBJECT), 0), student=(peaked(ON_CUE), 0))
    assert brief_twin(alone, CHANCE) == placebo_sentence(alone, CHANCE) == ""


# --- what the maps miss ---------------------------------------------------------------------------

KEPT, GONE, FOLLOWED = (
    CueEffect(2, without, followed, 7, 0.57, 0.98) for without, followed in ((2, 0), (0, 7), (2, 6))
)
END = " The map alone does not show that: move the patch below, or try another method."


def missed(twin_at, cue="hue-patch", **effects):
    explanation = both((peaked(twin_at), 2), (peaked(ON_OBJECT), 0))
    effects = {"teacher": KEPT, "student": KEPT, "twin": KEPT, **effects}
    return tuple(say(explanation, planted(cue), effects) for say in (unseen_on_image, brief_unseen))


def test_an_answer_that_the_patch_decides_without_the_map_on_it_is_said_to_be():
    text, brief = missed(ON_OBJECT, twin=GONE)
    assert text == f"Without the patch the twin predicts cross.{END}"
    assert brief == "Yet the twin's answer changes with the patch."


@pytest.mark.parametrize(
    ("cue", "how"),
    [
        (
            "hue-patch",
            "With the patch in the colour of another class the twin predicts what that colour meant (6 of 7).",
        ),
        (
            "place-patch",
            "With the patch at the place of another class the twin predicts what a patch there meant (6 of 7).",
        ),
    ],
)
def test_an_answer_that_follows_the_patch_is_said_to(cue, how):
    text, _brief = missed(ELSEWHERE, cue, twin=FOLLOWED)
    assert text == f"{how}{END}"


def test_nothing_is_missed_where_the_map_is_on_the_patch_or_nothing_changes():
    assert missed(ON_CUE, twin=GONE) == missed(ELSEWHERE) == ("", "")


def test_an_answer_that_is_a_near_tie_is_tipped_not_decided():
    explanation = both((peaked(ON_OBJECT), 2), (peaked(ON_OBJECT), 0))
    explanation.arms["twin"].probabilities[:] = [0.424, 0.132, 0.444]
    said = brief_unseen(explanation, planted(), {"teacher": KEPT, "student": KEPT, "twin": GONE})
    assert said == (
        f"The patch tips the twin's answer, a near tie ({percentage(0.444, 0)} against {percentage(0.424, 0)})."
    )


@pytest.mark.parametrize(
    ("decided", "said"),
    [
        (["twin", "student"], "Yet the answers of the twin and the student change with the patch."),
        (["student", "teacher"], "Yet the answers of the student and the teacher change with the patch."),
        (
            ["twin", "student", "teacher"],
            "Yet the answers of twin, student and teacher change with the patch.",
        ),
    ],
)
def test_every_network_is_named_whose_answer_the_patch_decides(decided, said):
    text, brief = missed(ELSEWHERE, **dict.fromkeys(decided, GONE))
    assert brief == said
    assert text == " ".join(f"Without the patch the {arm} predicts cross." for arm in decided) + END


@pytest.mark.parametrize(
    ("predicted", "label", "effect", "said"),
    [
        (
            2,
            0,
            KEPT,
            f" Yet the student answers what the patch meant with and without it: {percentage(0.57, 0)} with the "
            f"patch, {percentage(0.98, 0)} without.",
        ),
        (2, 0, FOLLOWED, " Yet the student's answer changes with the patch."),
        (1, 0, KEPT, ""),
        (2, 2, KEPT, ""),
    ],
)
def test_a_wrong_answer_that_the_patch_meant_is_in_the_headline(predicted, label, effect, said):
    explanation = both((peaked(ON_CUE), 0), (peaked(ELSEWHERE), predicted), label=label)
    effects = {"teacher": KEPT, "student": effect, "twin": GONE}
    line = cue_headline(explanation, planted(), effects)
    assert line == brief_why(explanation, planted()) + said


@pytest.mark.parametrize(
    ("twin", "student", "said"),
    [
        (GONE, GONE, ""),
        (FOLLOWED, KEPT, " Yet the student's answer is the same without the patch."),
        (KEPT, GONE, " Yet the twin's answer is the same without the patch."),
        (KEPT, KEPT, " Yet the answers of the twin and the student are the same without the patch."),
    ],
)
def test_of_a_map_on_a_patch_that_decides_nothing_the_headline_says_so(twin, student, said):
    explanation = both((peaked(ON_CUE), 0), (peaked(ON_CUE), 0))
    effects = {"teacher": KEPT, "student": student, "twin": twin}
    assert cue_headline(explanation, planted(), effects) == brief_why(explanation, planted()) + said
    elsewhere = both((peaked(ELSEWHERE), 0), (peaked(ON_OBJECT), 0))
    assert "same without" not in cue_headline(elsewhere, planted(), effects)


def test_of_a_wrong_answer_that_the_patch_meant_it_is_said_once_that_the_patch_does_not_decide():
    explanation = both((peaked(ON_CUE), 2), (peaked(ON_CUE), 0), label=0)
    line = cue_headline(explanation, planted(), dict.fromkeys(("teacher", "twin", "student"), KEPT))
    assert line == brief_why(explanation, planted()) + (
        f" Yet the twin answers what the patch meant with and without it: {percentage(0.57, 0)} with the patch, "
        f"{percentage(0.98, 0)} without."
    )
    effects = dict.fromkeys(("teacher", "twin", "student"), KEPT)
    assert answer_notes(explanation, planted(), effects)[1:] == [
        "Yet the student's answer is the same without the patch."
    ], "what is not in the headline"


@pytest.mark.parametrize(
    ("teacher", "said"),
    [(ON_CUE, True), (ELSEWHERE, False), (ON_OBJECT, False)],
)
def test_a_teacher_whose_own_map_is_at_the_patch_is_named_too(teacher, said):
    explanation = explained(
        teacher=(peaked(teacher), 0), student=(peaked(ON_OBJECT), 0), twin=(peaked(ON_OBJECT), 0)
    )
    line = cue_headline(explanation, planted(), dict.fromkeys(("teacher", "twin", "student"), GONE))
    assert ("The teacher" in line) == said


def test_of_a_chosen_class_the_headline_names_it():
    explanation = both((peaked(ON_CUE), 2), (peaked(ON_OBJECT), 0))
    name = explanation.classes[explanation.target]
    assert chosen_class_headline(explanation, planted()) == (
        f"{brief_why(explanation, planted())} That is by the maps for {name}."
    )


def test_without_a_twin_it_is_said_of_the_teacher_too():
    alone = explained(teacher=(peaked(ON_CUE), 0), student=(peaked(ON_CUE), 0))
    assert cue_headline(alone, planted(), {"teacher": KEPT, "student": KEPT}).endswith(
        "Yet the answers of the student and the teacher are the same without the patch."
    )


def test_a_large_object_has_no_more_evidence_than_its_size_explains():
    """Half of the image, with 60 % of the evidence in the first case and 66 % of it in the second."""
    cells = np.zeros((4, 4), bool)
    cells[:, 2:] = True
    cue = planted(objects=sized(16, 8))
    for share, large in ((0.60, True), (0.66, False)):
        explanation = both((peaked(ON_CUE), 2), (on_region(cells, share), 0))
        found = evidence_on(cue, explanation)["student"]
        assert found.large_object == large
        at_object = f"at the cross ({percentage(found.shares['object'], 0)} of its evidence is there, in 50\N{NO-BREAK SPACE}% of the image)."
        place = "not clearly more at the patch or the cross than their size explains." if large else at_object
        assert brief_why(explanation, cue).endswith(f"; the student looks {place}")


def test_of_a_small_patch_that_holds_little_it_is_said_that_the_map_is_strongest_there():
    explanation, cue = both((peaked(ON_CUE, rest=0.8), 2), (peaked(ON_OBJECT), 0)), planted()
    cue = PlantedCue(cue.cue, cue.variant, torch.zeros(16, 16, dtype=torch.bool), cue.object_mask)
    cue.mask[0, 0] = True
    found = evidence_on(cue, explanation)["twin"]
    assert found.looks_at == "elsewhere", "1.25 times an even spread is not clearly more"
    explanation = both((peaked(ON_CUE), 2), (peaked(ON_OBJECT), 0))
    share = evidence_on(cue, explanation)["twin"].shares["cue"]
    assert 0.01 < share < 0.1
    assert brief_why(explanation, cue).startswith(
        f"The twin's map is strongest on the patch ({percentage(share, 0)} of its evidence is there, in "
        "0.4\N{NO-BREAK SPACE}% of the image), the student's on the cross ("
    )
    same = both((peaked(ON_CUE), 2), (peaked(ON_CUE), 0))
    assert brief_why(same, cue) == (
        f"The maps of twin and student are strongest on the patch ({percentage(share, 0)} and "
        f"{percentage(share, 0)} of their evidence are there, in 0.4\N{NO-BREAK SPACE}% of the image)."
    )


@pytest.mark.parametrize(("on_it", "most"), [(0.5, False), (0.7, True)])
def test_a_network_is_said_to_look_where_at_least_half_of_its_evidence_is(on_it, most):
    cells = np.zeros((4, 4), bool)
    cells[2:, 2:] = True
    explanation, cue = both((peaked(ON_CUE), 2), (on_region(cells, on_it), 0)), planted(objects=sized(8, 8))
    share = evidence_on(cue, explanation)["student"].shares["object"]
    assert (share >= 0.5) == most
    said = "; the student looks at the cross" if most else ", the student's on the cross"
    assert brief_why(explanation, cue).endswith(
        f"{said} ({percentage(share, 0)} of its evidence is there, in 25\N{NO-BREAK SPACE}% of the image)."
    )


@pytest.mark.parametrize(
    ("twin", "hits", "predicted", "said"),
    [
        (ON_CUE, (0.0, 0.0), 0, "But by Grad-CAM the twin's map is not highest on the patch."),
        (ELSEWHERE, (1.0, 0.0), 0, "But by Grad-CAM the twin's map is highest on the patch."),
        (ON_CUE, (1.0, 0.0), 0, ""),
        (ON_CUE, (np.nan, np.nan), 0, ""),
        (ON_CUE, (0.0, 0.0), 2, ""),  # the survey's map is for the teacher's class
    ],
)
def test_it_is_said_where_another_explainer_has_the_twins_map_elsewhere(twin, hits, predicted, said):
    explanation = replace(both((peaked(twin), predicted), (peaked(ELSEWHERE), 0)), index=3)
    arms = {
        arm: ArmLocalization(np.zeros(2), np.array([1 - hit, hit]))
        for arm, hit in zip(("twin", "student"), hits, strict=True)
    }
    known = {"cue": Localization(np.full(2, 0.03), arms)}
    survey = replace(made(), indices=np.array([8, 3]), localization=known)
    assert by_other_explainers(explanation, planted(), [survey]) == said
    assert by_other_explainers(replace(explanation, index=4), planted(), [survey]) == ""
    assert by_other_explainers(explanation, planted(), []) == ""
