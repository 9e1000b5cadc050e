"""Writes the events of a run to the store."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from kdviz.jobs.countdown import SLOWED
from kdviz.jobs.share_done import ShareDone, TimeLeft
from kdviz.store import Progress, Store
from kdviz.types import (
    ELAPSED,
    Arm,
    Event,
    Finished,
    Measured,
    Noted,
    Preparing,
    ProbeExplained,
    SnapshotTaken,
    Stage,
    StageStarted,
    StepTaken,
    TeacherReady,
)

PROGRESS_EVERY_S = 0.25
"""How often progress is written: batches are faster than anyone can read."""

Clock = Callable[[], float]


class Stopwatch:
    """Seconds of work on a run, over all attempts, pauses excluded. before_s: of earlier attempts."""

    def __init__(self, before_s: float, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._start = clock() - before_s

    def seconds(self) -> float:
        """Seconds so far."""
        return self._clock() - self._start

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Time in this context does not count."""
        so_far = self.seconds()
        yield
        self._start = self._clock() - so_far


class Recorder:
    """Writes each event of a run to the store; progress a few times a second."""

    def __init__(self, store: Store, run_id: str, watch: Stopwatch, share: ShareDone) -> None:
        self._store = store
        self._run_id = run_id
        self._watch = watch
        self._share, self._left = share, TimeLeft()
        self._progress = Progress(seconds=watch.seconds(), fraction=share.value)
        self._written_s = -math.inf
        self._timed: dict[tuple[Stage, Arm], float] = {}  # the last epoch with a stored time

    def record(self, event: Event) -> None:
        """Store an event. Raises StoreError."""
        self._progress = replace(
            self._progress,
            fraction=self._share.take(event),
            seconds_left=self._left.take(event, self._watch.seconds()),
        )
        match event:
            case StageStarted():
                self._stage(event)
            case StepTaken():
                self._step(event)
            case Preparing(message):
                self._save_progress(message != self._progress.doing, doing=message)
            case Noted(notes):
                self._store.save_notes(self._run_id, notes)
            case Measured():
                self._store.add_metrics(self._run_id, self._with_time(event))
            case ProbeExplained():
                self._store.save_probe(self._run_id, event)
            case SnapshotTaken():
                self._store.save_snapshot(self._run_id, event)
            case TeacherReady():
                self._keep_teacher(event)
            case Finished(arms):
                self._save_progress(True, doing=None, seconds_left=0.0)
                self._store.finish(self._run_id, arms)

    def _with_time(self, event: Measured) -> Measured:
        """The metrics with the elapsed time, added to the first ones of each epoch and arm."""
        key = (event.stage, event.arm)
        if self._timed.get(key) == event.epoch:
            return event
        self._timed[key] = event.epoch
        return replace(event, values={**event.values, ELAPSED: self._watch.seconds()})

    def _stage(self, event: StageStarted) -> None:
        done = event.epochs_done * event.steps_per_epoch
        self._save_progress(
            True,
            stage=event.stage,
            epochs=event.epochs,
            epoch=float(event.epochs_done),
            step=done,
            steps=event.epochs * event.steps_per_epoch,
            doing=None,
        )

    def _step(self, event: StepTaken) -> None:
        self._save_progress(
            event.step == event.steps,
            step=event.step,
            steps=event.steps,
            epoch=self._progress.epochs * event.step / event.steps,
            doing=SLOWED if self._left.slowed else None,
        )

    def _keep_teacher(self, event: TeacherReady) -> None:
        self._store.save_weights(self._run_id, "teacher", event.weights)
        if not event.cached:
            self._store.save_teacher(event.key, event.weights)

    def _save_progress(self, now: bool, **changes: Any) -> None:
        """Store progress, `now` or when the interval has passed."""
        seconds = self._watch.seconds()
        self._progress = replace(self._progress, seconds=seconds, **changes)
        if now or seconds - self._written_s >= PROGRESS_EVERY_S:
            self._written_s = seconds
            self._store.set_progress(self._run_id, self._progress)
