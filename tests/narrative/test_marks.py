"""Whether marks helped, from two surveys made by hand, with a control and without."""

from dataclasses import replace

import numpy as np
import pytest

from kdviz.comparison import Change, MarkedEvidence, MarksEffect, difference, marks_effect
from kdviz.comparison.test_set.survey import ArmLocalization, Localization
from kdviz.narrative import marked_evidence_line, marks_answer, marks_figures
from kdviz.types import Interval
from tests.comparison.made import ANSWERS, RAW, made

UP, DOWN, SAME = Interval(0.2, 0.1, 0.3), Interval(-0.2, -0.3, -0.1), Interval(0.0, -0.1, 0.1)
NONE = "No effect on accuracy was found."
NEITHER = "No effect on accuracy or on the evidence on the object was found."
UNCHANGED = "Its accuracy is the same as before, within noise."


def survey(student, shares, control=None):
    """The student's answers and shares of evidence on the object; and those of a control."""
    arms = ("student",) if control is None else ("student", "teacher-maps")
    answers = {**ANSWERS, "student": student, "teacher-maps": control and control[0]}
    of_arms = {"student": shares, "teacher-maps": control and control[1]}
    found = {arm: ArmLocalization(np.array(of_arms[arm]), np.zeros(8)) for arm in arms}
    plain = made(arms=arms, raw={**RAW, "teacher-maps": RAW["twin"]}, answers=answers)
    return replace(plain, localization={"object": Localization(np.full(8, 0.1), found)})


RIGHT = [0, 0, 0, 0, 1, 1, 1, 1]


def test_both_runs_are_compared_image_by_image_and_with_the_control():
    control = ([0, 0, 0, 1, 1, 1, 1, 1], [0.3] * 8)
    earlier, later = survey(ANSWERS["student"], [0.2] * 8), survey(RIGHT, [0.6] * 8, control)
    effect = marks_effect(earlier, later)
    assert effect.images == 8
    assert (effect.accuracy.before, effect.accuracy.after) == (5 / 8, 1.0)
    assert effect.accuracy.gain.value == 3 / 8
    assert effect.accuracy.over_control == difference(later, "teacher-maps").accuracy
    assert effect.accuracy.over_control.value == 1 / 8
    assert (effect.evidence.before, effect.evidence.after) == pytest.approx((0.2, 0.6))
    assert effect.evidence.over_control.value == pytest.approx(0.3)


def test_without_masks_or_a_control_the_accuracy_alone_is_compared():
    effect = marks_effect(made(), made())
    assert effect == MarksEffect(8, Change(5 / 8, 5 / 8, effect.accuracy.gain, None), None)
    assert effect.accuracy.gain.value == 0


def effect_of(accuracy, evidence, control=None, evidence_control=None):
    maps = evidence and Change(0.3, 0.5, evidence, evidence_control)
    return MarksEffect(400, Change(0.54, 0.81, accuracy, control), maps)


@pytest.mark.parametrize(
    ("effect", "answer"),
    [
        (
            effect_of(UP, None, UP),
            "Yes: the student is more accurate than before, and than the control without marks.",
        ),
        (
            effect_of(UP, UP, SAME, UP),
            "Not by themselves: the student is more accurate than before, but not than",
        ),
        (effect_of(UP, UP), "Perhaps: the student is more accurate than before, but no control"),
        (effect_of(DOWN, UP, UP, UP), "No: the student is less accurate than before."),
        (effect_of(SAME, UP, SAME, UP), "For the maps, yes: more of the student's evidence is on the object"),
        (
            effect_of(SAME, UP, SAME, SAME),
            "Not by themselves: more of the student's evidence is on the object",
        ),
        (effect_of(SAME, UP), "Perhaps, for the maps: more of the student's evidence is on the object"),
        (effect_of(SAME, DOWN), "No: less of the student's evidence is on the object than before."),
        (effect_of(SAME, SAME), f"{NEITHER} {UNCHANGED}"),
        (effect_of(SAME, None), f"{NONE} {UNCHANGED}"),
        (effect_of(Interval(0.0, np.nan, np.nan), None), "No answer: too few test images."),
    ],
)
def test_without_the_evidence_inside_the_marks_the_answer_is_by_accuracy_first(effect, answer):
    assert marks_answer(effect).startswith(answer)


@pytest.mark.parametrize(
    ("effect", "answer"),
    [
        (effect_of(DOWN, None), "Not yet: the student is less accurate than before."),
        (
            effect_of(SAME, DOWN),
            f"Not yet: less of the student's evidence is on the object than before. {UNCHANGED}",
        ),
        (effect_of(UP, None, UP), marks_answer(effect_of(UP, None, UP))),
    ],
)
def test_where_it_is_too_early_a_no_is_not_final_and_the_caveat_ends_the_answer(effect, answer):
    assert marks_answer(effect, "Still improving.") == f"{answer} Still improving."


NAN = np.nan
FEW = Interval(0.5, NAN, NAN)
MOVED = (
    "Yes: on the marked pictures, more of the student's evidence is inside your marks than before, and than"
)


def inside(gain, over_control, images=40):
    """Of the student's evidence 5 % is inside the marks before and 57 % after."""
    control = over_control and ("teacher-maps", 0.09)
    return MarkedEvidence(
        "grad-cam", images, 0.2, 0.05, 0.57, control, gain, over_control, marked=images, explained=images
    )


@pytest.mark.parametrize(
    ("gain", "over_control", "answer"),
    [
        (UP, UP, MOVED),
        (UP, SAME, "Not by themselves: on the marked pictures, more of the student's evidence is inside"),
        (UP, None, "Perhaps: on the marked pictures, more of the student's evidence is inside your marks"),
        (SAME, UP, "No: no more of the student's evidence is inside your marks than before."),
        (DOWN, UP, "No: less of the student's evidence is inside your marks than before."),
    ],
)
def test_the_answer_is_by_the_evidence_inside_the_marks_first_and_asks_the_control(
    gain, over_control, answer
):
    said = marks_answer(effect_of(UP, UP, UP, UP), inside=inside(gain, over_control))
    assert said.startswith(answer)


@pytest.mark.parametrize(("gain", "what"), [(SAME, "no more"), (DOWN, "less")])
def test_where_it_is_too_early_evidence_that_did_not_move_is_not_final(gain, what):
    said = marks_answer(effect_of(SAME, None), "Still improving.", inside(gain, UP))
    assert said.startswith(f"Not yet: {what} of the student's evidence is inside your marks than before.")
    assert said.endswith("Still improving.")


@pytest.mark.parametrize(
    ("images", "said"), [(1, "On 1 marked picture, 57 %"), (3, "On 3 marked pictures, 57 %")]
)
def test_of_few_marked_pictures_the_shares_stand_in_place_of_a_yes_or_no(images, said):
    found = marks_answer(effect_of(SAME, None), inside=inside(FEW, FEW, images))
    assert found.replace("\N{NO-BREAK SPACE}", " ").startswith(
        f"{said} of the student's evidence is inside your marks, 5 % before: too few pictures"
    )


@pytest.mark.parametrize(
    ("evidence", "over_control", "said"),
    [
        (UP, UP, "On test images, more of it is on the object than before, and than without the marks."),
        (UP, SAME, "On test images, more of it is on the object, but no more than without the marks."),
        (UP, None, "On test images, more of it is on the object than before."),
        (DOWN, UP, "On test images, less of it is on the object than before."),
        (SAME, UP, "On test images, no more of it is on the object than before."),
        (None, None, ""),
    ],
)
def test_the_test_images_follow_and_whether_accuracy_was_kept_is_last(evidence, over_control, said):
    found = marks_answer(effect_of(SAME, evidence, SAME, over_control), inside=inside(UP, UP))
    assert found.endswith(f" without the marks. {said} {UNCHANGED}".replace("  ", " "))


@pytest.mark.parametrize(
    ("accuracy", "over_control", "said"),
    [
        (UP, UP, "The student is more accurate than before, and than the control without marks."),
        (UP, SAME, "The student is more accurate than before, which is not shown to be due to the marks."),
        (UP, None, "The student is more accurate than before, which is not shown to be due to the marks."),
        (DOWN, UP, "The student is less accurate than before."),
        (FEW, None, "Too few test images to compare its accuracy."),
        (SAME, DOWN, "within noise, but below that of the control without marks."),
    ],
)
def test_evidence_that_moved_does_not_hide_what_became_of_the_accuracy(accuracy, over_control, said):
    found = marks_answer(effect_of(accuracy, None, over_control), inside=inside(UP, UP))
    assert found.startswith(MOVED)
    assert found.endswith(said)


def test_an_accuracy_below_the_control_is_said_though_nothing_changed():
    assert marks_answer(effect_of(SAME, None, DOWN)) == (
        f"{NONE} Its accuracy is the same as before, within noise, but below that of the control without "
        "marks."
    )


def test_the_figures_are_those_before_and_after_with_their_differences():
    lines = marks_figures(effect_of(UP, UP, SAME), cue=True)
    assert [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines] == [
        "Share of evidence on the object: **30.0 % → 50.0 %**, +20.0 points (10.0 to 30.0).",
        "Accuracy with a random cue: **54.0 % → 81.0 %**, +20.0 points (10.0 to 30.0); against the control "
        "without marks 0.0 points (−10.0 to 10.0).",
    ]
    assert marks_figures(effect_of(UP, None), cue=False)[0].startswith("Accuracy: **54.0")


@pytest.mark.parametrize(
    ("images", "control", "gain", "line"),
    [
        (
            3,
            ("teacher-maps", 0.33),
            Interval(0.27, np.nan, np.nan),
            "Evidence inside your marks: **31 % before → 58 % after**, 33 % in the control without marks; "
            "marks cover 20 % of these training images (n = 3).",
        ),
        (
            40,
            ("twin", 0.33),
            Interval(0.27, 0.2, 0.34),
            "Evidence inside your marks: **31 % before → 58 % after**, +27.0 points (20.0 to 34.0), 33 % in "
            "the twin; marks cover 20 % of these training images (n = 40).",
        ),
        (
            1,
            None,
            Interval(0.27, np.nan, np.nan),
            "Evidence inside your marks: **31 % before → 58 % after**; marks cover 20 % of this training "
            "image (n = 1).",
        ),
    ],
)
def test_the_evidence_inside_the_marks_is_one_line_without_an_interval_of_few(images, control, gain, line):
    found = MarkedEvidence(
        "grad-cam", images, 0.2, 0.31, 0.58, control, gain, None, marked=images, explained=images
    )
    assert marked_evidence_line(found).replace("\N{NO-BREAK SPACE}", " ") == line


def test_marked_images_without_a_map_have_no_figure():
    undefined = Interval(*[np.nan] * 3)
    nothing = MarkedEvidence(
        "grad-cam", 0, *[np.nan] * 3, None, undefined, None, marked=1, explained=1, blank={"before": 1}
    )
    assert marked_evidence_line(nothing) == (
        "Evidence inside your marks: undefined. Left out: 1 marked image of which the map of the student "
        "before has no evidence for the label."
    )


def test_marked_images_that_are_left_out_are_counted_with_the_reason():
    """Two that a network has no evidence for, and four that would take too long."""
    found = replace(inside(FEW, None, images=2), marked=8, explained=4, blank={"before": 1, "control": 2})
    assert marked_evidence_line(found).endswith(
        "(n = 2). Left out: 2 marked images of which the map of the student before or of the control has no "
        "evidence for the label. To save time, 4 more marked images are not explained."
    )
    said = marks_answer(effect_of(SAME, None), inside=found)
    assert said.startswith("On 2 of 8 marked pictures, 57")
