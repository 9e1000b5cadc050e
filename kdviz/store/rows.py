"""The table of runs: one row per run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from sqlite3 import Connection
from typing import Any

from kdviz.store.database import Database
from kdviz.store.run import DamagedRun, Run, run_from_row
from kdviz.types import RunState

_NEWEST_FIRST = "ORDER BY created DESC, rowid DESC"


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    """Insert a row; omitted columns take their defaults."""
    columns, places = ", ".join(values), ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO runs ({columns}) VALUES ({places})", tuple(values.values()))


class Rows:
    """Reads and changes rows, each call in its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, run_id: str) -> Run | DamagedRun | None:
        """One run, or None."""
        found = self._selected("WHERE id = ?", _asked(run_id))
        return found[0] if found else None

    def all(self, *, include_deleted: bool) -> list[Run]:
        """All runs that can be read, newest first."""
        return [run for run in self._all(include_deleted=include_deleted) if isinstance(run, Run)]

    def damaged(self, *, include_deleted: bool) -> list[DamagedRun]:
        """The others, newest first."""
        return [run for run in self._all(include_deleted=include_deleted) if isinstance(run, DamagedRun)]

    def queued(self) -> list[Run]:
        """Queued runs that can be read, in queue order."""
        found = self._selected("WHERE state = 'queued' AND deleted IS NULL ORDER BY queued, rowid")
        return [run for run in found if isinstance(run, Run)]

    def left_in_queue(self, message: str) -> list[str]:
        """The ids of runs that joined the queue and were interrupted with this message, in queue order."""
        found = self._selected(
            "WHERE state = 'interrupted' AND message = ? AND queued IS NOT NULL AND deleted IS NULL "
            "ORDER BY queued, rowid",
            message,
        )
        return [run.id for run in found if isinstance(run, Run)]

    def ids(self) -> set[str]:
        """The ids of every run, of deleted and damaged ones as well."""
        with self._database.reading() as connection:
            return {str(run_id) for (run_id,) in connection.execute("SELECT id FROM runs")}

    def configs(self) -> list[str]:
        """The stored settings of every run as text, of deleted and damaged ones as well."""
        with self._database.reading() as connection:
            return [str(config) for (config,) in connection.execute("SELECT config FROM runs")]

    def raw(self, run_id: str) -> dict[str, Any]:
        """The columns of a run as they are stored, readable or not; empty for an unknown id."""
        with self._database.reading() as connection:
            found = connection.execute("SELECT * FROM runs WHERE id = ?", (_asked(run_id),)).fetchone()
        return dict(found) if found else {}

    def change(self, run_id: str, changes: Mapping[str, Any], only_from: Collection[RunState] = ()) -> bool:
        """Whether the run was changed: with `only_from`, only in one of those states and if not deleted."""
        columns = ", ".join(f"{name} = ?" for name in changes)
        states = ", ".join("?" * len(only_from))
        where = f"AND deleted IS NULL AND state IN ({states})" if only_from else ""
        with self._database.writing() as connection:
            changed = connection.execute(
                f"UPDATE runs SET {columns} WHERE id = ? {where}",
                (*changes.values(), _asked(run_id), *only_from),
            )
            return changed.rowcount > 0

    def remove(self, run_id: str) -> None:
        """Remove the row, with the run's metrics."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM runs WHERE id = ?", (_asked(run_id),))

    def _all(self, *, include_deleted: bool) -> list[Run | DamagedRun]:
        return self._selected(f"{'' if include_deleted else 'WHERE deleted IS NULL'} {_NEWEST_FIRST}")

    def _selected(self, which: str, *values: Any) -> list[Run | DamagedRun]:
        with self._database.reading() as connection:
            return [run_from_row(row) for row in connection.execute(f"SELECT * FROM runs {which}", values)]


def _asked(run_id: str) -> str:
    """The id, or that of no run in place of a text that SQLite cannot take: every id is ASCII."""
    return run_id if run_id.isascii() else ""
