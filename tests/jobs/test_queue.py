"""Places in the queue, and when a run can be expected to start."""

import math
import sys
from dataclasses import replace

import pytest

from kdviz.jobs import QueuePosition, queue, queue_positions, runs_before, start_delay_s, submit
from kdviz.store import Progress


@pytest.fixture
def make(store, config):
    """Records of runs in any state, without running them."""

    def one(state, *, epochs=10, queued=1.0, attempt=1, left=math.nan, seconds=0.0, done=0.0, **settings):
        run = store.run(submit(store, config))
        progress = Progress(seconds=seconds, seconds_left=left, fraction=done)
        return replace(
            run,
            record=replace(run.record, state=state, queued=queued, attempt=attempt, progress=progress),
            config=run.config.model_copy(update={"epochs": epochs, **settings}),
        )

    return one


def waits(waiting, runs):
    return [place.starts_in_s for place in queue_positions(waiting, runs)]


def test_the_next_run_of_an_idle_worker_starts_now(make):
    run = make("queued")
    assert queue_positions([run], []) == [QueuePosition(run.id, 1, 0.0)]


def test_each_run_waits_for_those_before_it_at_the_median_pace(make):
    """Finished at 1, 2 and 6 s an epoch: 2 s. At work: 10 epochs, 5 s spent, 15 s to go."""
    finished = [make("finished", epochs=5, seconds=s) for s in (5.0, 10.0, 30.0)]
    working = make("running", epochs=10, seconds=5.0)
    waiting = [make("queued", epochs=20), make("queued", epochs=3), make("queued")]
    assert [place.position for place in queue_positions(waiting, [working, *finished])] == [1, 2, 3]
    assert waits(waiting, [working, *finished]) == [15.0, 55.0, 61.0]


def test_runs_of_the_same_kind_tell_the_pace_before_others(make):
    finished = [make("finished", seconds=10.0), make("finished", seconds=900.0, student="resnet56")]
    waiting = [
        make("queued"),
        make("queued", student="resnet56"),
        make("queued", student="vit-tiny"),
        make("queued"),
    ]
    assert waits(waiting, finished) == [0.0, 10.0, 910.0, 910.0 + 455.0]


def test_a_runs_own_estimate_goes_before_the_pace_of_others(make):
    finished = [make("finished", seconds=10.0)]
    waiting = [make("queued"), make("queued"), make("queued")]
    seconds = dict(zip((run.id for run in waiting), (42.0, math.nan, 1.0), strict=True))
    found = queue_positions(waiting, finished, lambda run: seconds[run.id])
    assert [place.starts_in_s for place in found[:2]] == [0.0, 42.0]
    assert found[2].starts_in_s == 52.0


def test_a_run_that_takes_longer_than_expected_is_due_any_moment(make):
    runs = [make("finished", seconds=10.0), make("running", seconds=60.0)]
    assert waits([make("queued")], runs) == [0.0]


def test_without_a_finished_run_the_one_at_work_tells(make):
    waiting = [make("queued"), make("queued")]
    first, second = waits(waiting, [make("running", left=12.0)])
    assert first == 12.0
    assert math.isnan(second)


def test_a_run_at_work_tells_its_own_time_before_other_runs(make):
    """Of the same kind too: an earlier one may have trained the teacher that this one reuses."""
    other, same = make("finished", seconds=900.0, student="resnet56"), make("finished", seconds=50.0)
    working, waiting = make("running", seconds=5.0, left=12.0), [make("queued")]
    assert waits(waiting, [working, other]) == [12.0]
    assert waits(waiting, [working, other, same]) == [12.0]


def test_the_estimate_of_a_run_at_work_goes_before_the_pace_of_others(make):
    """One that trained the teacher took 60 s; this one, which has the teacher, takes 20, and 5 are spent."""
    finished, working, waiting = make("finished", seconds=60.0), make("running", seconds=5.0), make("queued")
    found = queue_positions([waiting], [finished, working], lambda run: 20.0)
    assert found[0].starts_in_s == 15.0


def test_a_resumed_run_takes_what_is_left_of_it(make):
    """Half of 40 s is done, at work or in the queue; what its first attempt spent does not count."""
    finished = [make("finished", seconds=40.0)]
    resumed = {"seconds": 90.0, "done": 0.5, "attempt": 2}
    assert waits([make("queued")], [*finished, make("running", **resumed)]) == [20.0]
    assert waits([make("queued", **resumed), make("queued")], finished) == [0.0, 20.0]
    assert waits([make("queued", left=7.0, **resumed), make("queued")], finished) == [0.0, 7.0]


def test_nobody_knows_when_a_paused_run_goes_on(make):
    assert math.isnan(
        waits([make("queued")], [make("paused", seconds=1.0), make("finished", seconds=10.0)])[0]
    )


def test_a_run_in_a_process_of_its_own_keeps_nobody_waiting(make):
    assert waits([make("queued")], [make("running", queued=None, left=12.0)]) == [0.0]


def test_the_store_tells_the_places_of_all_that_wait(store, config):
    first, second = submit(store, config), submit(store, config)
    assert [(place.run_id, place.position) for place in queue(store)] == [(first, 1), (second, 2)]
    store.delete(first)
    assert queue(store) == [QueuePosition(second, 1, 0.0)]


def test_who_joins_the_queue_waits_for_all_before(store, config, make, monkeypatch):
    """10 epochs at 1 s each for every run that waits; 4 of the one at work are over."""
    module = sys.modules["kdviz.jobs.queue"]  # `kdviz.jobs.queue` is the function
    runs = [make("running", seconds=4.0), make("queued"), make("queued"), make("finished", seconds=10.0)]
    monkeypatch.setattr(store, "runs", lambda: runs)
    monkeypatch.setattr(store, "queued", lambda: runs[1:3])
    monkeypatch.setattr(module, "expected_s", lambda store, run: math.nan)
    assert start_delay_s(store, "cpu") == 6.0 + 2 * 10.0
    assert start_delay_s(store, "cuda") == 0.0
    monkeypatch.setattr(module, "expected_s", lambda store, run: 7.0)
    assert start_delay_s(store, "cpu") == 3.0 + 2 * 7.0


def test_a_queued_run_waits_for_those_at_work_and_those_queued_earlier(store, config):
    first, second, third = (submit(store, config) for _each in range(3))
    assert [runs_before(store, {run_id}) for run_id in (first, second, third)] == [0, 1, 2]
    assert runs_before(store, {second, third}) == 1
    with store.hold(first):
        store.claim(first)
        assert [runs_before(store, {run_id}) for run_id in (first, second, third)] == [0, 1, 2]
        assert runs_before(store, {first, second}) == 0
