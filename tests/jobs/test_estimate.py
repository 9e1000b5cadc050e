"""A run's time, foretold: the arithmetic, what earlier runs tell, and what is timed when."""

import math
import threading
from dataclasses import replace

import pytest

from kdviz.config import changed
from kdviz.datasets import Counts, counted
from kdviz.jobs import execute, expected, pace, submit
from kdviz.jobs.estimate import Work, at_pace, work
from kdviz.jobs.pace import Known, known_pace, pace_of
from kdviz.store import Store
from kdviz.types import ELAPSED, Measured, Pace

PACE = Pace(teacher_step=0.5, teacher_look=3.0, ask=0.125, step=0.25, look=2.0, begin=7.0, final=11.0)
COUNTS = Counts(train=90, validation=18, test=30, classes=2)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


@pytest.fixture
def bench(monkeypatch):
    """A bench of its own, whose timings take no time, and the configs that it was given."""
    timed: list[str] = []

    def time_it(store, config, counts):
        timed.append(config.student)
        return PACE

    monkeypatch.setattr(pace, "_BENCH", pace._Bench())
    monkeypatch.setattr(pace, "_timed", time_it)
    return timed


def settled(ask):
    """What is answered once the bench's thread, if there is one, has ended."""
    answer = ask()
    for thread in threading.enumerate():
        if thread.name == "kdviz-timing":
            thread.join()
    return answer or ask()


def test_work_counts_whole_batches_of_the_images_there_are(tiny_config):
    config = tiny_config(batch_size=16, train_count=40, epochs=3, teacher_epochs=2)
    assert work(config, COUNTS, has_teacher=False) == Work(5, 2, 2, 3, 16)
    assert work(config, COUNTS, has_teacher=True) == Work(5, 0, 2, 3, 16)
    assert work(changed(config, train_count=5000), COUNTS, has_teacher=True).steps == 5


def test_the_estimate_is_work_times_pace():
    estimate = at_pace(
        Work(teacher_steps=5, teacher_epochs=2, steps=4, epochs=3, batch_size=16), Known(PACE, False)
    )
    assert (estimate.teacher, estimate.students) == (2 * (5 * 0.5 + 3.0), 3 * 4 * 0.25)
    assert (estimate.measuring, estimate.final) == (7.0 + 4 * 0.125 + 3 * 2.0, 11.0)
    assert estimate.total == 11.0 + 3.0 + 13.5 + 11.0


def test_a_teacher_at_hand_costs_nothing_even_where_its_pace_is_unknown():
    blind = replace(PACE, teacher_step=math.nan)
    assert at_pace(Work(5, 0, 4, 3, 16), Known(blind, True)).teacher == 0.0


def test_what_is_asked_for_is_timed_once_for_all_runs_of_the_kind(store, tiny_config, bench):
    config = tiny_config()
    assert known_pace(store, config, COUNTS, with_teacher=True) is None
    known = settled(lambda: known_pace(store, config, COUNTS, with_teacher=True))
    assert known == Known(PACE, earlier=False)
    alike = changed(config, seed=5, epochs=9, train_count=32, temperature=2.0, explanation_weight=30.0)
    assert known_pace(store, alike, COUNTS, with_teacher=True) == known
    assert len(bench) == 1
    for other in (
        changed(config, student_width=0.5),
        changed(config, explanation_weight=0.0, arms=("student",)),
    ):
        assert known_pace(store, other, COUNTS, with_teacher=True) is None
        settled(lambda other=other: known_pace(store, other, COUNTS, with_teacher=True))


def test_a_kind_that_is_asked_for_while_it_is_timed_is_not_timed_again(
    store, tiny_config, bench, monkeypatch
):
    config, once = tiny_config(), pace._timed

    def asked_meanwhile(*asked):
        assert known_pace(store, config, COUNTS, with_teacher=True) is None
        return once(*asked)

    monkeypatch.setattr(pace, "_timed", asked_meanwhile)
    assert settled(lambda: known_pace(store, config, COUNTS, with_teacher=True)) == Known(PACE, earlier=False)
    assert len(bench) == 1


def test_nothing_is_timed_while_a_run_waits_or_is_trained(store, tiny_config, bench):
    submit(store, tiny_config())
    assert settled(lambda: known_pace(store, tiny_config(), COUNTS, with_teacher=True)) is None
    assert bench == []


def test_what_cannot_be_timed_is_tried_once(store, tiny_config, bench, monkeypatch, caplog):
    tried = []

    def fail(*asked):
        tried.append(asked)
        raise RuntimeError("no memory")

    monkeypatch.setattr(pace, "_timed", fail)
    ask = lambda: known_pace(store, tiny_config(), COUNTS, with_teacher=True)  # noqa: E731
    assert settled(ask) is None
    assert settled(ask) is None
    assert len(tried) == 1
    assert "no memory" in caplog.text


def test_a_finished_run_tells_its_own_time(store, tiny_config, bench):
    """Two runs of the same kind: the first one's pace foretells what it took itself, up to rounding."""
    config = tiny_config(epochs=2, teacher_epochs=1)
    run = execute(store, submit(store, config, foreground=True))
    assert run.state == "finished"
    counts = counted(config.dataset, config.data)
    without_teacher = pace_of(run, store.metrics(run.id), counts.train // config.batch_size)
    todo = work(config, counts, has_teacher=False)
    assert at_pace(todo, Known(without_teacher, True)).total == pytest.approx(run.progress.seconds, rel=0.15)
    _todo, estimate = expected(store, changed(config, seed=3), counts)
    assert estimate is not None
    assert estimate.earlier
    assert estimate.teacher == 0.0, "the first run's teacher is at hand"
    assert bench == []


def test_a_run_tells_the_pace_of_what_it_did(store, tiny_config):
    """Four batches an epoch of half a second, 1 s of asking, 2 s before, looking on, 10 s at the end."""
    run_id = submit(store, tiny_config(epochs=2), foreground=True)
    for epoch, elapsed in ((0.0, 20.0), (1.0, 22.0), (2.0, 27.0)):
        values = {ELAPSED: elapsed} | ({"seconds": 2.0} if epoch else {})
        store.add_metrics(run_id, Measured("students", epoch, "student", values))
    store.add_metrics(run_id, Measured("teacher", 1.0, "teacher", {ELAPSED: 17.0, "seconds": 10.0}))
    store.add_metrics(run_id, Measured("students", 0.0, "teacher", {"seconds": 1.0}))
    run = store.run(run_id)
    ended = replace(run, attempt=1, progress=replace(run.progress, epochs=2, steps=8, seconds=38.5))
    told = pace_of(ended, store.metrics(run_id), teacher_steps=5)
    look = (27.0 - 20.0 - 4.0) / 2
    assert told == Pace(
        teacher_step=2.0, teacher_look=0.0, ask=0.25, step=0.5, look=look, begin=2.0 + look, final=11.5 - look
    )
    assert pace_of(replace(ended, attempt=2), store.metrics(run_id), 5) is None
    assert pace_of(ended, [m for m in store.metrics(run_id) if m.measure != ELAPSED], 5) is None
