"""The bar of a run: one for all of it, which never runs backwards, and a time left that counts down."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from kdviz.jobs.recorder import Recorder, Stopwatch
from kdviz.jobs.share_done import ShareDone, TimeLeft
from kdviz.progress import Message
from kdviz.trainer import distill
from kdviz.types import (
    Finished,
    Measured,
    Preparing,
    ProbeExplained,
    SnapshotTaken,
    StageStarted,
    StepTaken,
    TeacherReady,
)
from tests.jobs.fakes import Clock
from tests.jobs.test_recorder import Notes

SECONDS = {StepTaken: 2.0, Preparing: 0.3}
"""How long each kind of event takes in these tests; the others take no time."""


@pytest.fixture(scope="module")
def config(tiny_config):
    return tiny_config(arms=("student", "twin"))


@pytest.fixture(scope="module")
def events(config):
    """Of a whole real run: loading, teacher, students, final figures."""
    loading = []
    trained = list(distill(config, report=lambda message, share: loading.append(Preparing(message, share))))
    return [*loading, *trained]


def test_the_bar_of_a_whole_run_never_runs_backwards(config, events):
    share = ShareDone(config)
    shares = [share.take(event) for event in events]
    assert all(before <= after for before, after in pairwise(shares))
    assert (shares[0] < 0.1, shares[-2] < 1.0, shares[-1]) == (True, True, 1.0)


def test_each_step_and_each_tested_arm_moves_it(config, events):
    share = ShareDone(config)
    shares = [(event, share.take(event)) for event in events]
    steps = [value for event, value in shares if isinstance(event, StepTaken)]
    tested = [
        value
        for event, value in shares
        if isinstance(event, Preparing) and event.message.id == "Comparing maps"
    ]
    assert sorted(set(steps)) == steps
    assert sorted(set(tested)) == tested
    assert tested[0] > steps[-1]


def test_a_cached_teacher_and_a_resumed_run_begin_further_on(config, events):
    """Costs, in epochs of a network: loading .5, teacher 2, preparing .5, two arms of 3 epochs 6, tests 1.5."""
    (ready,) = (event for event in events if isinstance(event, TeacherReady))
    assert ShareDone(config).take(ready) == pytest.approx(2.5 / 10.5)
    resumed = ShareDone(config, stage="students", epoch=1.7)
    assert resumed.value == pytest.approx(5.0 / 10.5)
    assert resumed.take(events[0]) == resumed.value
    assert resumed.take(StageStarted("students", config.arms, 3, 4, 1)) == resumed.value


def test_what_is_stored_of_a_whole_run_never_runs_backwards_either(config, events):
    class Store(Notes):
        def __getattr__(self, name):
            return lambda *args: None

    notes, clock = Store(), Clock()
    recorder = Recorder(notes, "run", Stopwatch(0.0, clock), ShareDone(config))
    for event in events:
        clock.now += SECONDS.get(type(event), 0.0)
        recorder.record(event)
    shares = [progress.fraction for progress in notes.progress]
    assert shares == sorted(shares)
    assert len(set(shares)) > 10
    assert (shares[-1], notes.progress[-1].seconds_left) == (1.0, 0.0)


def test_at_a_constant_pace_the_time_left_only_goes_down(events):
    left, now_s, seen = TimeLeft(), 0.0, []
    for event in events:
        now_s += SECONDS.get(type(event), 0.0)
        seen.append(left.take(event, now_s))
    known = [value for value in seen if not math.isnan(value)]
    assert len(known) > 20
    assert all(before >= after for before, after in pairwise(known))


def test_the_time_left_holds_the_evaluations_from_the_first_step_on(events):
    """The evaluation before the first epoch counts for those after 3 epochs, and three times for the test.

    Its maps come ahead of it, as soon as the teacher is ready.
    """
    ready, untrained = (
        next(place for place, event in enumerate(events) if isinstance(event, kind))
        for kind in (TeacherReady, ProbeExplained)
    )
    first = next(place for place, event in enumerate(events) if _is_step(event))
    before = max(place for place, event in enumerate(events) if _is_reference(event))
    left, now_s = TimeLeft(), 0.0
    for event in events[: first + 1]:
        now_s += SECONDS.get(type(event), 0.0)
        seconds_left = left.take(event, now_s)
    evaluated = [*events[ready:untrained], *events[before:first]]
    evaluation_s = 0.3 * sum(isinstance(event, Preparing) for event in evaluated)
    assert ready < untrained < before
    assert evaluation_s > 0
    assert seconds_left == pytest.approx(2.0 * (events[first].steps - 1) + (3 + 3) * evaluation_s)


def _is_step(event):
    return isinstance(event, StepTaken) and event.stage == "students"


def _is_reference(event):
    return isinstance(event, Measured) and (event.stage, event.epoch, event.arm) == (
        "students",
        0.0,
        "teacher",
    )


def test_it_grows_where_the_pace_has_dropped_on_an_idle_computer(events):
    (stage,) = (event for event in events if isinstance(event, StageStarted) and event.stage == "students")
    left = TimeLeft(lambda: False)
    left.take(stage, 0.0)
    total = stage.epochs * stage.steps_per_epoch
    at_first = left.take(StepTaken("students", 1, total), 1.0)
    assert at_first == total - 1
    assert left.take(StepTaken("students", 2, total), 6.0) == pytest.approx(6.0 / 2 * (total - 2))
    assert not left.slowed


def running(events, paces_s):
    """The time left after each step, of which each takes as long as is given; evaluations take no time."""
    (stage,) = (event for event in events if isinstance(event, StageStarted) and event.stage == "students")
    stage = replace(stage, epochs=1, steps_per_epoch=100, epochs_done=0)
    left, now_s = TimeLeft(lambda: False), 0.0
    left.take(stage, now_s)
    for step, pace_s in enumerate(paces_s, start=1):
        now_s += pace_s
        yield left.take(StepTaken("students", step, 100), now_s)


@pytest.mark.parametrize(("before", "since"), [(0.5, 2.0), (2.0, 0.5)])
def test_the_pace_of_the_last_seconds_counts_not_that_of_the_whole_run(events, before, since):
    """Of 100 steps, 60 at one pace and 20 at another: the other 20 are expected at the second."""
    *_earlier, last = running(events, [before] * 60 + [since] * 20)
    assert last == pytest.approx(20 * since)


def test_the_last_evaluation_counts_not_the_mean_of_all(events):
    (stage,) = (event for event in events if isinstance(event, StageStarted) and event.stage == "students")
    stage = replace(stage, epochs=3, steps_per_epoch=1, epochs_done=0)
    snapshot = next(
        event for event in events if isinstance(event, SnapshotTaken) and event.stage == "students"
    )
    left = TimeLeft(lambda: False)
    left.take(stage, 0.0)
    left.take(snapshot, 2.0)
    left.take(StepTaken("students", 1, 3), 3.0)
    left.take(snapshot, 11.0)
    assert left.take(StepTaken("students", 2, 3), 12.0) == pytest.approx(1.0 + 8.0 * (2 + 3))


def test_the_time_left_in_the_test_follows_the_networks_that_are_tested(events):
    """Teacher, and as many students as have figures; each takes 20 s, half of it until its maps are compared."""
    arms = {event.arm for event in events if isinstance(event, Measured)} - {"teacher"}
    last = next(
        place
        for place, event in reversed(list(enumerate(events)))
        if isinstance(event, SnapshotTaken) and event.stage == "students"
    )
    left = TimeLeft(lambda: False)
    for event in events[: last + 1]:
        left.take(event, 1.0)
    assert left.take(Preparing(Message("Comparing maps")), 1.0 + 30.0) == pytest.approx(20 * len(arms) - 10)


def test_the_teachers_pace_does_not_predict_the_students(events):
    left = TimeLeft()
    for event in events:
        if isinstance(event, StageStarted) and event.stage == "students":
            break
        assert math.isnan(left.take(event, 1.0))
    assert any(isinstance(each, Finished) for each in events)


def test_a_given_teacher_has_no_epochs(config):
    """Costs: loading .5, no teacher, preparing .5, two arms of 3 epochs 6, tests 1.5."""
    share = ShareDone(config.model_copy(update={"teacher_epochs": 0, "epochs": 3}))
    assert share.take(StageStarted("teacher", ("teacher",), 0, 4)) == pytest.approx(0.5 / 8.5)


def test_steps_of_a_stage_that_was_not_announced_promise_no_time():
    assert math.isnan(TimeLeft().take(StepTaken("students", 1, 4), 1.0))
