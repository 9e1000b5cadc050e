"""The thread that trains the queued runs of a device, and takes over if another process has died."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kdviz.device import Device, available_devices, resolve_device
from kdviz.errors import StoreError
from kdviz.jobs.execution import execute
from kdviz.jobs.process import prepare_process
from kdviz.jobs.wakeup import WAKEUP
from kdviz.store import Store

POLL_S = 1.0
"""How often an idle worker checks for runs that another process queued."""

_LOG = logging.getLogger(__name__)


class Worker:
    """Trains the queued runs of a device, one after another, in a daemon thread.

    Among all processes with the same runs directory, one worker per device is active; the others wait.
    """

    def __init__(self, store: Store, device: Device, run: Callable[[Store, str], object] = execute) -> None:
        self._store = store
        self._device = device
        self._run = run
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
        prepare_process()
        while not self._closing:
            wakeups = WAKEUP.count
            try:
                with self._store.hold_queue(self._device):
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
            self._store.mark_interrupted()
            for run_id in self._waiting():
                with self._errors_logged():
                    self._run(self._store, run_id)
                    return True
        return False

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


def ensure_workers(store: Store) -> list[Worker]:
    """A worker for each device of this machine."""
    return [ensure_worker(store, device) for device in available_devices()]
