"""How fast a kind of run goes on this machine: known from an earlier run, or timed in the background."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

from kdviz.device import resolve_device
from kdviz.errors import KdvizError
from kdviz.store import Metric, Run, Store
from kdviz.types import ASKED_BEFORE, ELAPSED, Arm, Pace, Stage

if TYPE_CHECKING:
    from kdviz.config import RunConfig
    from kdviz.datasets import Counts

_LOG = logging.getLogger(__name__)

_DECIDES = (
    "dataset", "data", "image_size", "cue", "teacher", "teacher_width", "student", "student_width",
    "explanation_loss", "explained_layer", "batch_size", "optimizer", "arms", "precision",
)  # fmt: skip
"""Settings that decide how long a batch and a measurement take, beside the device and whether λ is 0."""


@dataclass(frozen=True)
class Known:
    """A pace, and whether an earlier run told it; otherwise it was timed."""

    pace: Pace
    earlier: bool


def known_pace(store: Store, config: RunConfig, counts: Counts, *, with_teacher: bool) -> Known | None:
    """The pace of such a run here; None while it is not known. Asking for it gets it timed.

    with_teacher: the pace of the teacher's own training is needed as well.
    """
    kind = _kind(config.model_dump(mode="json"))
    teacher_steps = counts.train // config.batch_size
    for run in store.runs():
        if run.state == "finished" and not run.record.origin and _kind(run.config.model_dump()) == kind:
            pace = _read(store, run, teacher_steps)
            if pace is not None and not (with_teacher and math.isnan(pace.teacher_step)):
                return Known(pace, earlier=True)
    timed = _BENCH.pace(kind, store, config, counts)
    return None if timed is None else Known(timed, earlier=False)


def pace_of(run: Run, metrics: Sequence[Metric], teacher_steps: int) -> Pace | None:
    """The pace that a finished run went at; None if its times were not kept, or it was resumed.

    teacher_steps: batches in an epoch of its teacher. What that took is NaN where it came trained.
    """
    epochs, times = run.record.progress.epochs, _column(metrics, "students", "student", ELAPSED)
    if run.record.attempt > 1 or not epochs or not times.keys() >= {0.0, float(epochs)}:
        return None
    learnt = sum(_column(metrics, "students", "student", "seconds").values())
    asked = sum(_column(metrics, "students", "teacher", "seconds").values())
    look = max((times[epochs] - times[0.0] - learnt) / epochs, 0.0)
    teacher_learnt = _column(metrics, "teacher", "teacher", "seconds")
    ready = max(_column(metrics, "teacher", "teacher", ELAPSED).values(), default=0.0)
    known = bool(teacher_learnt) and teacher_steps > 0
    return Pace(
        teacher_step=fmean(teacher_learnt.values()) / teacher_steps if known else math.nan,
        teacher_look=0.0,  # a few hundredths of it: an answer an image, no maps
        ask=asked * epochs / run.record.progress.steps,
        step=learnt / run.record.progress.steps,
        look=look,
        begin=max(times[0.0] - ready - asked, 0.0) + look,
        final=max(run.record.progress.seconds - times[epochs] - look, 0.0),
    )


class _Bench:
    """Times one kind of run after another, in a thread of its own, for as long as somebody asks."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: dict[str, Pace | None] = {}  # None: it cannot be timed
        self._asked: tuple[str, Store, RunConfig, Counts] | None = None
        self._thread: Thread | None = None

    def pace(self, kind: str, store: Store, config: RunConfig, counts: Counts) -> Pace | None:
        """What was found for that kind; what was asked for last is timed next."""
        with self._lock:
            if kind in self._found:
                return self._found[kind]
            self._asked = (kind, store, config, counts)
            if self._thread is None:
                self._thread = Thread(target=self._work, name="kdviz-timing", daemon=True)
                self._thread.start()
        return None

    def _work(self) -> None:
        while (asked := self._next()) is not None:
            kind, store, config, counts = asked
            if is_busy(store):
                continue  # whoever still wants to know asks again
            try:
                pace = _timed(store, config, counts)
            except Exception as error:
                _LOG.warning("no time can be foretold: %s", error, exc_info=not isinstance(error, KdvizError))
                pace = None
            else:
                if pace is None:
                    continue
            with self._lock:
                self._found[kind] = pace

    def _next(self) -> tuple[str, Store, RunConfig, Counts] | None:
        """What was asked for last; without a question, or with its answer found, the thread ends."""
        with self._lock:
            asked, self._asked = self._asked, None
            if asked is None or asked[0] in self._found:
                self._thread = None
                return None
            return asked


_BENCH = _Bench()
_paces: dict[tuple[Path, str, int], Pace | None] = {}


def _timed(store: Store, config: RunConfig, counts: Counts) -> Pace | None:
    """The pace of a run, timed; None where a run was started meanwhile, which is not to be disturbed."""
    from kdviz.trainer import GivenUpError, timed

    try:
        return timed(config, counts, lambda: is_busy(store))
    except GivenUpError:
        return None


def is_busy(store: Store) -> bool:
    """Whether a run is at work or waits for a worker."""
    return not all(run.ended for run in store.runs())


def _read(store: Store, run: Run, teacher_steps: int) -> Pace | None:
    key = (store.directory, run.id, run.record.attempt)
    if key not in _paces:
        _paces[key] = pace_of(run, store.metrics(run.id), teacher_steps)
    return _paces[key]


def _column(metrics: Sequence[Metric], stage: Stage, arm: Arm, measure: str) -> dict[float, float]:
    """One measure of one arm, by epoch."""
    return {m.epoch: m.value for m in metrics if (m.stage, m.arm, m.measure) == (stage, arm, measure)}


def _kind(config: Mapping[str, Any]) -> str:
    """Names what decides the pace: equal for runs whose batches take equally long."""
    parts = [config[name] for name in _DECIDES]
    parts += [config["explanation_weight"] > 0, config["epochs"] >= ASKED_BEFORE]
    return json.dumps([*parts, resolve_device(config["device"])])
