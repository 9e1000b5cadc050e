"""Carrying out a study: finished runs are reused, the others trained.

Several processes may carry out the same study in one store; each run is trained by one of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from statistics import median
from threading import Event as Flag

from kdviz.comparison import known_survey, survey
from kdviz.errors import StoreError
from kdviz.jobs import check_given_files, execute, resume, run_time_key, submit
from kdviz.store import Run, Store
from kdviz.store.packaged_runs import is_packaged
from kdviz.study.plan import Point, Study
from kdviz.study.words import run_name
from kdviz.types import Event

POLL_S = 1.0
"""How often the store is checked for runs that another process has finished."""

Observer = Callable[[Event], object]
Execute = Callable[[Store, str, Observer | None], Run]
Training = Callable[[], Run | None]
Futures = dict[Future[Run | None], tuple[Point, str]]

_TAKEN = frozenset({"running", "paused", "finished"})


@dataclass(frozen=True)
class Done:
    """A point whose run has ended. trained: whether this call trained it."""

    point: Point
    run: Run
    trained: bool

    @property
    def failed(self) -> bool:
        """Whether the run has no results."""
        return self.run.state != "finished"

    @property
    def packaged(self) -> bool:
        """Whether the run came with kdviz: it has results, and nothing that can be opened."""
        return is_packaged(self.run.id)


def carry_out(
    store: Store,
    study: Study,
    points: Sequence[Point],
    *,
    on_start: Callable[[Point], object] = lambda point: None,
    on_event: Callable[[Point, Event], object] = lambda point, event: None,
    execute: Execute = execute,
    at_once: int = 1,
) -> Generator[Done, None, None]:
    """Train the missing runs, and yield every point when its run has ended, finished or failed.

    Finished runs come first; runs of other processes are waited for. Raises KeyboardInterrupt and StoreError
    like `execute`; calling it again then resumes the runs that were started. Raises an error of
    `check_given_files` before any run is made, if a file that a missing one names cannot be used.

    at_once: number of concurrent calls of `execute`. With more than one, they and on_event run in threads,
    and a teacher that several runs need is trained by the first of them.
    """
    check_files_of_missing(store, points)
    waiting = list(points)
    futures: Futures = {}
    executor = nullcontext(_SameThread()) if at_once == 1 else ThreadPoolExecutor(at_once, "kdviz-run")
    with executor as trainers, _stopping_all(store, futures) as stopping:
        while waiting or futures:
            for done in finished_runs(store, waiting):
                waiting.remove(done.point)
                yield _with_survey(store, study, done)
            while len(futures) < at_once:
                started = _start_next(store, study, waiting, [point for point, _ in futures.values()])
                if started is None:
                    break
                point, run_id = started
                waiting.remove(point)
                on_start(point)
                observer = _interruptible(point, on_event, stopping)
                futures[trainers.submit(partial(_execute, store, run_id, observer, execute))] = started
            if not futures and waiting:
                time.sleep(POLL_S)
            for future in wait(futures, POLL_S, FIRST_COMPLETED).done:
                (point, _), run = futures.pop(future), future.result()
                if run is None:
                    waiting.append(point)
                else:
                    yield _with_survey(store, study, Done(point, run, trained=True))


def seconds_left(points: Sequence[Point], done: Sequence[Done]) -> float:
    """Estimated seconds to train these points: the median of similar finished runs, else of all.

    Runs that were slowed down by other work would raise a mean. NaN if no run has finished.
    """
    known = [each for each in done if not each.failed]
    if not known:
        return float("nan") if points else 0.0
    seconds: dict[tuple[object, ...], list[float]] = {}
    for each in known:
        seconds.setdefault(_kind(each.point), []).append(each.run.record.progress.seconds)
    usual_s = median(each.run.record.progress.seconds for each in known)
    return float(sum(median(seconds.get(_kind(point), [usual_s])) for point in points))


def finished_runs(store: Store, points: Sequence[Point]) -> list[Done]:
    """The points that have a finished run in the store."""
    runs = store.runs()
    known = ((point, run_of(runs, point)) for point in points)
    return [Done(point, run, trained=False) for point, run in known if run and run.state == "finished"]


def check_files_of_missing(store: Store, points: Sequence[Point]) -> None:
    """Check the files of every point that has no run yet, as `submit` will. Raises KdvizError."""
    runs = store.runs()
    for point in points:
        if run_of(runs, point) is None:
            check_given_files(store, point.config)


def _kind(point: Point) -> tuple[object, ...]:
    config = point.config
    return run_time_key(config), config.train_count, config.epochs


def _start_next(
    store: Store, study: Study, waiting: Sequence[Point], futures: Sequence[Point]
) -> tuple[Point, str] | None:
    """Claim the first point that can be trained now and that no process is working on, and its run."""
    for point in waiting:
        if _needs_teacher_of(store, point, futures):
            continue
        with store.hold_submission():
            store.mark_interrupted()
            run = run_of(store.runs(), point)
            if run is None:
                return point, submit(store, point.config, run_name(study, point), foreground=True)
            if not run.live and run.state != "finished":
                if run.state != "queued":
                    resume(store, run.id, foreground=True)
                return point, run.id
    return None


def _needs_teacher_of(store: Store, point: Point, futures: Sequence[Point]) -> bool:
    """Whether one of the running points trains the teacher that this one needs."""
    key = point.config.teacher_key
    return any(each.config.teacher_key == key for each in futures) and not store.has_teacher(key)


def run_of(runs: Sequence[Run], point: Point) -> Run | None:
    """The most advanced run with the settings of a point, the newest of equal ones; None without one."""
    key = point.config.key
    same_key = [run for run in runs if run.record.config_key == key]
    return max(
        same_key, key=lambda run: (run.state == "finished", run.live, run.record.progress.epoch), default=None
    )


class _SameThread:
    """An executor that trains in the calling thread, which an interruption reaches directly."""

    def submit(self, train: Training, /) -> Future[Run | None]:
        done: Future[Run | None] = Future()
        done.set_result(train())
        return done


@contextmanager
def _stopping_all(store: Store, futures: Futures) -> Iterator[Flag]:
    """A flag, set at the end, at which all runs stop: an interruption reaches only the main thread."""
    stopping = Flag()
    try:
        yield stopping
    finally:
        stopping.set()
        for _, run_id in futures.values():
            with suppress(StoreError):
                store.request(run_id, None)  # a paused run takes no steps, so it would not see the flag


def _interruptible(point: Point, on_event: Callable[[Point, Event], object], stopping: Flag) -> Observer:
    """Pass events on; raise KeyboardInterrupt once the flag is set, so that the run can be resumed."""

    def observe(event: Event) -> None:
        if stopping.is_set():
            raise KeyboardInterrupt
        on_event(point, event)

    return observe


def _execute(store: Store, run_id: str, on_event: Observer | None, execute: Execute) -> Run | None:
    """The run after training; None if another process resumed it first and holds its lock."""
    try:
        return execute(store, run_id, on_event)
    except StoreError:
        store.mark_interrupted()
        if store.run(run_id).state in _TAKEN:
            return None
        raise


def _with_survey(store: Store, study: Study, done: Done) -> Done:
    """The point, after surveying its run if the study has `per_image`."""
    if study.per_image and not done.failed and known_survey(store, done.run.id) is None:
        for _step in survey(store, done.run.id):
            pass
    return done
