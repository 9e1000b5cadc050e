"""The metrics of a run as rows: one number of one arm at one epoch."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from sqlite3 import Connection
from typing import get_args

from kdviz.store.records import LARGEST_EPOCH, Metric, or_nan, or_null
from kdviz.types import ARMS, Measured, Stage

LIVE_POINTS = 600
"""Largest number of points of a curve between ends of epochs, about one per pixel."""

LIVE_POINTS_PER_EPOCH = 20

_READABLE = (
    "typeof(epoch) = 'real' AND typeof(value) IN ('real', 'null') AND typeof(measure) = 'text' "
    f"AND epoch BETWEEN 0 AND {LARGEST_EPOCH}"
)
"""SQLite stores any value under any type; numbers that it can convert become real."""

_INTO = "INTO metrics (run, stage, epoch, arm, measure, value) VALUES (?, ?, ?, ?, ?, ?)"


def insert(connection: Connection, run_id: str, measured: Measured) -> None:
    """Insert numbers: always at the end of an epoch, within an epoch only if the curve is sparse there."""
    if not measured.epoch.is_integer() and _is_crowded(connection, run_id, measured):
        return
    connection.executemany(
        f"INSERT OR REPLACE {_INTO}",
        [
            (run_id, measured.stage, measured.epoch, measured.arm, measure, or_null(float(value)))
            for measure, value in measured.values.items()
        ],
    )


def insert_all(connection: Connection, run_id: str, found: Iterable[Metric]) -> None:
    """Insert the metrics of an imported run, in order, with new row numbers."""
    connection.executemany(
        f"INSERT {_INTO}",
        ((run_id, m.stage, m.epoch, m.arm, m.measure, or_null(m.value)) for m in found),
    )


def grouped(found: Iterable[Metric]) -> list[Measured]:
    """The numbers grouped by stage, epoch and arm, as they were measured."""
    return [
        Measured(stage, epoch, arm, {m.measure: m.value for m in together})
        for (stage, epoch, arm), together in groupby(found, key=lambda m: (m.stage, m.epoch, m.arm))
    ]


def after(connection: Connection, run_id: str, row: int) -> list[Metric]:
    """The numbers written after that row, in order of writing, without rows that cannot be read."""
    found = connection.execute(
        "SELECT row, stage, epoch, arm, measure, value FROM metrics "
        f"WHERE run = ? AND row > ? AND {_READABLE} ORDER BY row",
        (run_id, row),
    )
    return [
        Metric(row, stage, epoch, arm, measure, or_nan(value))
        for row, stage, epoch, arm, measure, value in found
        if stage in get_args(Stage) and arm in ARMS
    ]


def forget_after(connection: Connection, run_id: str, stage: Stage | None, epoch: int) -> None:
    """Remove what was measured after an epoch of a stage; None removes all. Students follow the teacher."""
    if stage is None:
        connection.execute("DELETE FROM metrics WHERE run = ?", (run_id,))
    if stage == "teacher":
        connection.execute("DELETE FROM metrics WHERE run = ? AND stage = 'students'", (run_id,))
    connection.execute(
        "DELETE FROM metrics WHERE run = ? AND stage = ? AND epoch > ?", (run_id, stage, epoch)
    )


def _is_crowded(connection: Connection, run_id: str, measured: Measured) -> bool:
    """Whether the arm's curve already has a point close by."""
    (epochs,) = connection.execute("SELECT epochs FROM runs WHERE id = ?", (run_id,)).fetchone()
    width = max(1 / LIVE_POINTS_PER_EPOCH, epochs / LIVE_POINTS)
    start = measured.epoch // width * width
    return (
        connection.execute(
            """SELECT 1 FROM metrics WHERE run = ? AND stage = ? AND arm = ?
               AND epoch >= ? AND epoch < ? AND epoch != ? AND epoch != round(epoch) LIMIT 1""",
            (run_id, measured.stage, measured.arm, start, start + width, measured.epoch),
        ).fetchone()
        is not None
    )
