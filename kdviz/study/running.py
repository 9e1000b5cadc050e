"""The runs of a study, in their order: those that are there are taken over, the others trained.

Any number of processes may carry out the same study in the same store: each run is trained by one of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from statistics import fmean
from threading import Event as Flag

from kdviz.comparison import known_survey, survey
from kdviz.errors import StoreError
from kdviz.jobs import execute, resume, run_time_key, submit
from kdviz.store import Run, Store
from kdviz.study.plan import Point, Study
from kdviz.types import Event

LOOK_EVERY_S = 1.0
"""How often it is looked whether another process has finished a run that is waited for."""

NAME_LENGTH = 120

Observer = Callable[[Event], object]
Execute = Callable[[Store, str, Observer | None], Run]
Training = Callable[[], Run | None]
UnderWay = dict[Future[Run | None], tuple[Point, str]]

_AT_WORK = frozenset({"running", "paused", "finished"})


@dataclass(frozen=True)
class Done:
    """A point whose run has ended. trained: whether it was trained here, and now."""

    point: Point
    run: Run
    trained: bool

    @property
    def failed(self) -> bool:
        """Whether there are no figures."""
        return self.run.state != "finished"


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
    """Yields every point as its run ends: first those that are there; those of another process in their time.

    A failed run is an end like others. Raises KeyboardInterrupt and StoreError as `execute` does: what was
    begun can be gone on with by carrying out the study again.

    at_once: how many runs `execute` is called for at a time; more than one are executed in threads, which
    also call on_event, and a teacher that several of them need is trained by the first.
    """
    waiting = list(points)
    under_way: UnderWay = {}
    crew = nullcontext(_InTurn()) if at_once == 1 else ThreadPoolExecutor(at_once, "kdviz-run")
    with crew as trainers, _ended_together(store, under_way) as stopping:
        while waiting or under_way:
            for done in found(store, waiting):
                waiting.remove(done.point)
                yield _with_images(store, study, done)
            while len(under_way) < at_once:
                begun = _begun(store, study, waiting, [point for point, _ in under_way.values()])
                if begun is None:
                    break
                point, run_id = begun
                waiting.remove(point)
                on_start(point)
                hear = _heard(point, on_event, stopping)
                under_way[trainers.submit(partial(_executed, store, run_id, hear, execute))] = begun
            if not under_way and waiting:
                time.sleep(LOOK_EVERY_S)
            for future in wait(under_way, LOOK_EVERY_S, FIRST_COMPLETED).done:
                (point, _), run = under_way.pop(future), future.result()
                if run is None:
                    waiting.append(point)
                else:
                    yield _with_images(store, study, Done(point, run, trained=True))


def seconds_left(points: Sequence[Point], done: Sequence[Done]) -> float:
    """Seconds that training these points takes: each as the finished ones like it, else as all of them.

    NaN while nothing was trained.
    """
    known = [each for each in done if not each.failed]
    if not known:
        return float("nan") if points else 0.0
    paces: dict[tuple[object, ...], list[float]] = {}
    for each in known:
        paces.setdefault(_kind(each.point), []).append(each.run.record.progress.seconds)
    usual = fmean(each.run.record.progress.seconds for each in known)
    return sum(fmean(paces.get(_kind(point), [usual])) for point in points)


def found(store: Store, points: Sequence[Point]) -> list[Done]:
    """The points whose run is finished in the store."""
    runs = store.runs()
    there = ((point, run_of(runs, point)) for point in points)
    return [Done(point, run, trained=False) for point, run in there if run and run.state == "finished"]


def _kind(point: Point) -> tuple[object, ...]:
    config = point.config
    return run_time_key(config), config.train_count, config.epochs


def _begun(
    store: Store, study: Study, waiting: Sequence[Point], under_way: Sequence[Point]
) -> tuple[Point, str] | None:
    """The first point that can begin and that no process is at, and its run, which is ours from now on."""
    for point in waiting:
        if _needs_teacher_of(store, point, under_way):
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


def _needs_teacher_of(store: Store, point: Point, under_way: Sequence[Point]) -> bool:
    """Whether one of those runs is training the teacher that it needs."""
    key = point.config.teacher_key
    return any(each.config.teacher_key == key for each in under_way) and not store.has_teacher(key)


def run_name(study: Study, point: Point) -> str:
    """What a run of the study is called."""
    return f"{study.name}: {point.words(study)}"[:NAME_LENGTH]


def run_of(runs: Sequence[Run], point: Point) -> Run | None:
    """The run with a point's settings that is furthest, the newest of several; None if there is none."""
    key = point.config.key
    alike = [run for run in runs if run.record.config_key == key]
    return max(
        alike, key=lambda run: (run.state == "finished", run.live, run.record.progress.epoch), default=None
    )


class _InTurn:
    """Trains in the thread that asks, until the end: an interruption reaches it at once."""

    def submit(self, train: Training, /) -> Future[Run | None]:
        done: Future[Run | None] = Future()
        done.set_result(train())
        return done


@contextmanager
def _ended_together(store: Store, under_way: UnderWay) -> Iterator[Flag]:
    """The flag at which all under way stop, at the end: an interruption reaches the main thread alone."""
    stopping = Flag()
    try:
        yield stopping
    finally:
        stopping.set()
        for _, run_id in under_way.values():
            with suppress(StoreError):
                store.request(run_id, None)  # one that is paused would hear nothing


def _heard(point: Point, on_event: Callable[[Point, Event], object], stopping: Flag) -> Observer:
    """Passes a run's events on, until it is to stop: then it is interrupted, and can be gone on with."""

    def hear(event: Event) -> None:
        if stopping.is_set():
            raise KeyboardInterrupt
        on_event(point, event)

    return hear


def _executed(store: Store, run_id: str, on_event: Observer | None, execute: Execute) -> Run | None:
    """How it ended; None if another process has gone on with it just before: one of us holds its lock."""
    try:
        return execute(store, run_id, on_event)
    except StoreError:
        store.mark_interrupted()
        if store.run(run_id).state in _AT_WORK:
            return None
        raise


def _with_images(store: Store, study: Study, done: Done) -> Done:
    """The same, with each test image's scores kept where the study wants them."""
    if study.per_image and not done.failed and known_survey(store, done.run.id) is None:
        for _step in survey(store, done.run.id):
            pass
    return done
