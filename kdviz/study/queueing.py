"""Studies in the dashboard's queue: their status, queueing missing runs, stopping them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from kdviz.errors import StoreError
from kdviz.jobs import resume, stop, submit
from kdviz.store import Run, Store
from kdviz.store.packaged_runs import packaged_runs
from kdviz.store.records import ENDED
from kdviz.study.plan import Point, Study
from kdviz.study.running import Done, check_files_of_missing, run_of
from kdviz.study.words import run_name

_RESUMABLE = ENDED - {"finished"}


@dataclass(frozen=True)
class StudyStatus:
    """Status of a study.

    done: points with a finished run of the store, else with a packaged one. running: runs in training.
    waiting: queued runs. missing: points without a finished, running or queued run of the store.
    failed: their failed runs, newest first. stopped: those that were stopped after they had started.
    """

    done: tuple[Done, ...]
    running: tuple[Run, ...]
    waiting: tuple[Run, ...]
    missing: tuple[Point, ...]
    failed: tuple[Run, ...]
    stopped: tuple[Run, ...]

    @property
    def stopping(self) -> bool:
        """Whether all that is left is to wait for the batch after which its runs stop."""
        asked = all(run.record.request == "stop" for run in self.running)
        return bool(self.running) and not self.waiting and asked

    @property
    def own(self) -> tuple[Done, ...]:
        """Points with a finished run of the store."""
        return tuple(each for each in self.done if not each.packaged)

    @property
    def packaged(self) -> tuple[Done, ...]:
        """Points with a packaged run only."""
        return tuple(each for each in self.done if each.packaged)


def study_status(runs: Sequence[Run], points: Sequence[Point]) -> StudyStatus:
    """The status of a study. runs: all of a store, newest first."""
    by_point = {point: run_of(runs, point) for point in points}
    known = [run for run in by_point.values() if run is not None]
    failed = [run for run in known if run.state == "failed"]
    return StudyStatus(
        tuple(
            Done(point, finished, trained=False)
            for point, run in by_point.items()
            if (finished := _finished(run, point)) is not None
        ),
        tuple(run for run in known if run.live),
        tuple(run for run in known if run.state == "queued"),
        tuple(point for point, run in by_point.items() if run is None or run.state in _RESUMABLE),
        tuple(sorted(failed, key=lambda run: run.record.finished or 0.0, reverse=True)),
        tuple(run for run in known if run.state == "cancelled" and run.record.started is not None),
    )


def _finished(run: Run | None, point: Point) -> Run | None:
    """The run if it has finished, else the packaged one of the point, if any."""
    if run is not None and run.state == "finished":
        return run
    return packaged_runs().runs.get(point.config.key)


def queue_missing(store: Store, study: Study | None, points: Sequence[Point]) -> int:
    """Queue every point without a finished, running or waiting run, and return their number.

    study: its name begins those of its runs; without one they are called after their settings. Failed and
    stopped runs are resumed. Raises KdvizError, and queues none, if a file that one names cannot be used.
    """
    check_files_of_missing(store, points)
    with store.hold_submission():
        store.mark_interrupted()
        runs = store.runs()
        missing = study_status(runs, points).missing
        for point in missing:
            if (run := run_of(runs, point)) is None:
                submit(store, point.config, run_name(study, point) if study else "")
            else:
                resume(store, run.id)
    return len(missing)


def stop_study(store: Store, points: Sequence[Point]) -> None:
    """Stop the running and waiting runs of a study. Their snapshots are kept.

    Runs that have not started are removed altogether, since they hold nothing that could be restored.
    """
    now = study_status(store.runs(), points)
    for run in (*now.waiting, *now.running):
        with suppress(StoreError):  # started or ended meanwhile
            stop(store, run.id)
            if store.run(run.id).record.started is None:
                store.delete(run.id)
                store.purge(run.id)
