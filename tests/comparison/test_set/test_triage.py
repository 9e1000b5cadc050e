import math
from dataclasses import replace

import numpy as np
import pytest

from kdviz.comparison import (
    ArmPredictions,
    ImageFilter,
    TriageRow,
    alike_above,
    box_counts,
    boxes,
    error_ranking,
    survey_cue_classes,
    triage,
)
from kdviz.narrative import tells_errors
from tests.comparison.made import made, scores

BY_HAND = (
    "right-alike",
    "right-apart",
    "wrong-alike",  # the student's answer is wrong
    "wrong-apart",  # both give the same wrong answer
    "right-alike",
    "right-apart",
    "right-alike",
    None,
)


def test_maps_look_alike_above_what_all_but_a_twentieth_of_unrelated_ones_score():
    survey = made()
    unrelated = survey.scores["student"]["cosine"].unrelated
    unrelated[:7] = [[step / 13, (step + 7) / 13] for step in range(7)]  # 0, 1/13, … 1: quantiles by eye
    assert alike_above(survey) == pytest.approx(0.95)
    assert alike_above(survey, corrected=True) == pytest.approx((0.95 - 0.2) / 0.8)


def test_an_image_is_in_a_box_by_both_answers_and_by_its_maps():
    assert boxes(made()) == BY_HAND
    assert box_counts(made()) == {
        "right-alike": 3,
        "right-apart": 2,
        "wrong-alike": 1,
        "wrong-apart": 1,
        None: 1,
    }


def test_a_teacher_that_is_wrong_is_not_right_for_any_reason():
    assert boxes(made(), "twin")[3] == "wrong-apart"  # the twin is right, the teacher is not


def test_as_much_as_unrelated_maps_is_not_alike():
    survey = made()
    survey.scores["student"]["cosine"].unrelated[:7] = 0.5
    assert boxes(survey)[1] == "right-apart"


def test_where_no_map_is_defined_no_image_is_in_a_box():
    survey = made(arms=("placebo",))
    assert boxes(survey, "placebo") == (None,) * 8
    assert math.isnan(alike_above(survey, "placebo"))


def test_the_worst_disagreement_comes_first_and_the_undefined_last():
    rows = triage(made())
    assert [row.index for row in rows] == [11, 13, 15, 10, 12, 14, 16, 17]
    assert rows[0] == TriageRow(
        11, 0, 0, 0, pytest.approx(0.55), 0.5, pytest.approx((0.5 - 0.2) / 0.8), "right-apart"
    )
    assert math.isnan(rows[-1].score)
    assert rows[-1].box is None


@pytest.mark.parametrize(
    ("wanted", "indices"),
    [
        (ImageFilter(label=1), [15, 14, 16, 17]),
        (ImageFilter(correct=False), [13, 12, 17]),
        (ImageFilter(correct=True, label=0), [11, 10]),
        (ImageFilter(unfaithful=True), [12, 17]),
        (ImageFilter(box="right-apart"), [11, 15]),
        (ImageFilter(indices=frozenset({17, 14, 11, 99})), [11, 14, 17]),
        (ImageFilter(indices=frozenset()), []),
    ],
)
def test_only_what_meets_every_condition_is_listed(wanted, indices):
    assert [row.index for row in triage(made(), wanted)] == indices


def test_another_arm_has_its_own_list():
    assert [row.index for row in triage(made(), ImageFilter(unfaithful=True), arm="twin")] == [13]


def test_images_can_be_listed_by_what_a_random_cue_indicates():
    survey = made()
    lucky = survey_cue_classes(survey) == survey.labels
    for wanted, there in ((True, lucky), (False, ~lucky)):
        found = [row.index for row in triage(survey, ImageFilter(lucky=wanted))]
        assert sorted(found) == survey.indices[there].tolist()
        assert found


def test_agreement_is_judged_by_how_often_an_error_has_the_lower_one():
    """Twelve errors and twelve right answers, agreement 0, 1, … 23: every error has a lower one but the last."""
    survey, count = made(), 25
    labels = np.zeros(count, dtype=int)
    predicted = np.array([1] * 11 + [0] * 12 + [1, 0])
    raw = np.array([*range(24), np.nan]) / 24
    known = replace(
        survey,
        labels=labels,
        indices=np.arange(count),
        predictions={"teacher": ArmPredictions(labels, raw), "student": ArmPredictions(predicted, raw)},
        scores={"student": {"cosine": scores(raw)}},
    )
    assert error_ranking(known).value == pytest.approx(11 / 12)
    assert tells_errors(known).startswith(
        "Agreement tells where the student errs: of a wrongly and a rightly answered image, the wrong one has the "
        "lower agreement in 91.7"
    )
    right = replace(known, predictions={**known.predictions, "student": ArmPredictions(labels, raw)})
    assert error_ranking(right) is None
    assert tells_errors(right) == ""
    noise = replace(known, scores={"student": {"cosine": scores(np.roll(raw, 7))}})
    assert tells_errors(noise).startswith("Agreement does not tell where the student errs: ")
