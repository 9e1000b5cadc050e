"""Rows and files that were cut short, or written by something else: one run is lost, and no other."""

import json
import math
import sqlite3
import zipfile
from contextlib import closing

import pytest

from kdviz.errors import StoreError
from kdviz.store import DamagedRun
from kdviz.types import Measured

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
    ("results", '{"student": {"test_accuracy": 1.5}}', "results"),
    ("results", '{"student": {"fidelity_kl": 1e400}}', "results"),
    ("tags", "{", "record"),
    ("state", "exploded", "record"),
    ("created", "yesterday", "record"),
    ("created", 1e300, "record"),
    ("finished", -1, "record"),
    ("name", b"\x00\xff", "record"),
    ("note", b"5", "record"),
    ("pinned", "yes", "record"),
    ("steps", "many", "record"),
    ("epochs", 2**60, "record"),
    ("seconds", 1e300, "record"),
    ("fraction", math.inf, "record"),
    ("seconds_left", "soon", "record"),
    ("stage", "teaching", "record"),
    ("request", "dance", "record"),
    ("config", '{"seed": 1e400}', "settings"),
    ("config", '{"temperature": NaN}', "settings"),
    ("config", '{"epochs": 1000000000000000000000}', "settings"),
    ("config", '{"image_size": "wide"}', "settings"),
    ("config", "[" * 100_000, "settings"),
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
        f"run {run_id}: its {part} {'is' if part == 'record' else 'are'} damaged and cannot be read. Delete it, "
        "export it as it is, or put back a copy of kdviz.sqlite."
    )


def test_it_is_exported_as_it_is(store, run_id, tmp_path):
    store.add_metrics(run_id, Measured("students", 1.0, "student", {"loss": 0.5}))
    write(store, run_id, "config", "{")
    write(store, run_id, "name", b"\xff")
    with zipfile.ZipFile(store.export(run_id, tmp_path / "run.zip")) as packed:
        row = json.loads(packed.read("row.json"))
        assert (row["id"], row["config"], row["name"]) == (run_id, "{", repr(b"\xff"))
        assert json.loads(packed.read("files/config.json")) == {"dataset": "shapes", "epochs": 4}
        assert packed.read("metrics.csv").splitlines()[1] == b"students,1.0,student,loss,0.5"
    with pytest.raises(StoreError, match="is not part of an exported run"):
        store.import_run(tmp_path / "run.zip")


def test_numbers_that_cannot_be_read_are_left_out_of_a_curve(store, run_id):
    store.add_metrics(run_id, Measured("students", 1.0, "student", {"loss": 0.5}))
    foreign = [(1e300, "student", "loss", 1.0), (2.0, "pupil", "loss", 1.0), (2.0, "student", "loss", "high"),
               (2.0, "student", b"loss", 1.0), ("late", "student", "loss", 1.0)]  # fmt: skip
    with closing(sqlite3.connect(store.directory / "kdviz.sqlite")) as connection, connection:
        connection.executemany(
            "INSERT INTO metrics (run, stage, epoch, arm, measure, value) VALUES (?, 'students', ?, ?, ?, ?)",
            [(run_id, *each) for each in foreign],
        )
    assert [metric[1:] for metric in store.metrics(run_id)] == [("students", 1.0, "student", "loss", 0.5)]


def test_arms_without_results_are_undefined(store, finished):
    write(store, finished, "results", '{"student": {"test_accuracy": 0.5}}')
    results = store.run(finished).results
    assert list(results) == ["teacher", "student"]
    assert math.isnan(results["teacher"].accuracy)


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
