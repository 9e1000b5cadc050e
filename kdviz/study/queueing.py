"""A study through the queue: what stands where, queueing what is missing, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from kdviz.errors import StoreError
from kdviz.jobs import resume, stop, submit
from kdviz.store import Run, Store
from kdviz.store.records import ENDED
from kdviz.study.plan import Point, Study
from kdviz.study.running import Done, run_name, run_of

_LEFT = ENDED - {"finished"}


@dataclass(frozen=True)
class Standing:
    """done: points whose run is finished. going: runs at work. waiting: queued ones. missing: all others.

    failed: of the missing, the runs that were tried and failed, the last one first.
    """

    done: tuple[Done, ...]
    going: tuple[Run, ...]
    waiting: tuple[Run, ...]
    missing: tuple[Point, ...]
    failed: tuple[Run, ...]


def standing(runs: Sequence[Run], points: Sequence[Point]) -> Standing:
    """How far a study is. runs: all of a store, newest first."""
    by_point = {point: run_of(runs, point) for point in points}
    known = [run for run in by_point.values() if run is not None]
    return Standing(
        tuple(
            Done(point, run, trained=False)
            for point, run in by_point.items()
            if run is not None and run.state == "finished"
        ),
        tuple(run for run in known if run.live),
        tuple(run for run in known if run.state == "queued"),
        tuple(point for point, run in by_point.items() if run is None or run.state in _LEFT),
        tuple(sorted((run for run in known if run.state == "failed"), key=_ended, reverse=True)),
    )


def _ended(run: Run) -> float:
    return run.record.finished or 0.0


def queue_missing(store: Store, study: Study, points: Sequence[Point]) -> int:
    """Queues every point that is neither finished nor on its way. Returns how many.

    Runs that failed or were stopped are gone on with.
    """
    with store.hold_submission():
        store.mark_interrupted()
        runs = store.runs()
        missing = standing(runs, points).missing
        for point in missing:
            if (run := run_of(runs, point)) is None:
                submit(store, point.config, run_name(study, point))
            else:
                resume(store, run.id)
    return len(missing)


def withdraw(store: Store, points: Sequence[Point]) -> None:
    """Takes the waiting runs of a study out of the queue, and stops those at work; what they have done stays.

    Those that have not begun are deleted: they hold nothing that anybody could look at.
    """
    now = standing(store.runs(), points)
    for run in (*now.waiting, *now.going):
        with suppress(StoreError):  # it has begun, or ended, in between
            stop(store, run.id)
            if run.record.started is None:
                store.delete(run.id)
