"""A study as a grid: axes, places, the front, and the best."""

import math
from itertools import product

import numpy as np
import pytest

from kdviz.agreement import hierarchical_bootstrap
from kdviz.study import (
    axes,
    best_of,
    carry_out,
    lead_over,
    pareto_front,
    read_study,
    students,
    students_at,
    tidy_table,
)
from kdviz.study.sweep import Student
from tests.study.made import FEW, Trainer, written

LOSSES = """
name = "Losses"
[settings]
dataset = "shapes"
arms = ["student", "placebo"]
[grid]
temperature = [1, 4]
explanation_loss = ["grad-cam", "attention-transfer", "input-gradient"]
explanation_weight = [0, 3]
seed = [0, 1]
"""


def brute_force(points):
    known = [(place, point) for place, point in enumerate(points) if not any(map(math.isnan, point))]
    return [
        place
        for place, (a, b) in known
        if not any(c >= a and d >= b and (c > a or d > b) for _other, (c, d) in known)
    ]


@pytest.mark.parametrize("seed", range(30))
def test_the_front_is_what_nothing_is_better_than_in_both(seed):
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 6, size=(rng.integers(0, 25), 2)) / 4  # with many ties
    points[rng.random(points.shape) < 0.05] = np.nan
    asked = [(float(a), float(b)) for a, b in points]
    assert pareto_front(asked) == brute_force(asked)


def student(accuracy, seed=0):
    return Student(f"run{seed}", seed, {}, {"accuracy": accuracy})


def test_the_best_is_sure_where_it_is_ahead_for_every_seed():
    """The lead is the mean of the paired differences, whatever seeds do to both."""
    ahead = {1.0: [student(0.5, 0), student(0.7, 1)], 3.0: [student(0.6, 0), student(0.8, 1)]}
    best = best_of(ahead, "accuracy")
    assert (best.value, best.second, best.close, best.values) == (3.0, 1.0, (), (1.0, 3.0))
    assert best.mean == pytest.approx(0.7)
    assert (best.lead.ahead, best.lead.seeds, best.lead.sure) == (2, 2, True)
    assert [best.lead.difference.value, best.lead.difference.low] == pytest.approx([0.1, 0.1])


def test_a_lead_has_the_interval_of_its_paired_differences():
    more, less = {0: 0.5, 1: 0.9, 2: 0.7, 3: 1.0}, {0: 0.4, 1: 0.5, 2: 0.8, 4: 0.0}
    lead = lead_over(more, less)
    assert lead.difference == hierarchical_bootstrap([0.5 - 0.4, 0.9 - 0.5, 0.7 - 0.8])
    assert (lead.ahead, lead.seeds, lead.sure) == (2, 3, False)
    assert lead_over({0: 1.0}, {1: 1.0}) is None


def test_values_that_may_also_be_the_best_are_close_the_highest_mean_first():
    crossed = {
        1.0: [student(0.5, 0), student(0.5, 1)],
        3.0: [student(0.0, 0), student(1.2, 1)],
        10.0: [student(0.1, 0), student(0.2, 1)],
    }
    best = best_of(crossed, "accuracy")
    assert (best.value, best.second, best.close) == (3.0, 1.0, (1.0, 10.0))
    assert not best.lead.sure


def test_only_seeds_that_all_values_have_are_compared():
    """With its lucky third seed 1 would be the best of all means."""
    uneven = {
        1.0: [student(0.5, 0), student(0.5, 1), student(9.0, 2)],
        3.0: [student(0.6, 0), student(0.6, 1)],
        10.0: [],
    }
    best = best_of(uneven, "accuracy")
    assert (best.value, best.lead.seeds, best.values) == (3.0, 2, (1.0, 3.0))


def test_one_seed_tells_no_value_from_another():
    best = best_of({1.0: [student(0.5)], 3.0: [student(0.6)]}, "accuracy")
    assert (best.value, best.lead.seeds, best.close) == (3.0, 1, (1.0,))
    assert math.isnan(best.lead.difference.low)


def test_there_is_no_best_of_one():
    assert best_of({1.0: [student(0.5)], 3.0: [student(math.nan)]}, "accuracy") is None
    assert best_of({}, "accuracy") is None


def test_axes_are_what_varies_but_the_seed_lambda_first(tmp_path):
    study, points = read_study(written(tmp_path, LOSSES))
    assert axes(study, points) == {
        "explanation_weight": (0.0, 3.0),
        "temperature": (1.0, 4.0),
        "explanation_loss": ("grad-cam", "attention-transfer", "input-gradient"),
    }


def test_without_lambda_a_student_stands_at_every_loss(tmp_path, store):
    study, points = read_study(written(tmp_path, LOSSES))
    done = list(carry_out(store, study, points, execute=Trainer()))
    assert len(done) == 2 * 2 * (1 + 3)
    found = students(study, tidy_table(study, done))
    varied = axes(study, points)
    for values in product(*varied.values()):
        place = dict(zip(varied, values, strict=True))
        assert [each.seed for each in students_at(found, place)] == [0, 1], place


def test_gains_are_over_the_student_without_lambda_and_over_the_placebo_of_the_same_seed(tmp_path, store):
    study, points = read_study(written(tmp_path, FEW))
    found = students(study, tidy_table(study, carry_out(store, study, points, execute=Trainer())))
    with_lambda = students_at(found, {"explanation_weight": 3.0})
    assert [each.seed for each in with_lambda] == [0, 1, 2]
    for each in with_lambda:
        assert each.figures["less_twin"] == pytest.approx(0.03)
        assert each.figures["less_placebo"] == pytest.approx(0.015)
    assert all(
        math.isnan(each.figures["less_twin"]) for each in students_at(found, {"explanation_weight": 0.0})
    )
