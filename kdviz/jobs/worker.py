"""The thread that has the queued runs of a device trained, and takes over if another process has died."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from kdviz.device import Device, available_devices, resolve_device
from kdviz.errors import StoreError
from kdviz.jobs.training_process import TrainingProcess
from kdviz.jobs.wakeup import WAKEUP
from kdviz.journal import note
from kdviz.store import Store

RESUME_RUNS = "KDVIZ_RESUME_RUNS"
"""Environment variable: 0 leaves runs whose process ended to a person; otherwise they go on by themselves."""

POLL_S = 1.0
"""How often an idle worker checks for runs that another process queued."""

_LOG = logging.getLogger(__name__)


class Trainer(Protocol):
    """What trains the runs of a worker."""

    def start(self) -> object:
        """Prepare to train, without waiting for it."""

    def train(self, store: Store, run_id: str) -> None:
        """Train a run, and return when it has ended. Raises StoreError if that cannot be stored."""

    def close(self) -> None:
        """End."""


class Worker:
    """A daemon thread that has the queued runs of a device trained in a child process, one after another.

    Among all processes with the same runs directory, one worker per device is active; the others wait.
    """

    def __init__(self, store: Store, device: Device, trainer: Trainer | None = None) -> None:
        """trainer: by default a `TrainingProcess`."""
        self._store = store
        self._device = device
        self._trainer = trainer or TrainingProcess()
        self._closing = False
        self._logged: set[str] = set()
        self._thread = threading.Thread(target=self._loop, name=f"kdviz-{device}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread is running."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Take no more runs, and wait until the current one has ended."""
        self._closing = True
        WAKEUP.notify()
        self._thread.join()

    def _loop(self) -> None:
        with closing(self._trainer):
            while not self._closing:
                wakeups = WAKEUP.count
                try:
                    with self._store.hold_queue(self._device):
                        self._trainer.start()
                        self._work()
                except StoreError:
                    WAKEUP.wait(wakeups, POLL_S)

    def _work(self) -> None:
        while not self._closing:
            wakeups = WAKEUP.count
            if not self._train_next():
                WAKEUP.wait(wakeups, POLL_S)

    def _train_next(self) -> bool:
        """Whether a run was trained. One that cannot be does not block the others."""
        with self._errors_logged():
            _care_for_the_dead(self._store)
            for run_id in self._waiting():
                with self._errors_logged():
                    self._train(run_id)
                    return True
        return False

    def _train(self, run_id: str) -> None:
        note("run started", run=run_id, device=self._device)
        self._trainer.train(self._store, run_id)
        now = self._store.run(run_id).record
        note("run ended", run=run_id, state=now.state, seconds=now.progress.seconds, message=now.message)

    def _waiting(self) -> list[str]:
        return [run.id for run in self._store.queued() if resolve_device(run.config.device) == self._device]

    @contextmanager
    def _errors_logged(self) -> Iterator[None]:
        """Errors are logged, each once, so that the thread stays alive."""
        try:
            yield
        except Exception as error:
            if str(error) not in self._logged:
                self._logged.add(str(error))
                _LOG.warning("%s", error, exc_info=not isinstance(error, StoreError))


def _care_for_the_dead(store: Store) -> None:
    """Runs whose worker died go on by themselves, unless RESUME_RUNS says no."""
    if os.environ.get(RESUME_RUNS, "1") == "0":
        store.mark_interrupted()
    else:
        store.take_up()


_workers: dict[tuple[Path, Device], Worker] = {}
_starting = threading.Lock()


def ensure_worker(store: Store, device: str = "auto") -> Worker:
    """The worker of this process for a runs directory and device, started if it is not running."""
    key = (store.directory, resolve_device(device))
    with _starting:
        if key not in _workers or not _workers[key].alive:
            _workers[key] = Worker(store, key[1])
            _workers[key].start()
        return _workers[key]


def workers_alive(store: Store) -> dict[Device, bool]:
    """Whether the threads of the workers that this process has started for a runs directory still run."""
    return {device: each.alive for (folder, device), each in _workers.items() if folder == store.directory}


def ensure_workers(store: Store) -> list[Worker]:
    """A worker for each device of this machine."""
    return [ensure_worker(store, device) for device in available_devices()]
