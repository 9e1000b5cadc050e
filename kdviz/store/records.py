"""Rows of the database as frozen data."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
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
    doing: work outside the epochs, or why no time left is known; else None while training.
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

LARGEST_COUNT = 2**53 - 1
LARGEST_QUANTITY = 1e12
"""Of seconds and figures: 30,000 years."""

LARGEST_EPOCH = 100_000
"""Beyond those that the settings allow."""


@dataclass(frozen=True)
class RunRecord:
    """A row of the table of runs. Times are seconds since 1970, or None.

    queued: when it joined the queue; None for a run trained by its own process.
    updated: the last sign of life. attempt: number of starts; metrics of an attempt only grow.
    message: the reason for its state; "" if there is none.
    request: the pending request, if any.
    note, tags, pinned: annotations by the user.
    origin: the id under which an imported run was exported; "" for others.
    owner: the visitor who started or imported it; "" for whoever runs the server. shared: visible to all.
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
    owner: str
    shared: bool


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
    for name, valid in _VALID.items():
        if not valid(row[name]):
            raise ValueError(f"{name}: {row[name]!r}")
    plain = {name: row[name] for name in _PLAIN_COLUMNS}
    progress = {name: row[name] for name in _PROGRESS_COLUMNS}
    progress["doing"] = _message(progress["doing"])
    progress["seconds_left"] = or_nan(progress["seconds_left"])
    return RunRecord(
        **{**plain, "created": float(row["created"])},
        tags=tuple(map(str, json.loads(row["tags"]))),
        pinned=bool(row["pinned"]),
        shared=bool(row["shared"]),
        progress=Progress(**progress),
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value <= LARGEST_COUNT


def _is_quantity(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value <= LARGEST_QUANTITY


def _is_moment(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value <= LAST_MOMENT


def _or_none(valid: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or valid(value)


_VALID: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("id", "name", "config_key", "message", "note", "tags"), _is_text),
    **dict.fromkeys(("origin", "owner", "doing"), _is_text),
    **dict.fromkeys(("step", "steps", "attempt", "pinned", "shared"), _is_count),
    **dict.fromkeys(("epochs", "epoch"), lambda value: _is_quantity(value) and value <= LARGEST_EPOCH),
    **dict.fromkeys(("fraction", "seconds"), _is_quantity),
    **dict.fromkeys(("queued", "started", "updated", "finished", "deleted"), _or_none(_is_moment)),
    "created": _is_moment,
    "seconds_left": _or_none(_is_quantity),
    "state": lambda value: value in get_args(RunState),
    "stage": lambda value: value in (None, *get_args(Stage)),
    "request": lambda value: value in (None, "pause", "stop"),
}
"""What SQLite may hold in each column: it stores any value under any type."""

_DECODED = ("progress", "tags", "pinned", "shared")
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
