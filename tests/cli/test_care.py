"""`delete` and `doctor` on directories with something wrong in them."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from typer.testing import CliRunner

from kdviz.cli.commands import app
from kdviz.store import Store

CONFIG = {"dataset": "shapes", "epochs": 4}


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs")


@pytest.fixture
def run_id(store):
    return store.create(CONFIG)


def called(store, *arguments):
    return CliRunner().invoke(app, [*arguments, "--runs-dir", str(store.directory)], env={"COLUMNS": "400"})


def damage(store, run_id):
    with closing(sqlite3.connect(store.directory / "kdviz.sqlite")) as connection, connection:
        connection.execute("UPDATE runs SET config = '{' WHERE id = ?", (run_id,))


def test_a_damaged_run_is_deleted_and_can_be_restored(store, run_id):
    damage(store, run_id)
    assert (
        called(store, "delete", run_id).stdout == f"Run {run_id} was deleted. The page Runs can restore it.\n"
    )
    assert [run.deleted for run in store.damaged_runs(include_deleted=True)] == [True]


def test_a_purged_run_is_gone(store, run_id):
    assert called(store, "delete", run_id, "--purge").exit_code == 0
    assert store.runs(include_deleted=True) == []
    assert not (store.directory / run_id).exists()


def test_a_healthy_directory_is_said_to_be_one(store, run_id):
    result = called(store, "doctor")
    assert (result.exit_code, result.stdout) == (0, "1 runs. Nothing is wrong.\n")


def test_everything_that_is_wrong_is_a_line(store, run_id):
    orphan, lost = store.create(CONFIG), store.create(CONFIG)
    store._rows.remove(orphan)
    shutil.rmtree(store.directory / lost)
    damage(store, run_id)
    (store.directory / "notes.json.1.tmp").write_bytes(b"half")
    result = called(store, "doctor")
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"Run {run_id} is damaged: export it, or delete it.",
        f"Run {lost} has lost its folder: delete it.",
        f"Folder {orphan} belongs to no run. Take it back with: python -m kdviz doctor --repair",
        "Removed what a killed process left: notes.json.1.tmp",
    ]


def test_a_repair_backs_the_database_up_and_takes_folders_back(store, run_id):
    orphan = store.create(CONFIG)
    store._rows.remove(orphan)
    found = json.loads(called(store, "doctor", "--repair", "--json").stdout)
    assert found["taken_back"] == [orphan]
    assert store.run(orphan).state == "interrupted"
    with closing(sqlite3.connect(found["backup"])) as connection:
        assert connection.execute("SELECT id FROM runs").fetchall() == [(run_id,)]


@pytest.mark.parametrize("content", [b"no database at all, but a text of some length" * 40, None])
def test_a_database_that_is_broken_or_gone_is_made_again(store, run_id, content):
    for each in store.directory.glob("kdviz.sqlite*"):
        each.unlink()
    if content is not None:
        (store.directory / "kdviz.sqlite").write_bytes(content)
    result = called(store, "doctor", "--repair")
    assert result.exit_code == 0, result.output
    assert Store(store.directory).run(run_id).state == "interrupted"
    kept = [each.read_bytes() for each in store.directory.glob("kdviz.sqlite.damaged-*")]
    assert kept == ([] if content is None else [content])
