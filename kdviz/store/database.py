"""The SQLite database: schema and short-lived connections."""

from __future__ import annotations

import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path

from kdviz.store.failures import BUSY_S, as_store_errors, busy, newer_schema
from kdviz.store.locks import held

MIGRATIONS = (
    """
    CREATE TABLE runs (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL,
        created REAL NOT NULL, queued REAL, started REAL, updated REAL, finished REAL, deleted REAL,
        config TEXT NOT NULL, config_key TEXT NOT NULL,
        stage TEXT, epochs INTEGER NOT NULL DEFAULT 0, epoch REAL NOT NULL DEFAULT 0,
        step INTEGER NOT NULL DEFAULT 0, steps INTEGER NOT NULL DEFAULT 0,
        doing TEXT NOT NULL DEFAULT '', fraction REAL NOT NULL DEFAULT 0,
        seconds REAL NOT NULL DEFAULT 0, seconds_left REAL,
        message TEXT NOT NULL DEFAULT '', results TEXT, request TEXT, attempt INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX runs_by_state ON runs (state);
    -- AUTOINCREMENT: rows are removed when a run is resumed, and a reader's place must stay good.
    CREATE TABLE metrics (
        row INTEGER PRIMARY KEY AUTOINCREMENT,
        run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
        stage TEXT NOT NULL, epoch REAL NOT NULL, arm TEXT NOT NULL, measure TEXT NOT NULL,
        value REAL,
        UNIQUE (run, stage, arm, epoch, measure)
    );
    CREATE INDEX metrics_by_run ON metrics (run);
    """,
    """
    ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
    ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE runs ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE runs ADD COLUMN origin TEXT NOT NULL DEFAULT '';
    """,
    """
    ALTER TABLE runs ADD COLUMN owner TEXT NOT NULL DEFAULT '';
    ALTER TABLE runs ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;
    """,
)
"""One script per schema version, in order. Never edit a released one: append."""


class Database:
    """`kdviz.sqlite` in a runs directory, for any number of threads and processes.

    Each use opens its own connection (0.1 ms), so no lock is needed here.
    """

    def __init__(self, directory: Path) -> None:
        """Create the directory and the database, or migrate an older one. Raises StoreError."""
        self.directory = directory
        self._file = directory / "kdviz.sqlite"
        # Switching to WAL and migrating do not wait for other processes.
        with (
            held(directory / "kdviz.lock", directory, timeout_s=BUSY_S, taken=busy(directory)),
            as_store_errors(directory),
        ):
            keeper = self._connect()
            # While one connection is open, closing another needs no checkpoint.
            weakref.finalize(self, keeper.close)
            self._migrate(keeper)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading."""
        with as_store_errors(self.directory), closing(self._connect()) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection inside one transaction: all changes are committed, or none."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:  # SQLite itself rolls back when the disk is full
                    connection.rollback()
                raise
            connection.commit()

    def problem(self) -> str:
        """The first problem that SQLite finds in the file; "" if there is none. Reads all of it."""
        with self.reading() as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        return "" if found == "ok" else " ".join(str(found).split())

    def back_up(self) -> Path:
        """Copy the database to a file beside it, whose path is returned."""
        copy = _free(self.directory / f"kdviz.sqlite.backup-{time.strftime('%Y%m%d-%H%M%S')}")
        with self.reading() as connection, closing(sqlite3.connect(copy)) as target:
            connection.backup(target)
        return copy

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._file, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        try:
            # NORMAL: a power failure may lose the last writes, but not the database.
            connection.executescript("PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;")
        except BaseException:
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise newer_schema(self.directory, version, len(MIGRATIONS))
        connection.execute("PRAGMA journal_mode = WAL")
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            connection.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")


def move_database_away(directory: Path) -> Path:
    """Rename a database that cannot be read, with its journals. Returns its new path. Raises StoreError."""
    with as_store_errors(directory):
        away = _free(directory / f"kdviz.sqlite.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        for ending in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                (directory / f"kdviz.sqlite{ending}").rename(f"{away}{ending}")
    return away


def _free(path: Path) -> Path:
    """The path, with a number if there is such a file."""
    return next(each for n in count() if not (each := Path(f"{path}-{n}" if n else path)).exists())
