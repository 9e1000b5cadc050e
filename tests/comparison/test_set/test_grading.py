import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import bootstrap

from kdviz.agreement import MEASURES, Verdict
from kdviz.comparison import (
    ArmPredictions,
    by_class,
    by_measure,
    calibration,
    calibration_difference,
    confusion,
    confusion_difference,
    difference,
)
from tests.comparison.made import made


def test_the_table_has_every_measure_of_every_arm_with_its_meaning():
    rows = by_measure(made())
    assert [(row.measure, row.arm) for row in rows] == [(m, a) for m in MEASURES for a in ("student", "twin")]
    assert {row.about for row in rows} == {spec.about for spec in MEASURES.values()}
    student = rows[0].score
    raw = (4 * 0.9 + 3 * 0.5) / 7
    assert (student.raw, student.chance, student.n) == (pytest.approx(raw), pytest.approx(0.2), 7)
    assert student.corrected == pytest.approx((raw - 0.2) / 0.8)
    assert student.low < student.corrected < student.high
    assert student.dead_rate == pytest.approx(1 / 8)


def test_the_table_of_an_arm_without_any_map_is_nan_and_counts_none():
    (row, *_) = by_measure(made(arms=("placebo",)))
    assert (row.score.n, row.score.dead_rate) == (0, 1)
    assert np.isnan([row.score.raw, row.score.corrected, row.score.low]).all()


def test_beside_each_score_stands_that_of_the_maps_without_their_signs():
    signed = made()
    assert {row.unsigned for row in by_measure(signed)} == {None}
    turned = replace(signed, unsigned={"student": signed.scores["twin"], "twin": signed.scores["student"]})
    student, twin = by_measure(turned)[:2]
    assert (student.unsigned, twin.unsigned) == (twin.score, student.score)


def test_the_calibration_error_is_the_gap_between_confidence_and_being_right_by_hand():
    confidence = np.linspace(0.5, 0.85, 8, dtype=np.float32).astype(float)
    right = np.array([1, 1, 0, 0, 1, 1, 1, 0])
    bins = np.ceil(15 * confidence)
    gaps = [abs((right - confidence)[bins == each].sum()) for each in set(bins)]
    assert calibration(made(), "student") == pytest.approx(sum(gaps) / 8)


def error_of(confidence, right):
    """The expected calibration error by its definition, a bin after the other."""
    bins = np.ceil(15 * confidence)
    return sum(abs((right - confidence)[bins == each].sum()) for each in set(bins)) / len(right)


def test_the_difference_of_two_calibration_errors_has_the_interval_of_another_bootstrap():
    rng = np.random.default_rng(0)
    labels = np.zeros(120, dtype=np.int64)
    confidence = {arm: rng.uniform(0.5, 1, 120).astype(np.float32) for arm in ("student", "twin")}
    answers = {"student": rng.integers(0, 2, 120), "twin": (rng.uniform(0.4, 0.9, 120) < 0.5).astype(int)}
    of_arms = {arm: ArmPredictions(answers[arm], confidence[arm]) for arm in answers}
    survey = replace(made(), labels=labels, predictions=of_arms)
    found = calibration_difference(survey)
    assert found.value == pytest.approx(calibration(survey, "student") - calibration(survey, "twin"))

    def lead(places):
        errors = [
            error_of(confidence[arm][places].astype(float), (answers[arm] == labels)[places].astype(float))
            for arm in ("student", "twin")
        ]
        return errors[0] - errors[1]

    expected = bootstrap(
        (np.arange(120),), lead, n_resamples=1000, method="percentile", vectorized=False, rng=rng
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.02)


def test_a_difference_that_is_the_same_on_every_image_has_no_doubt():
    found = difference(made())
    gain = found.agreement
    assert [gain.value, gain.low, gain.high] == [pytest.approx(0.16 / 0.8)] * 3
    assert found.n == 7  # the undefined image takes no part
    assert found.verdict is Verdict.BETTER


def test_the_accuracies_are_compared_on_all_images():
    found = difference(made())
    assert found.accuracy.value == pytest.approx(5 / 8 - 1)  # the student is wrong on 12, 13 and 17
    assert found.accuracy.low < found.accuracy.value < found.accuracy.high


def test_the_other_way_round_it_is_the_other_verdict():
    found = difference(made(), "student", arm="twin")
    assert found.agreement.value == pytest.approx(-0.16 / 0.8)
    assert found.verdict is Verdict.WORSE


def test_without_a_defined_pair_the_difference_is_undefined():
    found = difference(made(arms=("student", "placebo")), "placebo")
    assert (found.n, found.verdict) == (0, Verdict.NO_ERROR_BAR)
    assert math.isnan(found.agreement.value)


def test_each_class_has_its_own_agreement_and_accuracy():
    cat, dog, newt = by_class(made())
    assert (cat.name, cat.count, cat.accuracy) == ("cat", 4, 0.5)
    assert cat.score.corrected == pytest.approx((0.7 - 0.2) / 0.8)
    assert (dog.count, dog.accuracy, dog.score.n) == (4, 0.75, 3)
    assert dog.score.corrected == pytest.approx((2.3 / 3 - 0.2) / 0.8)
    assert (newt.count, newt.score.n) == (0, 0)
    assert np.isnan([newt.accuracy, newt.score.corrected, newt.score.dead_rate]).all()


def test_confusion_counts_labels_by_answers():
    np.testing.assert_array_equal(confusion(made(), "student"), [[2, 2, 0], [1, 3, 0], [0, 0, 0]])
    np.testing.assert_array_equal(confusion(made(), "teacher"), [[3, 1, 0], [0, 4, 0], [0, 0, 0]])


def test_the_confusion_difference_is_a_share_of_the_labels_images():
    expected = [[-0.25, 0.25, 0], [0.25, -0.25, 0], [math.nan] * 3]
    np.testing.assert_array_equal(confusion_difference(made()), expected)
