"""Background jobs that survey whole test sets: one at a time per device, on one core."""

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
from kdviz.jobs.countdown import Countdown
from kdviz.progress import Message
from kdviz.store import Store
from kdviz.types import Preparing

SurveyState = Literal["waiting", "running", "done", "failed", "stopped"]
Steps = Generator[Preparing, None, Any]

SURVEY_THREAD = "kdviz-surveys"
"""Name of the threads that work on surveys."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class SurveyProgress:
    """Progress of a survey.

    doing, fraction: the current work, and the share of all work that is done, in [0, 1].
    seconds_left: NaN while unknown. slowed: whether it is, because other work slows the survey down.
    message: the error of a failed survey.
    """

    state: SurveyState
    doing: Message | None = None
    fraction: float = 0.0
    seconds_left: float = math.nan
    slowed: bool = False
    message: str = ""


class SurveyJob:
    """A survey in the background. Thread-safe."""

    def __init__(self, begin: Callable[[], Steps]) -> None:
        self._begin = begin
        self._progress = SurveyProgress("waiting", Message("Queued"))
        self._stopping = False
        self._ended = threading.Event()

    @property
    def progress(self) -> SurveyProgress:
        """Its current progress."""
        return self._progress

    @property
    def ended(self) -> bool:
        """Whether it is done, failed or stopped."""
        return self._ended.is_set()

    def stop(self) -> None:
        """Stop it after the current step. Its partial result is dropped."""
        self._stopping = True

    def wait(self, timeout_s: float | None = None) -> SurveyProgress:
        """Wait until it has ended, or the timeout has passed."""
        self._ended.wait(timeout_s)
        return self._progress

    def run(self) -> None:
        """Do the work in this thread. Errors do not propagate: they end in the state "failed"."""
        try:
            self._progress = self._outcome()
        except KdvizError as error:
            self._progress = SurveyProgress("failed", message=str(error))
        except Exception as error:
            _LOG.exception("a survey failed")
            first_line = str(error).strip().partition("\n")[0]
            text = f"{type(error).__name__}: {first_line} (the log has more)"
            self._progress = SurveyProgress("failed", message=text)
        self._ended.set()

    def _outcome(self) -> SurveyProgress:
        if self._stopping:
            return SurveyProgress("stopped")
        start_s, left = time.monotonic(), Countdown()
        with closing(self._begin()) as steps:
            for step in steps:
                if self._stopping:
                    return SurveyProgress("stopped")
                now_s = time.monotonic()
                if step.fraction == 0:  # has no share of the work, so its time says nothing of the pace
                    start_s = now_s
                left.pass_to(now_s)
                left.correct(_left_s(step.fraction, now_s - start_s))
                self._progress = SurveyProgress(
                    "running", step.message, step.fraction, left.seconds, left.slowed
                )
        return SurveyProgress("done", fraction=1.0, seconds_left=0.0)


class JobQueue:
    """Runs jobs in order, in a daemon thread that exists only while there are jobs."""

    def __init__(self) -> None:
        self._waiting: deque[SurveyJob] = deque()
        self._guard = threading.Lock()
        self._working = False

    def add(self, job: SurveyJob) -> None:
        """Append a job."""
        with self._guard:
            self._waiting.append(job)
            if not self._working:
                self._working = True
                threading.Thread(target=self._work, name=SURVEY_THREAD, daemon=True).start()

    def _work(self) -> None:
        use_one_core()
        while (job := self._next()) is not None:
            job.run()

    def _next(self) -> SurveyJob | None:
        with self._guard:
            self._working = bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None


class JobRegistry:
    """The jobs of one kind in this process, by run and subject, with a queue per device."""

    def __init__(self) -> None:
        self._queues: dict[Device, JobQueue] = {}
        self._jobs: dict[tuple[Path, str, Hashable], SurveyJob] = {}
        self._guard = threading.Lock()

    def start(self, store: Store, run_id: str, subject: Hashable, begin: Callable[[], Steps]) -> SurveyJob:
        """The unfinished job, or else a new one. Raises StoreError for an unknown run."""
        return self.start_on(resolve_device(store.run(run_id).config.device), store, run_id, subject, begin)

    def start_on(
        self, device: Device, store: Store, name: str, subject: Hashable, begin: Callable[[], Steps]
    ) -> SurveyJob:
        """The same for something that belongs to no run. name: of what it is about."""
        key = (store.directory, name, subject)
        with self._guard:
            job = self._jobs.get(key)
            if job is None or job.ended:
                job = self._jobs[key] = SurveyJob(begin)
                self._queues.setdefault(device, JobQueue()).add(job)
            return job

    def latest(self, store: Store, run_id: str, subject: Hashable) -> SurveyJob | None:
        """The latest job, or None."""
        with self._guard:
            return self._jobs.get((store.directory, run_id, subject))


_JOBS = JobRegistry()


def start_survey(store: Store, run_id: str, explainer: str = "grad-cam") -> SurveyJob:
    """The unfinished survey of a run by an explainer in this process, or else a new one.

    Read its result with `kdviz.comparison.known_survey`. Raises StoreError for an unknown run.
    """
    return _JOBS.start(store, run_id, explainer, lambda: _made(store, run_id, explainer))


def survey_job(store: Store, run_id: str, explainer: str = "grad-cam") -> SurveyJob | None:
    """The latest survey of a run by an explainer in this process, or None."""
    return _JOBS.latest(store, run_id, explainer)


def use_one_core() -> None:
    """Limit this thread to one core. Other threads, including new ones, are not affected."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    # The last call also sets the default of new threads, so another thread restores it.
    restoring = threading.Thread(target=torch.set_num_threads, args=(before,))
    restoring.start()
    restoring.join()


def _made(store: Store, run_id: str, explainer: str) -> Steps:
    # Imported on first use, so that pages do not import torch.
    from kdviz.comparison import by_measure, survey

    result = yield from survey(store, run_id, explainer)
    by_measure(result)  # cached: the page that waits for it shows it at once


def _left_s(fraction: float, spent_s: float) -> float:
    return spent_s * (1 - fraction) / fraction if fraction > 0 else math.nan
