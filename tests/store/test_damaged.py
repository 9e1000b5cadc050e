"""Rows and files that were cut short, or written by something else: one run is lost, and no other."""

import sqlite3
from contextlib import closing

import pytest

from kdviz.errors import StoreError
from kdviz.store import DamagedRun

FOREIGN = [
    ("config", '{"dataset": "sha', "settings"),
    ("config", "[1]", "settings"),
    ("config", '{"epochs": "many"}', "settings"),
    ("config", '{"seed": true}', "settings"),
    ("config", '{"arms": "student"}', "settings"),
    ("results", '{"student": {"parameters": 5', "results"),
    ("results", "[]", "results"),
    ("results", "3", "results"),
    ("results", '{"twin": {}}', "results"),
    ("results", '{"teacher": 3, "student": 4}', "results"),
    ("results", '{"teacher": {}, "student": {"test_accuracy": "high"}}', "results"),
    ("results", '{"teacher": {}, "student": {"agreement": {"cosine": {"raw": []}}}}', "results"),
    ("tags", "{", "record"),
    ("state", "exploded", "record"),
    ("created", "yesterday", "record"),
    ("created", 1e300, "record"),
    ("finished", -1, "record"),
]


def write(store, run_id, column, text):
    with closing(sqlite3.connect(store.directory / "kdviz.sqlite")) as connection, connection:
        connection.execute(f"UPDATE runs SET {column} = ? WHERE id = ?", (text, run_id))


@pytest.mark.parametrize(("column", "text", "part"), FOREIGN)
def test_a_row_that_cannot_be_read_is_one_damaged_run_beside_the_others(
    store, run_id, finished, column, text, part
):
    write(store, run_id, column, text)
    assert [run.id for run in store.runs()] == [finished]
    assert store.damaged_runs() == [DamagedRun(run_id, False, part)]
    assert store.queued() == []
    assert store.mark_interrupted() == []
    assert store.requested(run_id) is None
    with pytest.raises(StoreError) as caught:
        store.run(run_id)
    assert str(caught.value) == (
        f"run {run_id}: its {part} are damaged and cannot be read. Delete it on the Runs page, "
        "or put back a copy of kdviz.sqlite."
    )


def test_it_can_be_deleted_restored_and_purged(store, run_id):
    write(store, run_id, "config", "{")
    with pytest.raises(StoreError, match="Delete it first"):
        store.purge(run_id)
    store.delete(run_id)
    assert store.damaged_runs() == []
    assert store.damaged_runs(include_deleted=True) == [DamagedRun(run_id, True, "settings")]
    store.restore(run_id)
    assert store.damaged_runs() == [DamagedRun(run_id, False, "settings")]
    store.delete(run_id)
    store.purge(run_id)
    assert store.damaged_runs(include_deleted=True) == []
    assert not (store.directory / run_id).exists()


def cut(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize(
    ("file", "read"),
    [
        ("notes.json", lambda store, run_id: store.notes(run_id)),
        ("card.json", lambda store, run_id: store.card(run_id)),
        ("probe/epoch-0001.npz", lambda store, run_id: store.probe(run_id, 1)),
        ("weights/student.safetensors", lambda store, run_id: store.weights(run_id, "student")),
    ],
)
def test_a_file_that_was_cut_short_is_named(store, finished, file, read):
    cut(store.directory / finished / file)
    with pytest.raises(StoreError, match=f"^run {finished}: {file} is damaged"):
        read(store, finished)


@pytest.mark.parametrize("text", ["[]", "{}", '{"notes": 5}'])
def test_notes_of_another_form_are_damaged(store, finished, text):
    (store.directory / finished / "notes.json").write_text(text)
    with pytest.raises(StoreError, match=r"notes\.json is damaged"):
        store.notes(finished)


def test_maps_whose_arrays_do_not_fit_are_damaged(store, finished):
    folder = store.directory / finished
    (folder / "probe" / "epoch-0001.npz").write_bytes((folder / "surveys" / "grad-cam.npz").read_bytes())
    with pytest.raises(StoreError, match=r"epoch-0001\.npz is damaged"):
        store.probe(finished, 1)
