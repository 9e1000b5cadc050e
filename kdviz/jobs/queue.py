"""Positions in the queue, and when each run is expected to start."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from statistics import median

from kdviz.device import Device, resolve_device
from kdviz.jobs.run_time import expected_s, run_time_key
from kdviz.store import Run, Store


@dataclass(frozen=True)
class QueuePosition:
    """Position of a run in the queue of its device.

    position: 1 is next. starts_in_s: NaN while a run time before it is unknown.
    """

    run_id: str
    position: int
    starts_in_s: float


def queue(store: Store) -> list[QueuePosition]:
    """The positions of all queued runs, device by device."""
    runs = store.as_seen_by(None).runs()
    waiting = store.queued()
    devices: list[Device] = sorted({_device(run) for run in waiting})
    return [
        position
        for device in devices
        for position in queue_positions(
            [run for run in waiting if _device(run) == device], runs, lambda run: expected_s(store, run)
        )
    ]


def runs_before(store: Store, run_ids: Collection[str]) -> int:
    """How many other runs, of anyone, are trained before the first of these queued runs; 0 if none waits.

    Those in training count, too.
    """
    queued = store.queued()
    at = next((place for place, run in enumerate(queued) if run.id in run_ids), None)
    if at is None:
        return 0
    first, earlier = queued[at], queued[:at]
    waiting = [run for run in earlier if _device(run) == _device(first)]
    at_work = [run for run in store.as_seen_by(None).runs() if run.live and _same_queue(run, [first])]
    return len(waiting) + sum(run.id not in run_ids for run in at_work)


def start_delay_s(store: Store, device: Device) -> float:
    """Seconds until a run that is queued now would start; NaN if unknown."""
    runs = store.as_seen_by(None).runs()
    finished = [run for run in runs if run.state == "finished"]
    running = [run for run in runs if run.live and run.record.queued is not None and _device(run) == device]
    waiting = [run for run in store.queued() if _device(run) == device]
    return sum(_left_s(run, finished, expected_s(store, run)) for run in [*running, *waiting])


def queue_positions(
    waiting: Sequence[Run],
    runs: Sequence[Run],
    estimated_s: Callable[[Run], float] = lambda run: math.nan,
) -> list[QueuePosition]:
    """The positions of the waiting runs of one device.

    waiting: in queue order. runs: all runs; those in training end first. estimated_s: seconds that a whole
    run takes; if NaN, the finished runs give a rough estimate.
    """
    finished = [run for run in runs if run.state == "finished"]
    before = [run for run in runs if run.live and _same_queue(run, waiting)]
    start_s = sum(_left_s(run, finished, estimated_s(run)) for run in before)
    found = []
    for position, run in enumerate(waiting, start=1):
        found.append(QueuePosition(run.id, position, start_s))
        start_s += _left_s(run, finished, estimated_s(run))
    return found


def _same_queue(run: Run, waiting: Sequence[Run]) -> bool:
    """Whether a run in training was queued: others are trained by a process of their own."""
    return run.record.queued is not None and bool(waiting) and _device(run) == _device(waiting[0])


def _left_s(run: Run, finished: Sequence[Run], estimate_s: float) -> float:
    """Seconds left of a run in training, or of one that waits: by its own speed, else by an estimate.

    The speed of the teacher's training does not predict that of the students'. A resumed run goes on from
    its share that is done: its seconds include work that an earlier attempt lost, and its start.
    """
    now = run.record.progress
    if run.state == "paused":
        return math.nan
    if math.isfinite(now.seconds_left) and now.stage != "teacher":
        return now.seconds_left
    total_s = estimate_s if math.isfinite(estimate_s) else _rough_s(run, finished)
    if run.state == "queued" or run.record.attempt > 1:
        return total_s * (1 - now.fraction)
    return max(total_s - now.seconds, 0.0)


def _rough_s(run: Run, finished: Sequence[Run]) -> float:
    """Epochs × median seconds per epoch of finished runs, of those with the same key if there are any."""
    similar = _same_key(run, finished) or finished
    epoch_s = [other.record.progress.seconds / other.config.epochs for other in similar]
    return float(median(epoch_s) * run.config.epochs) if epoch_s else math.nan


def _same_key(run: Run, finished: Sequence[Run]) -> list[Run]:
    key = run_time_key(run.config)
    return [other for other in finished if run_time_key(other.config) == key]


def _device(run: Run) -> Device:
    return resolve_device(run.config.device)
