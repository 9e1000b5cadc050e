"""What may be asked of a run in which state."""

import pytest

from kdviz.errors import StoreError
from kdviz.jobs import execute, import_run, pause, resume, stop, submit
from kdviz.jobs.wakeup import WAKEUP
from kdviz.store import Store
from tests.jobs import fakes


def test_a_submitted_run_waits_with_its_settings(store, config):
    run = store.run(submit(store, config, "first try"))
    assert (run.state, run.record.name, run.record.config_key) == ("queued", "first try", config.key)
    assert run.config == config


def test_a_run_of_the_foreground_is_its_callers(store, config):
    run_id = submit(store, config, foreground=True)
    assert store.queued() == []
    assert execute(store, run_id, distill=fakes.distill).state == "finished"


def test_a_run_of_the_foreground_that_somebody_found_too_early_runs_all_the_same(store, config):
    run_id = submit(store, config, foreground=True)
    assert store.mark_interrupted() == [run_id]
    assert execute(store, run_id, distill=fakes.distill).state == "finished"


def test_a_queued_run_is_stopped_at_once_and_can_be_queued_again(store, config, run_id):
    stop(store, run_id)
    assert (store.run(run_id).state, store.queued()) == ("cancelled", [])
    resume(store, run_id)
    assert [run.id for run in store.queued()] == [run_id]


def test_a_run_resumed_in_the_foreground_is_not_queued(store, run_id):
    stop(store, run_id)
    resume(store, run_id, foreground=True)
    assert (store.run(run_id).state, store.queued()) == ("running", [])


@pytest.mark.parametrize(
    ("ask", "state", "what"),
    [
        (pause, "queued", "cannot be paused"),
        (pause, "finished", "cannot be paused"),
        (stop, "finished", "cannot be stopped"),
        (stop, "interrupted", "cannot be stopped"),
        (resume, "queued", "cannot be resumed"),
        (resume, "finished", "cannot be resumed"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(store, run_id, ask, state, what):
    store.set_state(run_id, state)
    with pytest.raises(StoreError) as caught:
        ask(store, run_id)
    assert str(caught.value) == f"run {run_id}: is {state}, so it {what}."
    assert store.run(run_id).state == state


@pytest.mark.parametrize(("ask", "what"), [(pause, "paused"), (stop, "stopped"), (resume, "resumed")])
def test_a_deleted_run_is_left_in_peace(store, run_id, ask, what):
    store.delete(run_id)
    with pytest.raises(StoreError) as caught:
        ask(store, run_id)
    assert str(caught.value) == f"run {run_id}: is deleted, so it cannot be {what}."


def test_a_run_whose_process_died_can_be_resumed_at_once(store, run_id):
    store.claim(run_id)
    resume(store, run_id)
    assert [run.id for run in store.queued()] == [run_id]


def test_every_request_rings_the_bell(store, config):
    rings = WAKEUP.count
    run_id = submit(store, config)
    stop(store, run_id)
    resume(store, run_id)
    with store.hold(run_id):
        store.claim(run_id)
        pause(store, run_id)
        resume(store, run_id)
        stop(store, run_id)
    assert WAKEUP.count == rings + 6


def test_an_imported_run_brings_settings_that_this_version_understands(store, config, tmp_path):
    run_id = submit(store, config, "to go")
    packed = store.export(run_id, tmp_path / "run.zip")
    elsewhere = Store(tmp_path / "elsewhere")
    assert elsewhere.run(import_run(elsewhere, packed)).config == config
    strange = store.export(store.create({"dataset": "shaps"}), tmp_path / "strange.zip")
    with pytest.raises(StoreError) as caught:
        import_run(elsewhere, strange)
    assert str(caught.value).startswith(
        f"import: {str(strange)!r} was refused: its settings are not understood: dataset: unknown name 'shaps'. Did you mean"
    )
    assert [run.id for run in elsewhere.runs()] == [run_id]
