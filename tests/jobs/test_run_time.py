"""A run's estimated time: the arithmetic, and which earlier runs it is taken from."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from kdviz.config import changed, make_config
from kdviz.datasets import Counts, counted
from kdviz.jobs import Estimate, continued_time, execute, expected, run_time, run_time_key, submit
from kdviz.jobs.run_time import Timing, Work, estimated_from, expected_s, timing_of, work
from kdviz.store import Progress, Store
from kdviz.types import ELAPSED, Measured

TIMING = Timing(teacher_epoch=5.5, step=0.25, evaluation=2.0, rest=18.0)
COUNTS = Counts(train=90, validation=18, test=30, classes=2)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


def test_work_counts_whole_batches_of_the_available_images(tiny_config):
    config = tiny_config(batch_size=16, train_count=40, epochs=3, teacher_epochs=2)
    assert work(config, COUNTS, has_teacher=False) == Work(5, 2, 2, 3, 16)
    assert work(config, COUNTS, has_teacher=True) == Work(5, 0, 2, 3, 16)
    assert work(changed(config, train_count=5000), COUNTS, has_teacher=True).steps == 5


def test_the_estimate_is_the_timing_scaled_by_the_work():
    estimate = estimated_from(
        Work(teacher_steps=5, teacher_epochs=2, steps=4, epochs=3, batch_size=16), TIMING
    )
    assert (estimate.teacher, estimate.students) == (2 * 5.5, 3 * 4 * 0.25)
    assert (estimate.evaluation, estimate.rest) == (3 * 2.0, 18.0)
    assert estimate.total == 11.0 + 3.0 + 6.0 + 18.0


def test_a_stored_teacher_costs_nothing_even_where_its_training_time_is_unknown():
    unknown = replace(TIMING, teacher_epoch=math.nan)
    assert estimated_from(Work(5, 0, 4, 3, 16), unknown).teacher == 0.0
    assert math.isnan(estimated_from(Work(5, 1, 4, 3, 16), unknown).total)


def test_a_run_that_goes_on_takes_as_long_as_its_parents_steps_for_each_arm(tiny_config, monkeypatch):
    """By hand: 2 batches of 16 in 40 images, 7 epochs, 3 arms where the parent has 2; no teacher is trained."""
    config = tiny_config(batch_size=16, train_count=40, epochs=3, teacher_epochs=2, arms=("student", "twin"))
    parent = SimpleNamespace(config=config, state="finished", live=False, record=SimpleNamespace(origin=""))
    monkeypatch.setattr(run_time, "_timing", lambda store, run: TIMING)
    found = continued_time(None, parent, arms=3, epochs=7, counts=COUNTS)
    assert (found.teacher, found.rest, found.basis) == (0.0, 18.0, "finished")
    assert found.students == pytest.approx(7 * 2 * 0.25 * 3 / 2)
    assert found.evaluation == pytest.approx(7 * 2.0 * 3 / 2)
    parent.record.origin = "elsewhere"
    assert continued_time(None, parent, arms=3, epochs=7, counts=COUNTS).basis == "elsewhere"
    parent.state = "failed"
    assert continued_time(None, parent, arms=3, epochs=7, counts=COUNTS) is None
    parent.state = "finished"
    unknown = replace(TIMING, step=math.nan)
    monkeypatch.setattr(run_time, "_timing", lambda store, run: unknown)
    assert continued_time(None, parent, arms=3, epochs=7, counts=COUNTS) is None


@pytest.mark.parametrize(
    ("same", "settings"),
    [
        (True, {"seed": 5}),
        (True, {"epochs": 9}),
        (True, {"train_count": 32}),
        (True, {"temperature": 2.0}),
        (True, {"explanation_weight": 3.0}),
        (False, {"student_width": 0.5}),
        (False, {"batch_size": 8}),
        (False, {"explanation_weight": 0.0, "arms": ("student",)}),
        (False, {"arms": ("student",)}),
        (False, {"epochs": 2}),  # the teacher is not queried once before training
    ],
)
def test_the_key_holds_what_decides_how_long_a_step_takes(tiny_config, same, settings):
    config = tiny_config(epochs=4)
    assert (run_time_key(changed(config, **settings)) == run_time_key(config)) is same


def test_without_an_earlier_run_there_is_no_estimate(store, tiny_config):
    config = tiny_config()
    assert expected(store, config, COUNTS)[1] is None


def test_a_finished_run_gives_an_estimate_for_the_next_one(store, tiny_config):
    """The estimate of the same work is what the first run took."""
    config = tiny_config(epochs=2, teacher_epochs=1)
    run = execute(store, submit(store, config, foreground=True))
    assert run.state == "finished"
    counts = counted(config.dataset, config.data)
    timing = timing_of(run, store.metrics(run.id))
    todo = work(config, counts, has_teacher=False)
    assert estimated_from(todo, timing).total == pytest.approx(run.record.progress.seconds, rel=1e-6)
    next_config = changed(config, seed=3)
    estimate = expected(store, next_config, counts)[1]
    assert estimate == replace(estimated_from(todo, timing), teacher=0.0), "the first run's teacher is stored"
    assert expected(store, changed(config, batch_size=8), counts)[1] is None


def test_a_waiting_runs_time_is_its_estimate_but_for_files_that_would_have_to_be_counted(
    store, tiny_config, monkeypatch
):
    monkeypatch.setattr(run_time, "expected", lambda *given: (None, Estimate(1.0, 2.0, 3.0, 4.0)))
    built_in, folder = make_config({"dataset": "shapes"}), tiny_config()
    assert expected_s(store, store.run(submit(store, built_in))) == 10.0
    assert math.isnan(expected_s(store, store.run(submit(store, folder))))


def test_a_run_of_another_machine_gives_an_estimate_that_says_so_and_no_time_to_wait(
    store, tiny_config, monkeypatch
):
    config = tiny_config(epochs=1, teacher_epochs=1)
    run = execute(store, submit(store, config, foreground=True))
    assert expected(store, config, COUNTS)[1].basis == "finished"
    monkeypatch.setattr(store, "runs", lambda: [replace(run, record=replace(run.record, origin="elsewhere"))])
    estimate = expected(store, config, COUNTS)[1]
    assert estimate.basis == "elsewhere"
    assert estimate.total > 0
    monkeypatch.setattr(run_time, "expected", lambda *given: (None, estimate))
    built_in = store.run(submit(store, make_config({"dataset": "shapes"})))
    assert math.isnan(expected_s(store, built_in))


def test_of_runs_of_other_machines_the_quickest_gives_the_estimate(store, tiny_config, monkeypatch):
    """The others were made on slower machines, or on busy ones; the order in which they came does not matter."""
    config = tiny_config()
    of_both = {"busy": replace(TIMING, step=5 * TIMING.step), "idle": TIMING}
    record = SimpleNamespace(origin="elsewhere")
    runs = [SimpleNamespace(id=name, config=config, state="finished", record=record) for name in of_both]
    monkeypatch.setattr(run_time, "_timing", lambda store, run: of_both[run.id])
    for order in (runs, runs[::-1]):
        monkeypatch.setattr(store, "runs", lambda order=order: order)
        todo, estimate = expected(store, config, COUNTS)
        assert estimate == estimated_from(todo, TIMING, "elsewhere")


def test_the_first_epochs_of_a_running_run_give_an_estimate(store, tiny_config):
    """Ready after 20 s, 10 of them the teacher's; an epoch of 2 s in batches and 1.5 s besides; 3 such for the test."""
    config = tiny_config(epochs=4)
    run_id = submit(store, config, foreground=True)
    for epoch, elapsed in ((0.0, 20.0), (1.0, 23.5)):
        values = {ELAPSED: elapsed} | ({"seconds": 2.0} if epoch else {})
        store.add_metrics(run_id, Measured("students", epoch, "student", values))
    store.add_metrics(run_id, Measured("teacher", 1.0, "teacher", {ELAPSED: 15.0, "seconds": 10.0}))
    run = store.run(run_id)
    record = replace(run.record, state="running", progress=Progress("students", 4, 1.5, 6, 16))
    assert timing_of(replace(run, record=record), store.metrics(run_id)) == Timing(10.0, 0.5, 1.5, 10.0 + 4.5)
    early = [each for each in store.metrics(run_id) if each.epoch == 0]
    assert math.isnan(timing_of(replace(run, record=record), early).step), "no epoch is done"


def test_the_timing_of_a_run_comes_from_its_metrics(store, tiny_config):
    """Ready after 20 s, of which 10 s are the teacher's; two epochs of 2 s in batches and 1.5 s besides."""
    run_id = submit(store, tiny_config(epochs=2), foreground=True)
    for epoch, elapsed in ((0.0, 20.0), (1.0, 22.0), (2.0, 27.0)):
        values = {ELAPSED: elapsed} | ({"seconds": 2.0} if epoch else {})
        store.add_metrics(run_id, Measured("students", epoch, "student", values))
    for epoch in (1.0, 2.0):
        store.add_metrics(run_id, Measured("teacher", epoch, "teacher", {ELAPSED: 9 * epoch, "seconds": 5.0}))
    run = store.run(run_id)
    progress = replace(run.record.progress, epochs=2, steps=8, seconds=38.5)
    ended = replace(run, record=replace(run.record, attempt=1, progress=progress))
    resumed = replace(run, record=replace(ended.record, attempt=2))
    metrics = store.metrics(run_id)
    assert timing_of(ended, metrics) == Timing(
        teacher_epoch=5.0, step=0.5, evaluation=1.5, rest=38.5 - 7.0 - 10.0
    )
    for unknown in (
        timing_of(resumed, metrics),
        timing_of(ended, [m for m in metrics if m.measure != ELAPSED]),
    ):
        assert math.isnan(unknown.step)
        assert math.isnan(unknown.rest)
    cached = timing_of(ended, [m for m in metrics if m.stage != "teacher"])
    assert math.isnan(cached.teacher_epoch)
    assert cached.rest == 38.5 - 7.0
