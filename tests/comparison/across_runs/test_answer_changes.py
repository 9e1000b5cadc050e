"""Answers that a later run mends and breaks, counted by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest

from kdviz.comparison import SeedLead, answer_changes
from kdviz.comparison.test_set.survey import ArmLocalization, Localization
from kdviz.narrative import accuracy_lead_text, answer_changes_text, answers_gained_text, evidence_change_text
from kdviz.types import Interval
from tests.comparison.made import ANSWERS, NAN, made

# Labels are 0, 0, 0, 0, 1, 1, 1, 1 of the images 10 to 17; the earlier student is wrong about 12, 13 and 17.
LATER = {**ANSWERS, "student": [0, 1, 0, 1, 1, 1, 0, 1]}


def on_object(shares):
    return {
        "object": Localization(np.full(8, 0.1), {"student": ArmLocalization(np.array(shares), np.zeros(8))})
    }


def test_mended_and_broken_are_counted_image_by_image_and_class_by_class():
    changes = answer_changes(made(), made(answers=LATER))
    assert changes.images == 8
    assert changes.mended.tolist() == [12, 17]
    assert changes.broken.tolist() == [11, 16]
    assert changes.accuracy.value == 0
    assert changes.accuracy.low < 0 < changes.accuracy.high
    rows = [
        (each.name, each.images, each.before, each.after, each.mended, each.broken)
        for each in changes.classes
    ]
    assert rows[:2] == [("cat", 4, 0.5, 0.5, 1, 1), ("dog", 4, 0.75, 0.75, 1, 1)]
    assert rows[2][:2] == ("newt", 0)
    assert all(map(math.isnan, rows[2][2:4]))


def test_only_images_of_both_surveys_are_compared_wherever_they_stand_in_them():
    later = made(answers=LATER)
    turned = np.arange(7, 2, -1)  # images 17 to 13
    student = later.predictions["student"]
    fewer = replace(
        later,
        indices=later.indices[turned],
        labels=later.labels[turned],
        predictions={"student": replace(student, predicted=student.predicted[turned])},
    )
    changes = answer_changes(made(), fewer)
    assert (changes.images, changes.mended.tolist(), changes.broken.tolist()) == (5, [17], [16])


def test_evidence_on_the_object_is_compared_where_both_maps_are_defined():
    earlier = replace(made(), localization=on_object([0.2, 0.4, NAN, 0.1, 0.2, 0.2, 0.2, 0.2]))
    later = replace(made(), localization=on_object([0.6, 0.8, 0.9, NAN, 0.2, 0.2, 0.2, 0.2]))
    before, after, gain = answer_changes(earlier, later).evidence
    assert before == pytest.approx(1.4 / 6)
    assert after == pytest.approx(2.2 / 6)
    assert gain.value == pytest.approx(0.8 / 6)
    assert answer_changes(earlier, made()).evidence is None


def test_the_sentence_has_the_counts_and_both_differences():
    earlier = replace(made(), localization=on_object([0.2] * 8))
    later = replace(made(answers=LATER), localization=on_object([0.5] * 8))
    assert answer_changes_text(answer_changes(earlier, later)).replace("\N{NO-BREAK SPACE}", " ") == (
        "**2 mended, 2 broken** of 8 test images: accuracy 0.0 (−46.3 to 46.3) points. The student's evidence "
        "on the object: 20.0 % → 50.0 %, +30.0 (30.0 to 30.0) points."
    )


@pytest.mark.parametrize(
    ("share", "answers", "against"),
    [
        (0.5, {**ANSWERS, "student": ANSWERS["placebo"]}, True),
        (0.1, {**ANSWERS, "student": ANSWERS["placebo"]}, False),
        (0.1, {**ANSWERS, "student": ANSWERS["twin"]}, False),  # 3 of 8 mended: within noise
        (0.1, {**ANSWERS, "student": [0, 0, 0, 1, 1, 1, 1, 0]}, False),  # 1 of 8: within noise
        (0.5, LATER, False),
        (0.2, {**ANSWERS, "student": ANSWERS["placebo"]}, False),
    ],
)
def test_evidence_that_moves_against_accuracy_does_not_explain_it(share, answers, against):
    earlier = replace(made(), localization=on_object([0.2] * 8))
    later = replace(made(answers=answers), localization=on_object([share] * 8))
    said = evidence_change_text(answer_changes(earlier, later))
    assert said.startswith("The student's evidence on the object: ")
    assert ("That does not explain the accuracy, which moved the other way" in said) == against


@pytest.mark.parametrize(
    ("lead", "said"),
    [
        (
            Interval(-0.118, -0.134, -0.104),
            "**A is 11.8 points (10.4 to 13.4) more accurate than B** (tested on 2,000 images, one seed each: another seed may differ).",
        ),
        (
            Interval(0.118, 0.104, 0.134),
            "**B is 11.8 points (10.4 to 13.4) more accurate than A** (tested on 2,000 images, one seed each: another seed may differ).",
        ),
        (
            Interval(-0.003, -0.011, 0.005),
            "**No clear difference in accuracy between A and B**: A is 0.3 points (−0.5 to 1.1) more accurate "
            "(tested on 2,000 images, one seed each: another seed may differ).",
        ),
        (
            Interval(0.0, -0.096, 0.096),
            "**A and B are equally accurate here**; a difference of −9.6 to 9.6 points is possible "
            "(tested on 2,000 images, one seed each: another seed may differ).",
        ),
        (
            Interval(0.0, 0.0, 0.0),
            "**A and B are equally accurate** (tested on 2,000 images, one seed each: another seed may differ).",
        ),
    ],
)
def test_the_first_line_names_the_more_accurate_run(lead, said):
    assert accuracy_lead_text(lead, ("A", "B"), images=2000) == said


def test_before_the_images_are_compared_it_has_neither_interval_nor_count():
    assert (
        accuracy_lead_text(Interval(0.02, NAN, NAN), ("A", "B"))
        == "**B is 2.0 points more accurate than A** (one seed each: another seed may differ)."
    )
    assert (
        accuracy_lead_text(Interval(0.0, NAN, NAN), ("A", "B"))
        == "**A and B are equally accurate** (one seed each: another seed may differ)."
    )


@pytest.mark.parametrize(
    ("mean", "said"),
    [
        (
            Interval(0.004, -0.012, 0.021),
            "Over 5 seeds each, with those that came with kdviz, no clear difference: B is 0.4 points (−1.2 to "
            "2.1) more accurate on average.",
        ),
        (
            Interval(-0.03, -0.05, -0.01),
            "So it is over 5 seeds each, with those that came with kdviz: A is 3.0 points (1.0 to 5.0) more "
            "accurate on average.",
        ),
        (
            Interval(0.03, 0.01, 0.05),
            "But over 5 seeds each, with those that came with kdviz, B is 3.0 points (1.0 to 5.0) more accurate "
            "on average.",
        ),
    ],
)
def test_several_seeds_say_whether_it_is_more_than_luck(mean, said):
    seeds, lead = SeedLead(5, mean), Interval(-0.118, -0.134, -0.104)
    assert accuracy_lead_text(lead, ("A", "B"), images=2000, seeds=seeds) == (
        f"**A is 11.8 points (10.4 to 13.4) more accurate than B** (these two runs, tested on 2,000 images). {said}"
    )
    unpaired = accuracy_lead_text(Interval(-0.118, NAN, NAN), ("A", "B"), seeds=seeds)
    assert unpaired == f"**A is 11.8 points more accurate than B** (these two runs). {said}"


def test_answers_gained_and_lost_are_said_of_the_run_that_gets_them():
    changes = replace(answer_changes(made(), made(answers=LATER)), broken=np.arange(3))
    assert answers_gained_text(changes, ("B", "A")) == (
        "A gets 2 right that B got wrong, and 3 wrong that B got right."
    )
