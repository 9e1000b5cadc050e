"""Every run once: taken over where it is there, gone on with where it was interrupted."""

import math

import pytest

from kdviz.errors import StoreError
from kdviz.jobs import submit
from kdviz.store.locks import held
from kdviz.study import carry_out, finished_runs, seconds_left
from tests.study.made import Overtaken, Trainer, failing, interrupted


def carried_out(store, few, trainer, **how):
    study, points = few
    return list(carry_out(store, study, points, execute=trainer, **how))


def test_every_point_is_trained_once_and_named(store, few):
    done = carried_out(store, few, Trainer())
    assert [each.point for each in done] == list(few[1])
    assert all(each.trained and not each.failed for each in done)
    assert [run.record.config_key for run in reversed(store.runs())] == [point.config.key for point in few[1]]
    assert done[1].run.record.name == "Few: λ = 3, seed 0"


def test_runs_that_are_there_are_taken_over(store, few):
    _, points = few
    ready = submit(store, points[3].config, foreground=True)
    Trainer()(store, ready)
    assert [each.point for each in finished_runs(store, points)] == [points[3]]
    done = carried_out(store, few, trainer := Trainer())
    assert [(each.point, each.trained) for each in done] == [
        (points[3], False),
        *((point, True) for point in points if point != points[3]),
    ]
    assert ready not in trainer.runs
    assert not any(each.trained for each in carried_out(store, few, Trainer()))


def test_an_interrupted_study_goes_on_with_the_same_run(store, few):
    with pytest.raises(KeyboardInterrupt):
        carried_out(store, few, interrupted)
    (begun,) = store.runs()
    done = carried_out(store, few, trainer := Trainer())
    assert trainer.runs[0] == begun.id
    assert len(done) == len(store.runs()) == 6


def test_a_run_that_died_without_a_word_is_gone_on_with(store, few):
    dead = submit(store, few[1][0].config, foreground=True)  # running, and no process holds it
    carried_out(store, few, trainer := Trainer())
    assert trainer.runs[0] == dead


def test_a_run_that_waits_in_the_queue_is_taken_from_it(store, few):
    waiting = submit(store, few[1][0].config)
    carried_out(store, few, trainer := Trainer())
    assert trainer.runs[0] == waiting
    assert len(store.runs()) == 6


def test_a_run_of_another_process_is_waited_for_while_others_are_trained(store, few):
    """The other process trains the first point, and ends when all others are done."""
    theirs = submit(store, few[1][0].config, foreground=True)
    elsewhere, mine = store.hold(theirs), Trainer()
    elsewhere.__enter__()

    def train(store, run_id, on_event=None):
        record = mine(store, run_id)
        if len(mine.runs) == 5:
            store.finish(theirs, Trainer().finished(store.run(theirs).config))
            elsewhere.__exit__(None, None, None)
        return record

    done = carried_out(store, few, train)
    assert theirs not in mine.runs
    assert [each.run.id for each in done][-1] == theirs
    assert not done[-1].trained
    assert len(store.runs()) == 6


def test_a_run_that_another_process_snatches_is_not_trained_again(store, few):
    done = carried_out(store, few, trainer := Overtaken())
    assert len(trainer.runs) == len(store.runs()) == 6
    assert not any(each.trained or each.failed for each in done)


def test_a_failure_does_not_keep_the_others_waiting_and_is_tried_again(store, few):
    assert all(each.failed for each in carried_out(store, few, failing))
    done = carried_out(store, few, Trainer())
    assert all(each.trained and not each.failed for each in done)
    assert len(store.runs()) == 6


def test_the_time_left_is_reckoned_by_kind(store, few):
    """λ = 0 trains one arm, λ = 3 two: they are different kinds."""
    _, points = few
    done = carried_out(store, few, Trainer())
    for each in done:
        seconds = 10.0 if each.point.config.explanation_weight else 4.0
        object.__setattr__(each.run.record.progress, "seconds", seconds)
    assert seconds_left(points[2:], done[:2]) == 4 + 10 + 4 + 10
    assert seconds_left(points[2:], done[:1]) == 4 * 4
    object.__setattr__(done[4].run.record.progress, "seconds", 400.0)  # the computer was busy
    assert seconds_left(points[:1], done) == 4
    assert seconds_left([], done) == 0
    assert math.isnan(seconds_left(points, []))


def test_runs_are_looked_for_and_added_by_one_process_at_a_time(store, few, monkeypatch):
    def watched(*given, **how):
        with (
            pytest.raises(StoreError),
            held(store.directory / "submission.lock", store.directory, timeout_s=0, taken=""),
        ):
            pass
        return submit(*given, **how)

    monkeypatch.setattr("kdviz.study.running.submit", watched)
    assert len(carried_out(store, few, Trainer())) == 6
