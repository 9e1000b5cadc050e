"""Places in the queue, and when each run starts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from kdviz.device import Device, resolve_device
from kdviz.jobs.run_time import expected_s, run_time_key
from kdviz.store import Run, Store


@dataclass(frozen=True)
class Place:
    """A run's place in the queue.

    position: 1 is next. starts_in_s: NaN while the run times before it are unknown.
    """

    run_id: str
    position: int
    starts_in_s: float


def queue(store: Store) -> list[Place]:
    """The places of all queued runs, device by device."""
    runs = store.runs()
    waiting = store.queued()
    here: list[Device] = sorted({_device(run) for run in waiting})
    return [
        place
        for device in here
        for place in places(
            [run for run in waiting if _device(run) == device], runs, lambda run: expected_s(store, run)
        )
    ]


def joining_s(store: Store, device: Device) -> float:
    """Seconds until a run that joins a device's queue now would start; NaN if unknown."""
    runs = store.runs()
    finished = [run for run in runs if run.state == "finished"]
    at_work = [run for run in runs if run.live and run.record.queued is not None and _device(run) == device]
    waiting = [run for run in store.queued() if _device(run) == device]
    return sum(_left_s(run, finished) for run in at_work) + sum(
        _waiting_s(run, finished, expected_s(store, run)) for run in waiting
    )


def places(
    waiting: Sequence[Run],
    runs: Sequence[Run],
    estimated_s: Callable[[Run], float] = lambda run: math.nan,
) -> list[Place]:
    """The places of one device's waiting runs, first come first.

    runs: all runs known; those that a worker is training come first. estimated_s: seconds that a run takes;
    where it is NaN, the finished runs give a rough estimate.
    """
    finished = [run for run in runs if run.state == "finished"]
    clear_s = sum(_left_s(run, finished) for run in runs if run.live and _same_queue(run, waiting))
    found = []
    for position, run in enumerate(waiting, start=1):
        found.append(Place(run.id, position, clear_s))
        clear_s += _waiting_s(run, finished, estimated_s(run))
    return found


def _same_queue(run: Run, waiting: Sequence[Run]) -> bool:
    """A run with no place in a queue is carried out by a process of its own."""
    return run.record.queued is not None and bool(waiting) and _device(run) == _device(waiting[0])


def _left_s(run: Run, finished: Sequence[Run]) -> float:
    """Seconds left of a run in training: by finished runs of its key, else by its own pace.

    The pace of the teacher's stage says nothing about the students' stage.
    """
    now = run.record.progress
    if run.state == "paused":
        return math.nan
    if math.isfinite(now.seconds_left) and now.stage != "teacher" and not _alike(run, finished):
        return now.seconds_left
    return max(_rough_s(run, finished) - now.seconds, 0.0)


def _waiting_s(run: Run, finished: Sequence[Run], estimate_s: float) -> float:
    return estimate_s if math.isfinite(estimate_s) else _rough_s(run, finished)


def _rough_s(run: Run, finished: Sequence[Run]) -> float:
    """Epochs times the median seconds an epoch of finished runs, of the same key if there are any."""
    alike = _alike(run, finished) or finished
    paces = [other.record.progress.seconds / other.config.epochs for other in alike]
    return float(median(paces) * run.config.epochs) if paces else math.nan


def _alike(run: Run, finished: Sequence[Run]) -> list[Run]:
    key = run_time_key(run.config)
    return [other for other in finished if run_time_key(other.config) == key]


def _device(run: Run) -> Device:
    return resolve_device(run.config.device)
