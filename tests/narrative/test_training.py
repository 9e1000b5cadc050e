"""Runs that were not trained long enough for a finding."""

from dataclasses import replace

import pytest
from scipy.stats import ttest_ind

from kdviz.narrative import survey_headline, training_caveat
from kdviz.narrative.training import RISING as LEAST_RISE
from kdviz.narrative.training import is_clear_rise, latest_rise
from kdviz.store import Store, grouped
from kdviz.store.prepared import RUN
from kdviz.types import ArmResult, Measured
from tests.comparison.made import RAW, made

RISING = (
    "Still improving at the end: the {arm}'s validation accuracy rose by {points} points over the last quarter "
    "of the epochs. More epochs would tell more."
)
FAR = "Student and twin are far from their teacher: more epochs or images would tell more."
LEVEL = [0.3, 0.5, 0.7, 0.8, 0.8, 0.8, 0.8, 0.8]


@pytest.fixture
def run(tmp_path):
    store = Store(tmp_path / "runs")
    return store.run(store.create({"dataset": "shapes", "epochs": 12}))


def curves(*, student, twin=LEVEL, teacher=0.9, name="validation_accuracy", **more):
    """As they are measured: the teacher and the state before the first epoch at 0."""
    yield Measured("students", 0.0, "teacher", {"validation_accuracy": teacher})
    for arm, values in (("student", student), ("twin", twin)):
        yield Measured("students", 0.0, arm, {name: 0.0, **more})
        for epoch, value in enumerate(values, start=1):
            yield Measured("students", epoch - 0.5, arm, {"ce": 1.0})
            yield Measured("students", float(epoch), arm, {name: value, **more})


def caveat(run, state="finished", **values):
    ended = replace(run, record=replace(run.record, state=state))
    return training_caveat(ended, list(curves(**values)))


@pytest.mark.parametrize(
    ("values", "rising"),
    [
        (LEVEL, False),
        ([0.3, 0.4, 0.5, 0.6, 0.70, 0.70, 0.74, 0.74], True),
        ([0.3, 0.4, 0.5, 0.6, 0.70, 0.70, 0.72, 0.72], False),
        ([0.5] * 9 + [0.6] * 3, True),
        ([0.1, 0.9, 0.9], False),
        ([], False),
    ],
)
def test_a_curve_rises_where_its_last_quarter_is_three_points_above_the_one_before(values, rising):
    assert (latest_rise(dict(enumerate(values, start=1))) > LEAST_RISE) is rising


@pytest.mark.parametrize(
    ("last", "clear"),
    [([0.65, 0.81, 0.70, 0.81], False), ([0.74, 0.75, 0.74, 0.75], True), ([0.68, 0.82, 0.69, 0.82], True)],
)
def test_a_rise_within_the_zigzag_of_a_curve_is_none(last, clear):
    """By Welch's test of the last quarter against the one before, whose statistic is t."""
    before = [0.60, 0.70, 0.58, 0.70]
    curve = dict(enumerate([0.3] * 8 + before + last, start=1))
    assert latest_rise(curve) > LEAST_RISE
    t = ttest_ind(last, before, equal_var=False).statistic
    assert is_clear_rise(curve) is bool(t > 2) is clear


def test_a_run_whose_curves_are_level_needs_no_caveat(run):
    assert caveat(run, student=LEVEL) == ""


@pytest.mark.parametrize("state", ["cancelled", "interrupted", "failed"])
def test_a_stopped_run_says_after_how_many_epochs(run, state):
    assert caveat(run, state, student=LEVEL[:3], twin=LEVEL[:3]) == (
        "Stopped after 3 of 12 epochs: too early to tell."
    )


def test_few_epochs_and_rising_curves_are_too_early(run):
    assert caveat(run, student=LEVEL[:2], twin=LEVEL[:2]) == "Trained for 2 epochs only: too early to tell."
    # (0.7 + 0.8) / 2 − (0.5 + 0.6) / 2
    steady = [0.1 * n for n in range(1, 9)]
    assert caveat(run, student=steady) == RISING.format(arm="student", points="20.0")
    assert caveat(run, student=LEVEL, twin=steady) == RISING.format(arm="twin", points="20.0")


def test_a_rise_that_is_small_beside_the_difference_leaves_the_finding(run):
    """As of the opening experiment: the twin gains 4 points, and 30 are between the two."""
    slow = [0.3, 0.35, 0.38, 0.40, 0.42, 0.42, 0.46, 0.46]
    assert caveat(run, student=LEVEL, twin=slow) == ""
    near = [value - 0.28 for value in LEVEL]
    assert caveat(run, student=near, twin=slow) == RISING.format(arm="twin", points="4.0")


def test_both_far_from_the_teacher_is_too_early_but_one_of_them_is_a_finding(run):
    assert caveat(run, student=[0.3] * 8, twin=[0.3] * 8) == FAR
    assert caveat(run, student=[0.3] * 8) == ""
    # With a cue, the accuracy as they were trained counts: a misled twin has learnt something.
    assert caveat(run, student=[0.3] * 8, twin=[0.3] * 8, cue_intact_accuracy=0.9) == ""


def test_without_metrics_nothing_is_said(run):
    assert training_caveat(run, []) == ""


def test_the_prepared_run_was_trained_long_enough(tmp_path):
    store = Store(tmp_path / "runs")
    run_id = store.import_run(RUN)
    assert training_caveat(store.run(run_id), grouped(store.metrics(run_id))) == ""


GUESSES = "The teacher is not clearly better than guessing, so there is little to learn from it."


@pytest.mark.parametrize(
    ("right", "counts", "guesses"),
    [
        (6, (6, 6), True),
        (9, (6, 6), True),  # 9 of 12 or more by chance: (220 + 66 + 12 + 1) / 4096 = 7 %
        (10, (6, 6), False),  # 79 / 4096 = 2 %
        (90, (90, 10), True),  # what always naming the commonest class gets
        (6, (), False),  # unknown
    ],
)
def test_a_teacher_no_better_than_chance_teaches_nothing_whatever_the_curves(run, right, counts, guesses):
    teacher = ArmResult(parameters=1, accuracy=right / (sum(counts) or 12))
    known = replace(run, results={"teacher": teacher}, record=replace(run.record, state="finished"))
    for student in (LEVEL, LEVEL[:2]):
        said = training_caveat(known, list(curves(student=student, twin=student)), counts)
        assert (said == GUESSES) is guesses


def test_agreement_gives_the_figures_after_a_caveat():
    assert survey_headline(made(raw=RAW), trained_on="grad-cam", early=True) == (
        "So far, agreement, student − twin: by Grad-CAM +0.20 (0.20 to 0.20) on 7 images."
    )
