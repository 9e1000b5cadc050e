"""What the store gives out: frozen rows."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from kdviz.progress import Message
from kdviz.types import Arm, RunState, Stage

LIVE: frozenset[RunState] = frozenset({"running", "paused"})
"""States in which a process is at work on a run."""

ENDED: frozenset[RunState] = frozenset({"finished", "failed", "cancelled", "interrupted"})


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    stage, epochs, epoch, step, steps: of the stage that is being trained; epoch counts epochs done.
    doing, fraction: work outside the epochs, with its share done in [0, 1]; None while training.
    seconds: spent on the run so far, pauses left out, over all its attempts.
    seconds_left: until the stage ends, at the pace so far; NaN where it is not known yet.
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
    """Progress as the columns of a run's row."""
    return {
        **vars(progress),
        "doing": _message_text(progress.doing),
        "seconds_left": or_null(progress.seconds_left),
    }


@dataclass(frozen=True)
class RunRecord:
    """A run's row in the database. Times are seconds since 1970, None where not yet.

    queued: when it joined the queue; None for a run that its own process carries out.
    updated: the last sign of life. attempt: how often it was started; metrics of an attempt only grow.
    message: why it is in its state, for a person; "" where there is nothing to say.
    request: what it has been asked to do and has not done yet.
    note, tags, pinned: what a person keeps beside it.
    origin: the id under which an imported run was exported; "" for one that was made here.
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
    """One number of one arm. `row` grows with every number written. Undefined is NaN."""

    row: int
    stage: Stage
    epoch: float
    arm: Arm
    measure: str
    value: float


def run_record(row: Mapping[str, Any]) -> RunRecord:
    """A record from its row of the table."""
    plain = {name: row[name] for name in _PLAIN_COLUMNS}
    progress = {name: row[name] for name in _PROGRESS_COLUMNS}
    progress["doing"] = _message(progress["doing"])
    progress["seconds_left"] = or_nan(progress["seconds_left"])
    return RunRecord(
        **plain,
        tags=tuple(json.loads(row["tags"])),
        pinned=bool(row["pinned"]),
        progress=Progress(**progress),
    )


_DECODED = ("progress", "tags", "pinned")
_PLAIN_COLUMNS = tuple(field.name for field in fields(RunRecord) if field.name not in _DECODED)


def _message_text(message: Message | None) -> str:
    """A message as a column holds it: its id, or JSON of its id and values; "" for none."""
    if message is None:
        return ""
    return json.dumps([message.id, message.values]) if message.values else message.id


def _message(text: str) -> Message | None:
    """The message of a column. Earlier versions stored the English sentence, which is kept as it is."""
    if not text.startswith("["):
        return Message(text) if text else None
    with suppress(ValueError):
        match json.loads(text):
            case [str(name), dict(values)]:
                return Message(name, values)
    return Message(text)


def or_nan(value: float | None) -> float:
    """A number from a column that holds undefined as NULL."""
    return math.nan if value is None else value


def or_null(value: float) -> float | None:
    """A number for such a column."""
    return None if math.isnan(value) else value
