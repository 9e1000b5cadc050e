"""Progress: often enough to watch, seldom enough to cost nothing."""

import math

import pytest

from kdviz.config import make_config
from kdviz.jobs import countdown
from kdviz.jobs.countdown import SLOWED
from kdviz.jobs.recorder import PROGRESS_EVERY_S, Recorder, Stopwatch
from kdviz.jobs.share_done import ShareDone
from kdviz.progress import Message
from kdviz.types import ELAPSED, Measured, Preparing, StageStarted, StepTaken
from tests.jobs.fakes import Clock

CONFIG = make_config({"dataset": "shapes", "teacher_epochs": 4, "epochs": 10, "arms": ("student", "twin")})


class Notes:
    """Writes down progress in place of a store."""

    def __init__(self):
        self.progress = []
        self.metrics = []

    def set_progress(self, run_id, progress):
        self.progress.append(progress)

    def add_metrics(self, run_id, measured):
        self.metrics.append(measured)


@pytest.fixture
def notes():
    return Notes()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def recorder(notes, clock):
    recorder = Recorder(notes, "run", Stopwatch(50.0, clock), ShareDone(CONFIG))
    recorder.record(StageStarted("students", ("student",), 10, 100, epochs_done=2))
    return recorder


def test_a_stage_begins_where_its_snapshot_was(recorder, notes):
    begun = notes.progress[-1]
    assert (begun.stage, begun.epochs, begun.epoch, begun.step, begun.steps) == (
        "students",
        10,
        2.0,
        200,
        1000,
    )
    assert begun.seconds == 50.0
    assert math.isnan(begun.seconds_left)


def test_progress_is_written_a_few_times_a_second(recorder, notes, clock):
    for step in range(201, 301):
        clock.now += 0.01
        recorder.record(StepTaken("students", step, 1000))
    assert len(notes.progress) - 1 == pytest.approx(1.0 / PROGRESS_EVERY_S, abs=1)


def test_time_left_follows_the_pace_of_this_attempt(recorder, notes, clock):
    """100 steps in 5 s leave 700 steps, 35 s."""
    clock.now += 5.0
    recorder.record(StepTaken("students", 300, 1000))
    last = notes.progress[-1]
    assert (last.epoch, last.step) == (3.0, 300)
    assert last.seconds == pytest.approx(55.0)
    assert last.seconds_left == pytest.approx(35.0)


def test_where_a_busy_computer_slows_the_run_down_that_is_said_and_no_number(
    recorder, notes, clock, monkeypatch
):
    """100 steps in 5 s leave 35 s; then one in 100 s, and the rest at the first pace."""
    monkeypatch.setattr(countdown.os, "getloadavg", lambda: (1e6, 1e6, 1e6), raising=False)
    for step, seconds in ((300, 5.0), (301, 100.0)):
        clock.now += seconds
        recorder.record(StepTaken("students", step, 1000))
    assert notes.progress[-2].seconds_left == pytest.approx(35.0)
    assert (notes.progress[-2].doing, notes.progress[-1].doing) == (None, SLOWED)
    assert math.isnan(notes.progress[-1].seconds_left)


def test_the_last_step_of_a_stage_is_always_written(recorder, notes):
    recorder.record(StepTaken("students", 1000, 1000))
    assert (notes.progress[-1].epoch, notes.progress[-1].seconds_left) == (10.0, 0.0)


def test_new_work_is_stored_at_once_and_its_progress_at_intervals(recorder, notes):
    recorder.record(Preparing(Message("Loading the data"), 0.0))
    recorder.record(Preparing(Message("Loading the data"), 0.1))
    recorder.record(Preparing(Message("Comparing maps"), 0.0))
    assert [str(p.doing) for p in notes.progress[1:]] == ["Loading the data", "Comparing maps"]


def test_numbers_are_never_held_back(recorder, notes):
    measured = [Measured("students", 2 + step / 100, "student", {"loss": 1.0}) for step in range(50)]
    for event in measured:
        recorder.record(event)
    assert [(m.epoch, m.values["loss"]) for m in notes.metrics] == [(m.epoch, 1.0) for m in measured]


def test_a_number_is_kept_with_the_time_at_which_its_arm_had_learnt_so_much(recorder, notes, clock):
    """What is measured after an epoch belongs to the moment at which the epoch was over."""
    for arm in ("student", "twin"):
        recorder.record(Measured("students", 3.0, arm, {"loss": 1.0}))
    clock.now += 4.0
    for arm in ("student", "twin"):
        recorder.record(Measured("students", 3.0, arm, {"agreement": 0.5}))
    clock.now += 1.0
    recorder.record(Measured("students", 3.5, "student", {"loss": 0.5}))
    assert [m.values.get(ELAPSED) for m in notes.metrics] == [50.0, 50.0, None, None, 55.0]


def test_a_pause_is_no_time_of_work(notes, clock):
    watch = Stopwatch(0.0, clock)
    recorder = Recorder(notes, "run", watch, ShareDone(CONFIG))
    with watch.stopped():
        clock.now += 100.0
    clock.now += 2.0
    recorder.record(Measured("students", 1.0, "student", {"loss": 1.0}))
    assert notes.metrics[0].values[ELAPSED] == pytest.approx(2.0)


def test_pauses_do_not_count_as_time_spent(clock):
    watch = Stopwatch(7.0, clock)
    clock.now += 1.0
    with watch.stopped():
        clock.now += 500.0
    clock.now += 2.0
    assert watch.seconds() == pytest.approx(10.0)
