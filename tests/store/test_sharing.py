"""One directory, many threads and processes; schemas old and new."""

import math
import re
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kdviz.endings import STOPPED
from kdviz.errors import StoreError
from kdviz.store import Progress, Store, database
from kdviz.types import Measured


def schema(directory):
    connection = sqlite3.connect(directory / "kdviz.sqlite")
    rows = connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    version = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return rows, version


@pytest.mark.parametrize("version", range(len(database.MIGRATIONS)))
def test_every_old_schema_is_brought_up_to_date(tmp_path, store, version):
    connection = sqlite3.connect(tmp_path / "kdviz.sqlite")
    for script in database.MIGRATIONS[:version]:
        connection.executescript(script)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    Store(tmp_path)
    assert schema(tmp_path) == schema(store.directory)


def test_a_database_of_the_first_schema_keeps_its_runs(tmp_path):
    """schema-1.sqlite was written by the kdviz of that schema: a finished run, and a deleted one."""
    shutil.copy(Path(__file__).with_name("schema-1.sqlite"), tmp_path / "kdviz.sqlite")
    store = Store(tmp_path)
    deleted, run = store.runs(include_deleted=True)
    assert (run.id, run.record.name, run.state, run.record.config_key) == (
        "20261124-0828-83e9",
        "before tags",
        "finished",
        "c0ffee",
    )
    assert run.results["student"].accuracy == 0.1 + 0.2
    assert run.record.progress == Progress("students", 2, 2.0, 8, 8, None, 0.0, 12.5, 0.0)
    assert (run.record.note, run.record.tags, run.record.pinned, run.record.origin) == ("", (), False, "")
    assert (deleted.state, deleted.record.deleted is not None) == ("cancelled", True)
    numbers = {(m.epoch, m.measure): m.value for m in store.metrics(run.id)}
    assert numbers[1.0, "loss"] == 1 / 3
    assert math.isnan(numbers[2.0, "agreement"])
    store.annotate(run.id, tags=["old"])
    assert Store(tmp_path).run(run.id).record.tags == ("old",)


def test_a_migration_that_fails_leaves_the_schema_as_it_was(store, run_id, monkeypatch):
    before = schema(store.directory)
    broken = (
        *database.MIGRATIONS,
        "ALTER TABLE runs ADD COLUMN extra TEXT; ALTER TABLE notes ADD COLUMN x;",
    )
    monkeypatch.setattr(database, "MIGRATIONS", broken)
    with pytest.raises(StoreError, match=re.escape("no such table: notes")):
        Store(store.directory)
    assert schema(store.directory) == before


def test_many_threads_write_at_once_and_nothing_is_lost(store):
    def write(number):
        run_id = store.create({"number": number})
        for epoch in range(1, 6):
            store.add_metrics(run_id, Measured("students", float(epoch), "student", {"loss": float(number)}))
        return run_id

    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(write, range(24)))
    assert len(set(ids)) == len(store.runs()) == 24
    for number, run_id in enumerate(ids):
        assert [m.value for m in store.metrics(run_id)] == [float(number)] * 5


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process, which tells when it is ready by a line."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


WRITER = """
    import sys
    from kdviz.store import Store
    from kdviz.types import Measured
    print("ready", flush=True)
    sys.stdin.readline()
    store = Store(sys.argv[1])
    for number in range(10):
        run_id = store.create({"writer": sys.argv[2]})
        for epoch in range(1, 6):
            store.add_metrics(run_id, Measured("students", float(epoch), "student", {"loss": 0.5}))
"""


def test_processes_that_open_a_new_directory_together_lose_nothing(tmp_path):
    writers = [start(WRITER, tmp_path / "runs", number) for number in range(3)]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0
    store = Store(tmp_path / "runs")
    assert len(store.runs()) == 30
    assert {len(store.metrics(run.id)) for run in store.runs()} == {5}


HOLDER = """
    import sys
    from kdviz.store import Store
    store = Store(sys.argv[1])
    with store.hold(sys.argv[2]):
        store.claim(sys.argv[2])
        if sys.argv[3] != "running":
            store.set_state(sys.argv[2], sys.argv[3])
        print("ready", flush=True)
        sys.stdin.readline()
"""


@pytest.mark.parametrize(
    ("state", "taken_up", "message"),
    [
        ("running", True, "The process that trained it ended. Resume goes on from the last full epoch."),
        (
            "paused",
            False,
            "It was paused when the process that trained it ended. Resume goes on from the last full epoch.",
        ),
    ],
)
def test_a_run_is_interrupted_once_its_process_was_killed_and_not_before(
    store, run_id, state, taken_up, message
):
    holder = start(HOLDER, store.directory, run_id, state)
    assert holder.stdout.readline() == "ready\n"
    assert store.mark_interrupted() == []
    assert store.run(run_id).state == state
    holder.kill()
    holder.communicate()
    assert store.mark_interrupted() == [run_id]
    run = store.run(run_id)
    assert (run.state, run.record.message) == ("interrupted", message)
    assert store.take_up() == ([run_id] if taken_up else [])


def test_a_run_is_held_by_one_process_alone(store, run_id, monkeypatch):
    monkeypatch.setattr("kdviz.store.states._HANDOVER_S", 0.0)
    holder = start(HOLDER, store.directory, run_id, "running")
    assert holder.stdout.readline() == "ready\n"
    with pytest.raises(StoreError) as caught, store.hold(run_id):
        pass
    holder.communicate("done\n")
    assert str(caught.value) == (
        f"run {run_id}: another process is working on it. Wait for it, or stop it first."
    )
    with store.hold(run_id):
        assert store.run(run_id).state == "running"


def test_a_queue_is_worked_through_by_one_alone(store):
    with store.hold_queue("cpu"):
        with pytest.raises(StoreError) as caught, store.hold_queue("cpu"):
            pass
        with store.hold_queue("cuda"):
            pass
    assert str(caught.value) == "queue of cpu: another process is working through it."
    with store.hold_queue("cpu"):
        pass


def test_runs_of_dead_workers_are_taken_up_in_their_old_places_and_others_left_alone(store):
    """Those with a process of their own, stopped and failed ones are a person's to resume."""
    died, waiting, stopped = (store.create({}) for _ in range(3))
    foreground = store.create({}, state="running")
    store.set_state(died, "running")
    store.set_state(stopped, "cancelled", STOPPED)
    assert store.take_up() == [died]
    assert [run.id for run in store.queued()] == [died, waiting]
    assert store.run(foreground).state == "interrupted"
    assert store.take_up() == []


def test_only_runs_at_work_are_ever_found_interrupted(store):
    ids = {state: store.create({}) for state in ("queued", "finished", "failed", "cancelled")}
    for state, run_id in ids.items():
        store.set_state(run_id, state)
    assert store.mark_interrupted() == []


def test_a_page_that_only_lists_runs_does_without_torch():
    script = "import sys, kdviz.store, kdviz.jobs; print(sorted({'torch', 'streamlit'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
