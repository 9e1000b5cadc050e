"""Removing a planted cue from test images, recounted image by image."""

import pytest
from scipy.stats import binomtest

from kdviz.comparison import cue_effects, cue_removals, known_cue_removals
from kdviz.progress import run_to_end
from kdviz.store import Store
from kdviz.types import ARMS


def test_the_changed_answers_are_those_that_explain_shows(finished):
    store, run_id = finished
    run = store.run(run_id)
    arms = tuple(arm for arm in ARMS if arm in run.config.all_arms)
    effects = [cue_effects(store, run_id, index, arms=arms) for index in range(24)]
    found = run_to_end(cue_removals(store, run_id))
    assert [each.arm for each in found] == list(arms)
    for each in found:
        changed = sum(of[each.arm].without != of[each.arm].predicted for of in effects)
        interval = binomtest(changed, 24).proportion_ci(method="wilson")
        assert (each.changed.value, each.n) == (changed / 24, 24)
        assert (each.changed.low, each.changed.high) == pytest.approx((interval.low, interval.high), abs=1e-6)
    assert any(each.changed.value for each in found)
    assert known_cue_removals(store, run) == found


def test_a_tint_is_removed_too(train_tiny, tmp_path):
    """It has no place, and turns grey images into coloured ones."""
    store = Store(tmp_path / "runs")
    run_id = train_tiny(store, cue="tint", arms=("student", "twin"))
    assert known_cue_removals(store, store.run(run_id)) is None
    assert [each.n for each in run_to_end(cue_removals(store, run_id))] == [24, 24, 24]
