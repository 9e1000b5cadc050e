"""A runs directory that cannot be used: one clear line, and nothing lost."""

import errno
import os
import sqlite3
import sys
import tempfile
from pathlib import Path

import pytest
import torch

from kdviz.errors import StoreError
from kdviz.store import Store, database, failures
from kdviz.types import Measured


def line(use) -> str:
    with pytest.raises(StoreError) as caught:
        use()
    return str(caught.value)


@pytest.fixture
def shared():
    """A directory that other users can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def as_nobody():
    """Permissions mean nothing to root, so root becomes somebody else for the test."""
    if sys.platform == "win32":
        pytest.skip("permissions of another kind")
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_a_directory_that_is_read_only(shared, as_nobody):
    said = "cannot be written to. Make it writable, or choose another directory."
    assert line(lambda: Store(shared / "runs")) == f"runs directory {str(shared / 'runs')!r}: {said}"


def test_a_store_that_was_made_by_somebody_else(shared, request):
    Store(shared).create({})
    for path in shared.rglob("*"):
        path.chmod(0o555)
    shared.chmod(0o555)
    request.getfixturevalue("as_nobody")
    said = "cannot be written to. Make it writable, or choose another directory."
    assert line(lambda: Store(shared)) == f"runs directory {str(shared)!r}: {said}"


def test_a_directory_that_becomes_read_only_under_an_open_store(shared, request):
    store = Store(shared)
    run_id = store.create({})
    for path in (*shared.rglob("*"), shared):
        path.chmod(0o555 if path.is_dir() else 0o444)
    request.getfixturevalue("as_nobody")
    said = "cannot be written to. Make it writable, or choose another directory."
    for use in (
        lambda: store.create({}),
        lambda: store.set_state(run_id, "paused"),
        lambda: store.save_weights(run_id, "student", {"w": torch.zeros(1)}),
    ):
        assert line(use) == f"runs directory {str(shared)!r}: {said}"


def test_a_path_that_is_a_file(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    assert line(lambda: Store(file)) == f"runs directory {str(file)!r}: is a file. Choose a directory."
    assert line(lambda: Store(file / "runs")) == (
        f"runs directory {str(file / 'runs')!r}: is below a file. Choose another directory."
    )
    assert file.read_text() == "mine"


def test_a_database_of_a_newer_version_is_left_alone(store, run_id):
    with sqlite3.connect(store.directory / "kdviz.sqlite") as connection:
        connection.execute("PRAGMA user_version = 7")
    connection.close()
    before = (store.directory / "kdviz.sqlite").read_bytes()
    assert line(lambda: Store(store.directory)) == (
        f"runs directory {str(store.directory)!r}: was written by a newer kdviz "
        f"(schema 7, this one knows {len(database.MIGRATIONS)}). Upgrade kdviz, or choose another directory."
    )
    assert (store.directory / "kdviz.sqlite").read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"this is not a database, " * 50, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_damaged_database_is_left_alone(tmp_path, content):
    (tmp_path / "kdviz.sqlite").write_bytes(content)
    assert line(lambda: Store(tmp_path)) == (
        f"runs directory {str(tmp_path)!r}: the database kdviz.sqlite is damaged. Put a copy in its place, "
        "or move it away to start over; the folders of the runs are not touched."
    )
    assert (tmp_path / "kdviz.sqlite").read_bytes() == content


FULL = "the disk is full. Free some space; what was saved before is kept."


def test_a_disk_that_is_full_for_the_database(store, run_id, monkeypatch):
    connect = database.Database._connect

    def without_room(self):
        connection = connect(self)
        connection.execute("PRAGMA max_page_count = 1")  # SQLite makes it the present size
        return connection

    monkeypatch.setattr(database.Database, "_connect", without_room)
    wide = {f"measure {number}": 0.5 for number in range(2000)}
    measured = Measured("students", 1.0, "student", wide)
    assert (
        line(lambda: store.add_metrics(run_id, measured))
        == f"runs directory {str(store.directory)!r}: {FULL}"
    )
    monkeypatch.undo()
    assert store.metrics(run_id) == []
    store.add_metrics(run_id, measured)
    assert len(store.metrics(run_id)) == 2000


def test_a_disk_that_is_full_while_a_database_is_opened(tmp_path):
    """Seen on a tmpfs of 32 KB: SQLite calls it an I/O error there."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    with pytest.raises(StoreError) as caught, failures.as_store_errors(tmp_path):
        raise error
    assert str(caught.value) == f"runs directory {str(tmp_path)!r}: {FULL}"


def test_a_disk_that_is_full_for_files(store, run_id, monkeypatch):
    store.save_weights(run_id, "student", {"w": torch.ones(1)})

    def no_room(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", no_room)
    said = f"runs directory {str(store.directory)!r}: {FULL}"
    assert line(lambda: store.save_weights(run_id, "student", {"w": torch.zeros(1)})) == said
    assert line(lambda: store.save_teacher("abc", {"w": torch.zeros(1)})) == said
    assert line(lambda: store.create({})) == said
    monkeypatch.undo()
    assert store.weights(run_id, "student")["w"].item() == 1
    assert [path.name for path in store.directory.iterdir() if path.is_dir() and path.name != "teachers"] == [
        run_id
    ]


def test_a_database_that_another_program_keeps_busy(store, run_id, monkeypatch):
    monkeypatch.setattr(database, "BUSY_S", 0.0)
    other = sqlite3.connect(store.directory / "kdviz.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    said = line(lambda: store.set_state(run_id, "paused"))
    other.close()
    assert said == (
        f"runs directory {str(store.directory)!r}: the database has been in use by another program for "
        f"{failures.BUSY_S:.0f} s. Close that program, or try again."
    )


def test_any_other_error_has_the_message_of_the_system(tmp_path):
    with pytest.raises(StoreError) as caught, failures.as_store_errors(tmp_path):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    assert str(caught.value) == f"runs directory {str(tmp_path)!r}: {os.strerror(errno.EMFILE)}."
