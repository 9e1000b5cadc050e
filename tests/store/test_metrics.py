"""Curves: kept, thinned, polled, and cut when a run is resumed."""

import math

import pytest

from kdviz.store import Progress, grouped
from kdviz.store.metrics import LIVE_POINTS, LIVE_POINTS_PER_EPOCH
from kdviz.types import Measured
from tests.store.conftest import probe, snapshot


def told(store, run_id, after=0):
    return [(m.stage, m.epoch, m.arm, m.measure, m.value) for m in store.metrics(run_id, after)]


def test_numbers_come_back_in_the_order_of_writing(store, run_id):
    store.add_metrics(run_id, Measured("teacher", 1.0, "teacher", {"loss": 0.5, "seconds": 2.0}))
    store.add_metrics(run_id, Measured("students", 0.5, "twin", {"loss": 0.25}))
    assert told(store, run_id) == [
        ("teacher", 1.0, "teacher", "loss", 0.5),
        ("teacher", 1.0, "teacher", "seconds", 2.0),
        ("students", 0.5, "twin", "loss", 0.25),
    ]


def test_undefined_stays_undefined(store, run_id):
    store.add_metrics(run_id, Measured("students", 1.0, "student", {"agreement": math.nan, "loss": math.inf}))
    agreement, loss = store.metrics(run_id)
    assert math.isnan(agreement.value)
    assert loss.value == math.inf


def test_polling_from_the_last_row_seen_brings_only_what_is_new(store, run_id):
    store.add_metrics(run_id, Measured("students", 1.0, "student", {"loss": 0.5}))
    seen = store.metrics(run_id)[-1].row
    assert store.metrics(run_id, after=seen) == []
    store.add_metrics(run_id, Measured("students", 2.0, "student", {"loss": 0.4}))
    assert told(store, run_id, after=seen) == [("students", 2.0, "student", "loss", 0.4)]


def test_runs_do_not_see_each_others_numbers(store, run_id):
    other = store.create({})
    store.add_metrics(other, Measured("students", 1.0, "student", {"loss": 0.5}))
    assert store.metrics(run_id) == []


def test_a_number_measured_again_replaces_the_first_and_is_new_to_a_poller(store, run_id):
    store.add_metrics(run_id, Measured("students", 1.0, "student", {"loss": 0.5}))
    seen = store.metrics(run_id)[-1].row
    store.add_metrics(run_id, Measured("students", 1.0, "student", {"loss": 0.4}))
    assert (
        told(store, run_id) == told(store, run_id, after=seen) == [("students", 1.0, "student", "loss", 0.4)]
    )


@pytest.mark.parametrize(("epochs", "steps"), [(1, 1000), (3, 300), (1500, 2)])
def test_points_within_epochs_do_not_grow_without_bound(store, run_id, epochs, steps):
    store.set_progress(run_id, Progress(stage="students", epochs=epochs))
    for step in range(1, epochs * steps):
        if step % steps:
            store.add_metrics(run_id, Measured("students", step / steps, "student", {"loss": 1.0}))
    kept = len(store.metrics(run_id))
    bound = min(LIVE_POINTS, epochs * LIVE_POINTS_PER_EPOCH)
    assert 0.9 * min(bound, epochs * (steps - 1)) <= kept <= bound + 1


def test_thinning_spares_the_ends_of_epochs_and_other_arms(store, run_id):
    store.set_progress(run_id, Progress(stage="students", epochs=1))
    for arm in ("student", "twin"):
        for epoch in (0.001, 0.002, 0.003, 1.0):
            store.add_metrics(run_id, Measured("students", epoch, arm, {"loss": epoch}))
    assert [(m.arm, m.epoch) for m in store.metrics(run_id)] == [
        ("student", 0.001),
        ("student", 1.0),
        ("twin", 0.001),
        ("twin", 1.0),
    ]


def test_more_numbers_of_a_point_that_was_kept_are_kept(store, run_id):
    store.add_metrics(run_id, Measured("students", 0.01, "student", {"loss": 1.0}))
    store.add_metrics(run_id, Measured("students", 0.01, "student", {"ce": 2.0}))
    assert [m.measure for m in store.metrics(run_id)] == ["loss", "ce"]


def record(store, run_id):
    """A run that died in its third student epoch, after two snapshots of the students."""
    for stage, arm, epoch in [
        ("teacher", "teacher", 1.0),
        ("students", "student", 0.5),
        ("students", "student", 1.0),
        ("students", "student", 2.0),
        ("students", "student", 2.5),
        ("students", "student", 3.0),
    ]:
        store.add_metrics(run_id, Measured(stage, epoch, arm, {"loss": epoch}))
    for epoch in (1, 2, 3):
        store.save_probe(run_id, probe(epoch))


@pytest.mark.parametrize(
    ("saved", "epochs_left", "probes_left"),
    [
        (("students", 2), [1.0, 0.5, 1.0, 2.0], [1, 2]),
        (("teacher", 1), [1.0], []),
        (None, [], []),
    ],
)
def test_rewinding_forgets_what_came_after_the_snapshot(store, run_id, saved, epochs_left, probes_left):
    record(store, run_id)
    if saved:
        store.save_snapshot(run_id, snapshot(*saved))
    state = store.rewind(run_id)
    assert (state and state["epoch"]) == (saved and saved[1])
    assert [m.epoch for m in store.metrics(run_id)] == epochs_left
    assert store.probe_epochs(run_id) == probes_left


def test_rows_written_after_rewinding_are_new_to_every_poller(store, run_id):
    record(store, run_id)
    seen = store.metrics(run_id)[-1].row
    attempt = store.run(run_id).record.attempt
    store.rewind(run_id)
    store.add_metrics(run_id, Measured("students", 1.0, "student", {"loss": 0.1}))
    assert [m.value for m in store.metrics(run_id, after=seen)] == [0.1]
    assert store.run(run_id).record.attempt == attempt + 1


def test_rows_are_grouped_as_they_were_measured(store, run_id):
    measured = [
        Measured("students", 1.0, "student", {"loss": 0.5, "agreement": 0.25}),
        Measured("students", 1.0, "twin", {"loss": 0.4}),
        Measured("students", 2.0, "student", {"loss": 0.3}),
    ]
    for each in measured:
        store.add_metrics(run_id, each)
    assert grouped(store.metrics(run_id)) == measured
