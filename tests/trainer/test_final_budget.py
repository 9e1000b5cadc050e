"""What is computed after training costs at most a fifth of a run, counted pass by pass."""

from collections import Counter

import pytest
import torch

from kdviz.models import Network, multiply_adds
from kdviz.trainer import distill, final_budget
from kdviz.trainer.final_budget import (
    FEWEST_IMAGES,
    FINAL_SHARE,
    FREE_MULTIPLY_ADDS,
    FinalWork,
    PassCost,
    final_work,
    run_multiply_adds,
)
from kdviz.trainer.teacher_cache import TEACHER_RESULTS
from kdviz.types import SnapshotTaken, TeacherReady

MOST = FinalWork(maps=2000, held_out=100, steps=32)
COST = PassCost(teacher=6_000_000, arms=4_000_000)


@pytest.fixture
def spent(monkeypatch):
    """Multiply-adds since the last `clear`. An image counts when it enters a network; three times with a gradient."""
    counts: Counter[str] = Counter()
    costs: dict[tuple[int, ...], int] = {}
    run = Network._run

    def counted(network, features, start, stop):
        if start == 0 and not features.is_meta:
            shape = tuple(features.shape[1:])
            key = (sum(each.numel() for each in network.parameters()), *shape)
            if key not in costs:
                costs[key] = multiply_adds(network, shape)
            counts["all"] += len(features) * costs[key] * (3 if torch.is_grad_enabled() else 1)
        return run(network, features, start, stop)

    def whole(network, embedded):
        return network.head(network._run(embedded, 0, len(network.stages)))

    monkeypatch.setattr(Network, "_run", counted)
    monkeypatch.setattr(Network, "forward_embedded", whole)
    return counts


@pytest.mark.parametrize("settings", [{}, {"cue": "hue-patch"}, {"train_count": 80}], ids=str)
def test_a_run_spends_at_most_a_fifth_on_its_final_figures(tiny_config, spent, monkeypatch, settings):
    """Of the students' stage, so with a teacher that is ready; without the free allowance."""
    monkeypatch.setattr(final_budget, "FREE_MULTIPLY_ADDS", 0)
    TEACHER_RESULTS.clear()
    training = 0
    for event in distill(tiny_config(arms=("student", "twin", "placebo"), epochs=12, **settings)):
        if isinstance(event, TeacherReady):
            spent.clear()
        if isinstance(event, SnapshotTaken) and (event.stage, event.epoch) == ("students", 12):
            training = spent["all"]
            spent.clear()
    assert 0 < spent["all"] <= FINAL_SHARE * (training + spent["all"])
    assert FEWEST_IMAGES <= event.arms["student"].held_out.n <= 24


def cost_of(work, predicted):
    """By hand: predictions, maps, and a forward and a backward pass for every step."""
    images = predicted + work.maps + 3 * work.steps * work.held_out
    return images * (COST.teacher + COST.arms)


@pytest.mark.parametrize("exponent", range(40))
def test_what_is_planned_stays_in_the_budget_and_uses_it(exponent):
    run = int(1.5**exponent * 1e7)
    budget, predicted = max(FREE_MULTIPLY_ADDS, run / 4), 3000
    work = final_work(COST, run=run, predicted=predicted, most=MOST)
    assert cost_of(work, predicted) <= budget
    if work != MOST:
        more = FinalWork(work.maps, work.held_out + 1, work.steps)
        assert cost_of(more, predicted) > budget


def test_steps_are_reduced_before_images_are_few_and_nothing_below_the_fewest():
    plans = [
        final_work(PassCost(side**2, side**2), run=0, predicted=0, most=MOST)
        for side in range(100, 90_000, 500)
    ]
    assert plans[0] == MOST
    assert plans[-1] == FinalWork(maps=FEWEST_IMAGES, held_out=FEWEST_IMAGES, steps=4)
    for plan in plans:
        assert plan.held_out >= min(48, plan.maps) or plan.steps == 4
    assert [plan.maps for plan in plans] == sorted((plan.maps for plan in plans), reverse=True)


def test_a_run_is_counted_by_hand():
    assert run_multiply_adds(PassCost(teacher=5, arms=2), trained=10, evaluated=4, views=7) == 103
