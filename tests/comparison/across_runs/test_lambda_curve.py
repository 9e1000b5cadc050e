"""The λ curve holds what runs have measured, each student once, and says what is missing."""

import math
from types import SimpleNamespace

import pytest

from kdviz.comparison.across_runs.lambda_curve import (
    LADDER,
    Dot,
    best,
    dots,
    experiment,
    mean_by_weight,
    measured_curve,
    merged,
    missing,
    similar_runs,
)
from kdviz.config import changed
from kdviz.modalities import MODALITIES
from kdviz.types import INPUT_NAMES, Agreement, ArmResult


def results(accuracy, agreement):
    cosine = Agreement(math.nan, math.nan, agreement, math.nan, math.nan, 9, 0.0)
    return ArmResult(1, accuracy, agreement={"cosine": cosine})


def run(weight, seed=0, state="finished", twin=None, **more):
    config = changed(experiment("image", weight, seed), **more)
    figures = {"teacher": ArmResult(1, 1.0), "student": results(0.5 + weight / 100, 0.1 * weight)}
    if twin is not None:
        figures["twin"] = results(twin, 0.0)
    return SimpleNamespace(config=config, state=state, results=figures if state == "finished" else None)


def test_runs_that_differ_in_anything_but_weight_seed_and_arms_are_no_part_of_the_curve():
    same = [run(1.0), run(3.0, seed=2, arms=["student", "twin"], device="cpu")]
    other = [run(1.0, epochs=7), run(1.0, temperature=2.0), run(1.0, train_count=100)]
    assert similar_runs([*same, *other], experiment("image", 30.0)) == same


def test_a_twin_is_the_student_at_weight_0_of_its_seed_and_is_counted_once():
    found = dots([run(3.0, twin=0.2), run(1.0, twin=0.4), run(3.0, seed=1, twin=0.3)])
    assert found == [
        Dot(0.0, 0, 0.2, 0.0),
        Dot(0.0, 1, 0.3, 0.0),
        Dot(1.0, 0, pytest.approx(0.51), pytest.approx(0.1)),
        Dot(3.0, 0, pytest.approx(0.53), pytest.approx(0.3)),
        Dot(3.0, 1, pytest.approx(0.53), pytest.approx(0.3)),
    ]


@pytest.mark.parametrize("state", ["running", "queued", "failed", "cancelled"])
def test_a_run_that_has_not_finished_is_no_dot(state):
    assert dots([run(1.0, state=state)]) == []


def test_missing_values_are_listed_by_seed():
    found = dots([run(1.0, twin=0.2), run(30.0, seed=1)])
    assert missing(found, 0) == [weight for weight in LADDER if weight not in (0.0, 1.0)]
    assert missing(found, 1) == [weight for weight in LADDER if weight != 30.0]
    assert missing(found, 2) == list(LADDER)


def test_what_was_measured_here_takes_the_place_of_what_came_along():
    came = [Dot(1.0, 0, 0.5, 0.1), Dot(1.0, 1, 0.6, 0.1)]
    here = [Dot(1.0, 1, 0.7, 0.2), Dot(0.0, 0, 0.1, 0.0)]
    assert merged(came, here) == [here[1], came[0], here[0]]


def test_the_best_weight_has_the_highest_mean_accuracy_and_is_the_smaller_of_two_equal_ones():
    found = [Dot(1.0, 0, 0.9, 0), Dot(1.0, 1, 0.1, 0), Dot(3.0, 0, 0.6, 0.2), Dot(10.0, 0, 0.6, 0.4)]
    assert best(found) == 3.0
    assert best([]) is None
    assert mean_by_weight(found)[1.0] == Dot(1.0, 2, 0.5, 0)


@pytest.mark.parametrize("modality", MODALITIES)
def test_the_table_that_comes_with_the_package_is_the_experiment_measured_with_each_seed(modality):
    curve = measured_curve(modality)
    seeds = {dot.seed for dot in curve.dots}
    assert [missing(curve.dots, seed) for seed in seeds] == [[]] * len(seeds)
    assert all(0 <= dot.accuracy <= 1 and -1 <= dot.agreement <= 1 for dot in curve.dots)
    assert "scripts/measure_lambda.py" in curve.origin[0]
    config = experiment(modality, 1.0)
    assert f"{config.train_count} {INPUT_NAMES[modality]}, {config.epochs} epochs" in curve.origin[2]


@pytest.mark.parametrize("modality", MODALITIES)
def test_the_experiment_trains_its_student_alone(modality):
    assert [experiment(modality, weight).arms for weight in (0.0, 30.0)] == [("student",)] * 2
