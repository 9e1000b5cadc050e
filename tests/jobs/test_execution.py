"""A run from its first event to its end, however it ends."""

import errno
import logging
import math
import os
import re
import threading
from contextlib import suppress

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from kdviz.config import changed, make_config
from kdviz.endings import MADE_WAY
from kdviz.errors import StoreError, TrainingError
from kdviz.jobs import execute, pause, resume, stop, submit
from kdviz.jobs.wakeup import WAKEUP
from kdviz.models import build
from kdviz.progress import Message
from kdviz.types import ELAPSED, Preparing, SnapshotTaken, StepTaken
from tests.jobs import fakes
from tests.patience import PATIENCE_S


def curve(store, run_id):
    return [(m.epoch, m.measure) for m in store.metrics(run_id) if m.measure != ELAPSED]


WHOLE_CURVE = [
    point
    for epoch in range(3)
    for point in [*((epoch + step / 4, "loss") for step in (1, 2, 3, 4)), (epoch + 1.0, "agreement")]
]


def test_all_events_of_a_run_are_stored(store, config, run_id):
    ended = execute(store, run_id, distill=fakes.distill)
    assert (ended.state, ended.record.message, ended.record.attempt) == ("finished", "", 1)
    assert ended.results["student"].accuracy == 0.75
    assert math.isnan(ended.results["student"].fidelity)
    assert (ended.record.progress.step, ended.record.progress.steps, ended.record.progress.epoch) == (
        12,
        12,
        3.0,
    )
    assert curve(store, run_id) == WHOLE_CURVE
    assert store.probe_epochs(run_id) == [1, 2, 3]
    np.testing.assert_array_equal(store.probe(run_id, 2).maps["student"], np.full((2, 3, 3), 2))
    assert store.resume_state(run_id)["epoch"] == 3
    assert torch.equal(store.weights(run_id, "student")["w"], store.resume_state(run_id)["weight"])
    assert torch.equal(store.weights(run_id, "teacher")["w"], torch.ones(2))
    assert store.card(run_id)["finished"] is not None


def test_whoever_looks_on_hears_every_event_once(store, config, run_id):
    heard = []
    execute(store, run_id, heard.append, distill=fakes.distill)
    told = list(fakes.distill(config, teacher=lambda key: None))
    assert [type(event) for event in heard] == [Preparing, *(type(event) for event in told)]


def test_a_trained_teacher_serves_the_next_run(store, config, run_id):
    execute(store, run_id, distill=fakes.distill)
    cached = []
    second = submit(store, config)
    execute(store, second, lambda event: cached.append(getattr(event, "cached", None)), distill=fakes.distill)
    assert torch.equal(store.teacher(config.teacher_key)["w"], torch.ones(2))
    assert True in cached
    assert torch.equal(store.weights(second, "teacher")["w"], torch.ones(2))


def at_step(number, do):
    """Does something once, when the run has taken so many steps."""

    def hear(event):
        if isinstance(event, StepTaken):
            hear.steps += 1
            if hear.steps == number:
                do()

    hear.steps = 0
    return hear


def test_a_stopped_run_ends_there_and_its_trainer_is_closed(store, run_id):
    trainer = fakes.Endless()
    ended = execute(store, run_id, at_step(3, lambda: stop(store, run_id)), trainer)
    assert (ended.state, ended.record.message) == (
        "cancelled",
        "Stopped. Resume goes on from the last full epoch.",
    )
    assert (trainer.steps, trainer.closed) == (3, True)
    assert ended.record.request is None


def test_a_stop_from_another_process_is_heard_too(store, run_id):
    """No bell rings there: the row alone must do."""
    trainer = fakes.Endless()
    ended = execute(store, run_id, at_step(3, lambda: store.request(run_id, "stop")), trainer)
    assert ended.state == "cancelled"
    assert trainer.closed


def test_a_run_can_be_stopped_while_its_data_is_loading(store, run_id):
    def loading(config, *, report, **_):
        report(Message("Loading the data"), 0.1)
        stop(store, run_id)
        report(Message("Loading the data"), 0.2)
        raise AssertionError("went on")
        yield

    assert execute(store, run_id, distill=loading).state == "cancelled"


@pytest.mark.parametrize("asked", ["resume", "stop"])
def test_a_paused_run_waits_for_a_request_to_continue(store, run_id, asked):
    """Paused at its third step: the fourth is taken only once somebody resumes it."""
    steps, seen = [], []
    paused = threading.Event()
    set_state = store.set_state

    def tell(run, state, *rest, **more):
        set_state(run, state, *rest, **more)
        if state == "paused":
            paused.set()

    def go_on():
        assert paused.wait(PATIENCE_S)
        seen.append((store.run(run_id).state, len(steps)))
        (resume if asked == "resume" else stop)(store, run_id)

    def hear(event):
        if isinstance(event, StepTaken):
            steps.append(event)
            if len(steps) == 3:
                pause(store, run_id)

    store.set_state = tell
    other = threading.Thread(target=go_on)
    other.start()
    ended = execute(store, run_id, hear, fakes.distill)
    other.join()
    assert seen == [("paused", 3)]
    assert (ended.state, len(steps)) == {"resume": ("finished", 12), "stop": ("cancelled", 3)}[asked]


def test_a_pause_taken_back_in_another_process_ends_too(store, run_id, monkeypatch):
    waits = []
    monkeypatch.setattr(WAKEUP, "wait", lambda heard, wait_s: waits.append(store.request(run_id, None)))
    ended = execute(
        store, run_id, at_step(2, lambda: store.request(run_id, "pause") and WAKEUP.notify()), fakes.distill
    )
    assert ended.state == "finished"
    assert waits == [True]


def test_a_paused_run_makes_way_for_those_that_wait_behind_it(store, config, run_id):
    submit(store, config)
    made_way = execute(store, run_id, at_step(6, lambda: pause(store, run_id)), fakes.distill)
    assert (made_way.state, made_way.record.message) == ("cancelled", MADE_WAY)
    resume(store, run_id)
    steps = []
    assert execute(store, run_id, steps.append, fakes.distill).state == "finished"
    assert sum(isinstance(event, StepTaken) for event in steps) == 8, "the first epoch of four was kept"


def test_a_paused_run_of_another_device_or_process_waits(store, config, monkeypatch):
    """Nobody who is queued waits for a run of the foreground."""
    submit(store, config)
    run_id = submit(store, config, foreground=True)
    monkeypatch.setattr(WAKEUP, "wait", lambda heard, wait_s: store.request(run_id, None))
    assert execute(store, run_id, at_step(2, lambda: pause(store, run_id)), fakes.distill).state == "finished"


def test_a_failure_that_a_person_can_mend_is_its_one_line(store, run_id):
    error = TrainingError("The student's loss stopped being a finite number. Lower learning_rate.")
    ended = execute(store, run_id, distill=fakes.failing(error))
    assert (ended.state, ended.record.message) == ("failed", str(error))
    assert store.resume_state(run_id)["epoch"] == 1


def test_any_other_failure_is_one_line_with_the_traceback_in_the_log(store, run_id, caplog):
    with caplog.at_level(logging.ERROR):
        ended = execute(store, run_id, distill=fakes.failing(RuntimeError("size mismatch\nmore\nlines")))
    assert (ended.state, ended.record.message) == ("failed", "RuntimeError: size mismatch (the log has more)")
    assert "Traceback" in caplog.text


def test_settings_that_are_not_valid_any_more_fail_the_run_with_their_line(store):
    run_id = store.create({"dataset": "shpes", "device": "cpu"})
    ended = execute(store, run_id, distill=fakes.distill)
    assert ended.state == "failed"
    assert ended.record.message.startswith("dataset: unknown name 'shpes'. Did you mean 'shapes'?")


def test_an_interruption_from_the_keyboard_leaves_a_run_that_can_be_resumed(store, run_id):
    with pytest.raises(KeyboardInterrupt):
        execute(store, run_id, distill=fakes.failing(KeyboardInterrupt()))
    run = store.run(run_id)
    assert (run.state, run.record.message) == (
        "interrupted",
        "Interrupted. Resume goes on from the last full epoch.",
    )
    with store.hold(run_id):
        pass


@pytest.mark.parametrize("steps", [2, 6, 11])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), TrainingError("stop"), RuntimeError("broken")])
def test_a_resumed_run_ends_as_one_that_was_never_broken(store, config, run_id, steps, error):
    whole = submit(store, config)
    execute(store, whole, distill=fakes.distill)
    with suppress(KeyboardInterrupt):
        execute(store, run_id, distill=fakes.failing(error, after=steps))
    resume(store, run_id)
    assert [run.id for run in store.queued()] == [run_id]
    ended = execute(store, run_id, distill=fakes.distill)
    assert (ended.state, ended.record.attempt) == ("finished", 2)
    assert store.weights_hash(run_id, "student") == store.weights_hash(whole, "student")
    assert curve(store, run_id) == curve(store, whole) == WHOLE_CURVE
    assert store.probe_epochs(run_id) == [1, 2, 3]


def test_time_spent_adds_up_over_attempts(store, run_id):
    execute(store, run_id, at_step(2, lambda: stop(store, run_id)), fakes.distill)
    spent = store.run(run_id).record.progress.seconds
    assert spent > 0
    resume(store, run_id)
    assert execute(store, run_id, distill=fakes.distill).record.progress.seconds > spent


def test_a_full_disk_fails_the_run_and_keeps_its_last_snapshot(store, run_id, monkeypatch):
    def fill(event):
        if isinstance(event, SnapshotTaken) and event.epoch == 2:
            monkeypatch.setattr(os, "fsync", no_room)

    def no_room(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(StoreError, match="the disk is full"):
        execute(store, run_id, fill, fakes.distill)
    monkeypatch.undo()
    run = store.run(run_id)
    assert run.state == "failed"
    assert run.record.message.endswith("the disk is full. Free some space; what was saved before is kept.")
    resume(store, run_id)
    assert execute(store, run_id, distill=fakes.distill).state == "finished"


def test_a_state_that_is_damaged_fails_the_run_with_its_line(store, run_id):
    execute(store, run_id, distill=fakes.failing(RuntimeError("broken")))
    (store.directory / run_id / "state.pt").write_bytes(b"half")
    resume(store, run_id)
    ended = execute(store, run_id, distill=fakes.distill)
    assert ended.state == "failed"
    assert re.match(rf"run {run_id}: state\.pt is damaged \(", ended.record.message)


def test_a_run_that_has_ended_is_not_run_again_by_mistake(store, run_id):
    execute(store, run_id, distill=fakes.distill)
    with pytest.raises(StoreError) as caught:
        execute(store, run_id, distill=fakes.distill)
    assert str(caught.value) == (f"run {run_id}: is finished, so it cannot be started. Start a new one.")
    assert store.run(run_id).results["student"].accuracy == 0.75


@pytest.fixture
def own_teacher(tmp_path):
    """A file of weights, and a config that names it."""
    file = tmp_path / "teacher.safetensors"
    config = make_config({"dataset": "shapes", "epochs": 3})
    network = build(config.teacher, classes=8, input_shape=config.input_shape, width=config.teacher_width)
    save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, file)
    return file, changed(config, teacher_weights=str(file))


def test_a_run_that_waited_is_known_by_its_files_as_they_are_when_it_begins(store, own_teacher):
    file, config = own_teacher
    given = file.read_bytes()
    run_id = submit(store, config)
    file.write_bytes(b"two")
    execute(store, run_id, distill=fakes.distill)
    assert store.run(run_id).record.config_key == config.key
    file.write_bytes(given)
    assert store.run(run_id).record.config_key != config.key


def test_a_run_does_not_go_on_with_other_files(store, own_teacher):
    file, config = own_teacher
    given = file.read_bytes()
    run_id = submit(store, config)
    execute(store, run_id, distill=fakes.failing(TrainingError("broken"), after=6))
    curve_before = curve(store, run_id)
    file.write_bytes(b"two")
    resume(store, run_id)
    refused = execute(store, run_id, distill=fakes.distill)
    assert (refused.state, refused.record.message) == (
        "failed",
        "teacher_weights: may not be the files that this run started with (they have changed, or an earlier "
        "version started it), so it cannot be resumed. Restore those files, or start a new run.",
    )
    assert curve(store, run_id) == curve_before
    file.write_bytes(given)
    resume(store, run_id)
    assert execute(store, run_id, distill=fakes.distill).state == "finished"
    assert curve(store, run_id) == WHOLE_CURVE
