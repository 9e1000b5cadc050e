"""Surveys of whole test sets, made in the background: one at a time on a device, on one core."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Hashable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from kdviz.device import Device, resolve_device
from kdviz.errors import KdvizError
from kdviz.progress import Message
from kdviz.store import Store
from kdviz.types import Preparing

SurveyState = Literal["waiting", "running", "done", "failed", "stopped"]
Steps = Generator[Preparing, None, Any]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class SurveyProgress:
    """How far a survey is.

    doing, fraction: what is being done, and the share of all that is done, in [0, 1].
    seconds_left: at the pace so far; NaN where it is not known yet.
    message: why it failed, for a person.
    """

    state: SurveyState
    doing: Message | None = None
    fraction: float = 0.0
    seconds_left: float = math.nan
    message: str = ""


class SurveyJob:
    """One survey being made. Any thread may look at it, and stop it."""

    def __init__(self, begin: Callable[[], Steps]) -> None:
        self._begin = begin
        self._progress = SurveyProgress("waiting", Message("Waiting for another survey"))
        self._stopping = False
        self._ended = threading.Event()

    @property
    def progress(self) -> SurveyProgress:
        """How far it is now."""
        return self._progress

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self._ended.is_set()

    def stop(self) -> None:
        """Asks it to end after the slice of work at hand; what it has done is dropped."""
        self._stopping = True

    def wait(self, timeout_s: float | None = None) -> SurveyProgress:
        """Returns when it has ended, or the time is over."""
        self._ended.wait(timeout_s)
        return self._progress

    def carry_out(self) -> None:
        """Does the work, in this thread, once. Raises nothing: a failure is an end like others."""
        try:
            self._progress = self._outcome()
        except KdvizError as error:
            self._progress = SurveyProgress("failed", message=str(error))
        except Exception as error:
            _LOG.exception("a survey failed")
            first_line = str(error).strip().partition("\n")[0]
            told = f"{type(error).__name__}: {first_line} (the log has more)"
            self._progress = SurveyProgress("failed", message=told)
        self._ended.set()

    def _outcome(self) -> SurveyProgress:
        if self._stopping:
            return SurveyProgress("stopped")
        began_s = time.monotonic()
        with closing(self._begin()) as steps:
            for step in steps:
                if self._stopping:
                    return SurveyProgress("stopped")
                left_s = _left_s(step.fraction, time.monotonic() - began_s)
                self._progress = SurveyProgress("running", step.message, step.fraction, left_s)
        return SurveyProgress("done", fraction=1.0, seconds_left=0.0)


class SurveyDesk:
    """Carries out jobs in order of coming, in a daemon thread that is there while there is work."""

    def __init__(self) -> None:
        self._waiting: deque[SurveyJob] = deque()
        self._guard = threading.Lock()
        self._at_work = False

    def add(self, job: SurveyJob) -> None:
        """Puts a job at the end of the line."""
        with self._guard:
            self._waiting.append(job)
            if not self._at_work:
                self._at_work = True
                threading.Thread(target=self._work, name="kdviz-surveys", daemon=True).start()

    def _work(self) -> None:
        take_one_core()
        while (job := self._next()) is not None:
            job.carry_out()

    def _next(self) -> SurveyJob | None:
        with self._guard:
            self._at_work = bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None


class JobBook:
    """The jobs of one kind in this process, by run and by what is asked of it; one desk a device."""

    def __init__(self) -> None:
        self._desks: dict[Device, SurveyDesk] = {}
        self._jobs: dict[tuple[Path, str, Hashable], SurveyJob] = {}
        self._guard = threading.Lock()

    def start(self, store: Store, run_id: str, asked: Hashable, begin: Callable[[], Steps]) -> SurveyJob:
        """The job that is under way, or else a new one. Raises StoreError for an unknown run."""
        device, key = resolve_device(store.run(run_id).config.device), (store.directory, run_id, asked)
        with self._guard:
            job = self._jobs.get(key)
            if job is None or job.ended:
                job = self._jobs[key] = SurveyJob(begin)
                self._desks.setdefault(device, SurveyDesk()).add(job)
            return job

    def latest(self, store: Store, run_id: str, asked: Hashable) -> SurveyJob | None:
        """The latest job that was started, or None."""
        with self._guard:
            return self._jobs.get((store.directory, run_id, asked))


_BOOK = JobBook()


def start_survey(store: Store, run_id: str, explainer: str = "grad-cam") -> SurveyJob:
    """The survey of a run by an explainer that is under way in this process, or else a new one.

    What it finds is read with `kdviz.comparison.known_survey`. Raises StoreError for an unknown run.
    """
    return _BOOK.start(store, run_id, explainer, lambda: _made(store, run_id, explainer))


def survey_job(store: Store, run_id: str, explainer: str = "grad-cam") -> SurveyJob | None:
    """The latest survey of a run by an explainer that was started in this process, or None."""
    return _BOOK.latest(store, run_id, explainer)


def take_one_core() -> None:
    """From now on this thread computes on one core; other threads, also those to come, as before."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    # What was set last is also what new threads begin with: a thread of its own puts that back.
    putting_back = threading.Thread(target=torch.set_num_threads, args=(before,))
    putting_back.start()
    putting_back.join()


def _made(store: Store, run_id: str, explainer: str) -> Steps:
    # Imported when it is needed: a page that only looks on does without torch.
    from kdviz.comparison import by_measure, survey

    made = yield from survey(store, run_id, explainer)
    by_measure(made)  # remembered: the page that waits for it shows it at once


def _left_s(fraction: float, spent_s: float) -> float:
    return spent_s * (1 - fraction) / fraction if fraction > 0 else math.nan
