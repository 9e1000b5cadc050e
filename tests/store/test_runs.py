"""Runs as rows: made, listed, queued, changed and deleted."""

import math
import re
import sqlite3
from contextlib import closing
from dataclasses import astuple, replace
from pathlib import Path

import pytest

from kdviz.config import stored_config
from kdviz.errors import StoreError
from kdviz.progress import Message
from kdviz.store import Progress, Store
from kdviz.types import Agreement, ArmResult, TimeFigures


def test_a_new_run_waits_in_the_queue_with_its_config(store):
    run_id = store.create(
        {"dataset": "shapes", "arms": ["student"], "data": None}, key="abc", name="first try"
    )
    run = store.run(run_id)
    assert re.fullmatch(r"\d{8}-\d{4}-[a-z0-9]{4}", run_id)
    assert (run.record.name, run.state, run.record.config_key, run.record.attempt) == (
        "first try",
        "queued",
        "abc",
        0,
    )
    assert run.config == stored_config({"dataset": "shapes", "arms": ["student"], "data": None})
    assert run.record.started is run.record.finished is run.record.deleted is run.results is None


def test_runs_are_listed_newest_first_and_queued_oldest_first(store):
    ids = [store.create({"epochs": number}) for number in range(3)]
    assert [run.id for run in store.runs()] == ids[::-1]
    assert [run.id for run in store.queued()] == ids


def test_a_run_of_its_own_process_never_stands_in_the_queue(store):
    store.create({}, state="running")
    assert store.queued() == []


def test_another_store_on_the_directory_sees_the_same(store, run_id):
    store.set_progress(run_id, Progress("students", epochs=4, step=15, steps=40, seconds_left=2.5))
    assert Store(store.directory).run(run_id) == store.run(run_id)


READING = Message("Reading images: {done} of {count}", {"done": 20, "count": 90})


@pytest.mark.parametrize("doing", [None, Message("Measuring"), READING])
def test_progress_comes_back_as_it_was_written(store, run_id, doing):
    progress = Progress("teacher", 8, 2.5, 25, 80, doing, 0.0, 12.5, 30.0)
    store.set_progress(run_id, progress)
    assert store.run(run_id).record.progress == progress


@pytest.mark.parametrize("text", ["Reading images: 20 of 90", "Measuring", "[half", '["one", 2]', "[1]"])
def test_text_that_an_earlier_version_stored_is_shown_as_it_is(store, run_id, text):
    with closing(sqlite3.connect(store.directory / "kdviz.sqlite")) as database, database:
        database.execute("UPDATE runs SET doing = ?", (text,))
    assert str(store.run(run_id).record.progress.doing) == text


def test_an_unknown_time_left_is_nan(store, run_id):
    store.set_progress(run_id, Progress(seconds_left=math.nan))
    assert math.isnan(store.run(run_id).record.progress.seconds_left)


def test_a_state_is_changed_only_from_those_named(store, run_id):
    assert not store.set_state(run_id, "paused", only_from={"running"})
    assert store.run(run_id).state == "queued"
    assert store.set_state(run_id, "cancelled", "Not needed.", only_from={"queued", "running"})
    assert (store.run(run_id).state, store.run(run_id).record.message) == ("cancelled", "Not needed.")


def test_only_a_live_run_takes_requests(store, run_id):
    assert not store.request(run_id, "stop")
    store.claim(run_id)
    assert store.request(run_id, "pause")
    assert store.requested(run_id) == "pause"
    assert store.request(run_id, None)
    assert store.requested(run_id) is None


@pytest.mark.parametrize("state", ["finished", "failed", "cancelled", "interrupted"])
def test_the_end_of_a_run_answers_all_requests(store, run_id, state):
    store.claim(run_id)
    store.request(run_id, "stop")
    store.set_state(run_id, state)
    assert store.run(run_id).record.request is None
    assert store.run(run_id).record.finished is not None


def test_a_claimed_run_is_running_and_keeps_its_first_start(store, run_id):
    store.claim(run_id)
    started = store.run(run_id).record.started
    store.set_state(run_id, "interrupted")
    store.claim(run_id)
    assert (store.run(run_id).state, store.run(run_id).record.started, store.run(run_id).record.finished) == (
        "running",
        started,
        None,
    )


@pytest.mark.parametrize(
    ("state", "way_out"),
    [("finished", "Start a new one."), ("failed", "Resume it first."), ("cancelled", "Resume it first.")],
)
def test_a_run_that_does_not_wait_cannot_be_claimed(store, run_id, state, way_out):
    store.set_state(run_id, state)
    with pytest.raises(StoreError) as caught:
        store.claim(run_id)
    assert str(caught.value) == f"run {run_id}: is {state}, so it cannot be started. {way_out}"


def test_a_run_is_claimed_by_the_process_that_created_it_running(store):
    run_id = store.create({}, state="running")
    store.claim(run_id)
    assert store.run(run_id).state == "running"


def test_a_resumed_run_goes_to_the_end_of_the_queue(store):
    first, second = store.create({}), store.create({})
    store.set_state(first, "cancelled")
    assert store.enqueue(first)
    assert [run.id for run in store.queued()] == [second, first]


@pytest.mark.parametrize("state", ["queued", "running", "paused", "finished"])
def test_a_run_that_has_not_ended_unfinished_is_not_queued_again(store, run_id, state):
    store.set_state(run_id, state)
    assert not store.enqueue(run_id)
    assert store.run(run_id).state == state


def test_final_figures_come_back_with_undefined_ones_as_nan(store, run_id):
    score = Agreement(math.nan, 0.5, math.nan, math.nan, math.nan, 0, 1.0)
    timed = {"grad-cam": TimeFigures(hit=0.75, share=1 / 3)}
    student = ArmResult(
        10, 0.5, fidelity=1 / 7, agreement={"cosine": score}, held_out_explainer="lime", time_figures=timed
    )
    store.finish(run_id, {"student": student})
    back = store.run(run_id).results
    assert store.run(run_id).state == "finished"
    assert repr(back["student"]) == repr(
        replace(
            student,
            agreement=back["student"].agreement,
            cue_hits=back["student"].cue_hits,
            left_out_ranks=back["student"].left_out_ranks,
            time_figures=back["student"].time_figures,
            untrained_time_figures=back["student"].untrained_time_figures,
        )
    )
    assert repr(dict(back["student"].time_figures)) == repr(timed)
    assert not back["student"].untrained_time_figures
    assert repr(dict(back["student"].agreement)) == repr({"cosine": score})


def test_an_unknown_id_is_answered_with_the_nearest(store, run_id):
    wrong = run_id[:-1]
    with pytest.raises(StoreError) as caught:
        store.run(wrong)
    assert str(caught.value) == (f"run: unknown id {wrong!r}. Did you mean {run_id!r}? Newest: {run_id}.")


def test_the_error_for_an_unknown_id_in_an_empty_store_states_that_there_are_no_runs(store):
    with pytest.raises(StoreError) as caught:
        store.run("mine")
    assert str(caught.value) == "run: unknown id 'mine'. There are no runs yet."


USES = {
    "run": lambda store, name: store.run(name),
    "set_state": lambda store, name: store.set_state(name, "paused"),
    "set_progress": lambda store, name: store.set_progress(name, Progress()),
    "request": lambda store, name: store.request(name, "stop"),
    "metrics": lambda store, name: store.metrics(name),
    "weights": lambda store, name: store.weights(name, "student"),
    "weights_hash": lambda store, name: store.weights_hash(name, "student"),
    "save_weights": lambda store, name: store.save_weights(name, "student", {}),
    "probe": lambda store, name: store.probe(name, 0),
    "probe_epochs": lambda store, name: store.probe_epochs(name),
    "resume_state": lambda store, name: store.resume_state(name),
    "card": lambda store, name: store.card(name),
    "annotate": lambda store, name: store.annotate(name, pinned=True),
    "annotate nothing": lambda store, name: store.annotate(name),
    "export": lambda store, name: store.export(name, Path("never")),
    "hold": lambda store, name: store.hold(name),
    "delete": lambda store, name: store.delete(name),
    "restore": lambda store, name: store.restore(name),
    "purge": lambda store, name: store.purge(name),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(
    "crafted",
    ["../outside", "/etc", "20260101-0000-aaaa/../..", "", "20260101-0000-aaaa\n", "\ud800"],
)
def test_a_crafted_id_never_becomes_a_path(store, run_id, use, crafted):
    with pytest.raises(StoreError, match=re.escape(f"run: unknown id {crafted!r}.")):
        USES[use](store, crafted)


def test_a_database_that_was_tampered_with_cannot_make_us_remove_other_folders(store, tmp_path):
    (tmp_path / "outside").mkdir()
    with closing(sqlite3.connect(store.directory / "kdviz.sqlite")) as connection, connection:
        connection.execute(
            "INSERT INTO runs (id, name, state, created, deleted, config, config_key) "
            "VALUES ('../outside', '', 'finished', 0, 1, '{}', '')"
        )
    with pytest.raises(StoreError) as caught:
        store.purge("../outside")
    assert str(caught.value) == "run: unknown id '../outside'. There are no runs yet."
    assert (tmp_path / "outside").exists()


def test_a_person_writes_on_a_run_and_what_is_left_out_stays(store, run_id):
    store.annotate(run_id, name="für die Klasse", note="first line\n\nsecond", tags=["λ", "b c"], pinned=True)
    store.annotate(run_id, note="another")
    run = store.run(run_id)
    assert (run.record.name, run.record.note, run.record.tags, run.record.pinned) == (
        "für die Klasse",
        "another",
        ("λ", "b c"),
        True,
    )
    store.annotate(run_id, name="", note="", tags=[], pinned=False)
    run = store.run(run_id)
    assert (run.record.name, run.record.note, run.record.tags, run.record.pinned) == ("", "", (), False)


def test_writing_on_a_run_is_no_sign_of_life(store, run_id):
    before = store.run(run_id)
    store.annotate(run_id, name="new")
    store.annotate(run_id)
    assert astuple(store.run(run_id).record) == astuple(replace(before.record, name="new"))


def test_a_name_is_one_line_and_a_tag_is_there_once(store, run_id):
    store.annotate(
        run_id, name="  two\nlines\x00 \ud800", note=" a\r\nb\x07 ", tags=["A", " ", "b", "a", "B\n"]
    )
    run = store.run(run_id)
    assert (run.record.name, run.record.note, run.record.tags) == ("two lines", "a\nb", ("A", "b"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "x" * 121}, "name: at most 120 characters are kept, got 121. Shorten it."),
        ({"note": "x" * 4001}, "note: at most 4,000 characters are kept, got 4,001. Shorten it."),
        ({"tags": ["x" * 33]}, "tag: at most 32 characters are kept, got 33. Shorten it."),
        ({"tags": list("abcdefghijklm")}, "tags: at most 12 are kept, got 13. Leave some out."),
    ],
)
def test_what_is_too_long_is_refused_and_nothing_is_written(store, run_id, given, message):
    with pytest.raises(StoreError) as caught:
        store.annotate(run_id, **{"name": "new", "note": "new", "tags": ["new"], **given})
    assert str(caught.value) == message
    assert (store.run(run_id).record.name, store.run(run_id).record.note, store.run(run_id).record.tags) == (
        "",
        "",
        (),
    )


def test_a_name_that_is_too_long_makes_no_run(store):
    with pytest.raises(StoreError):
        store.create({}, name="x" * 121)
    assert store.runs() == []


def test_a_deleted_run_can_be_brought_back(store, run_id):
    store.delete(run_id)
    assert store.runs() == []
    assert [run.id for run in store.runs(include_deleted=True)] == [run_id]
    store.restore(run_id)
    assert [run.id for run in store.runs()] == [run_id]


def test_a_run_deleted_from_the_queue_leaves_it_for_good(store, run_id):
    store.delete(run_id)
    assert store.queued() == []
    store.restore(run_id)
    assert store.run(run_id).state == "cancelled"


def test_a_deleted_run_is_neither_started_nor_resumed(store, run_id):
    store.delete(run_id)
    assert not store.enqueue(run_id)
    with pytest.raises(StoreError) as caught:
        store.claim(run_id)
    assert str(caught.value) == f"run {run_id}: is deleted, so it cannot be started. Restore it first."


def test_a_run_at_work_cannot_be_deleted(store, run_id):
    with store.hold(run_id):
        store.claim(run_id)
        with pytest.raises(StoreError) as caught:
            store.delete(run_id)
    assert str(caught.value) == f"run {run_id}: is running, so it cannot be deleted. Stop it first."


def test_a_purged_run_is_gone_with_its_folder_and_leaves_its_neighbours(store, run_id):
    other = store.create({})
    store.delete(run_id)
    store.purge(run_id)
    assert not (store.directory / run_id).exists()
    assert (store.directory / other / "config.json").exists()
    assert [run.id for run in store.runs(include_deleted=True)] == [other]


def test_purging_takes_a_deletion_first(store, run_id):
    with pytest.raises(StoreError) as caught:
        store.purge(run_id)
    assert str(caught.value) == f"run {run_id}: is not deleted, so it cannot be purged. Delete it first."
    assert (store.directory / run_id / "config.json").exists()
