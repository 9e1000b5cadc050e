"""Rows of the database as frozen data."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, get_args

from kdviz.progress import Message
from kdviz.types import Arm, RunState, Stage

LIVE: frozenset[RunState] = frozenset({"running", "paused"})
"""States in which a process works on a run."""

ENDED: frozenset[RunState] = frozenset({"finished", "failed", "cancelled", "interrupted"})


@dataclass(frozen=True)
class Progress:
    """Progress of a run.

    stage, epochs, epoch, step, steps: of the current stage; epoch counts epochs done.
    doing: work outside the epochs; None while training.
    fraction: share of the whole run that is done, in [0, 1]; it never decreases within an attempt.
    seconds: of work on the run over all attempts, pauses excluded.
    seconds_left: until the run ends; NaN while unknown.
    """

    stage: Stage | None = None
    epochs: int = 0
    epoch: float = 0.0
    step: int = 0
    steps: int = 0
    doing: Message | None = None
    fraction: float = 0.0
    seconds: float = 0.0
    seconds_left: float = math.nan


_PROGRESS_COLUMNS = tuple(field.name for field in fields(Progress))


def progress_columns(progress: Progress) -> dict[str, Any]:
    """Progress as columns of the table of runs."""
    return {
        **vars(progress),
        "doing": _message_text(progress.doing),
        "seconds_left": or_null(progress.seconds_left),
    }


LAST_MOMENT = 253_402_300_799.0
"""The last second of the year 9999; later ones are no date."""


@dataclass(frozen=True)
class RunRecord:
    """A row of the table of runs. Times are seconds since 1970, or None.

    queued: when it joined the queue; None for a run trained by its own process.
    updated: the last sign of life. attempt: number of starts; metrics of an attempt only grow.
    message: the reason for its state; "" if there is none.
    request: the pending request, if any.
    note, tags, pinned: annotations by the user.
    origin: the id under which an imported run was exported; "" for others.
    """

    id: str
    name: str
    state: RunState
    created: float
    queued: float | None
    started: float | None
    updated: float | None
    finished: float | None
    deleted: float | None
    config_key: str
    progress: Progress
    message: str
    request: str | None
    attempt: int
    note: str
    tags: tuple[str, ...]
    pinned: bool
    origin: str


class Metric(NamedTuple):
    """One number of one arm. `row` increases with each number. Undefined is NaN."""

    row: int
    stage: Stage
    epoch: float
    arm: Arm
    measure: str
    value: float


def run_record(row: Mapping[str, Any]) -> RunRecord:
    """The record of a row. Raises an error if a column has a value of the wrong kind."""
    plain = {name: row[name] for name in _PLAIN_COLUMNS}
    progress = {name: row[name] for name in _PROGRESS_COLUMNS}
    progress["doing"] = _message(progress["doing"])
    progress["seconds_left"] = or_nan(progress["seconds_left"])
    if row["state"] not in get_args(RunState):
        raise ValueError(row["state"])
    for name in _TIMES:
        if row[name] is not None and not 0 <= row[name] <= LAST_MOMENT:
            raise ValueError(f"{name}: {row[name]}")
    return RunRecord(
        **{**plain, "created": float(row["created"])},
        tags=tuple(map(str, json.loads(row["tags"]))),
        pinned=bool(row["pinned"]),
        progress=Progress(**progress),
    )


_TIMES = ("created", "queued", "started", "updated", "finished", "deleted")
_DECODED = ("progress", "tags", "pinned")
_PLAIN_COLUMNS = tuple(field.name for field in fields(RunRecord) if field.name not in _DECODED)


def _message_text(message: Message | None) -> str:
    """A message as stored: its id, or JSON of its id and values; "" for None."""
    if message is None:
        return ""
    return json.dumps([message.id, message.values]) if message.values else message.id


def _message(text: str) -> Message | None:
    """The stored message. Earlier versions stored the English sentence, which is kept."""
    if not text.startswith("["):
        return Message(text) if text else None
    with suppress(ValueError):
        match json.loads(text):
            case [str(name), dict(values)]:
                return Message(name, values)
    return Message(text)


def or_nan(value: float | None) -> float:
    """A number from a column that stores NaN as NULL."""
    return math.nan if value is None else value


def or_null(value: float) -> float | None:
    """A number for such a column."""
    return None if math.isnan(value) else value
