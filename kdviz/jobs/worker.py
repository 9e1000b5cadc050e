"""The thread that works through a device's queue, and takes over when another process's died."""

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
from kdviz.jobs.wakeup import BELL
from kdviz.store import Store

LOOK_EVERY_S = 1.0
"""How often an idle worker looks for runs that another process queued."""

_LOG = logging.getLogger(__name__)


class Worker:
    """Runs the queued runs of a device, one after another, in a daemon thread.

    Of all workers of a runs directory and device, in any process, one works and the others stand by.
    """

    def __init__(self, store: Store, device: Device, run: Callable[[Store, str], object] = execute) -> None:
        self._store = store
        self._device = device
        self._run = run
        self._ending = False
        self._said: set[str] = set()
        self._thread = threading.Thread(target=self._live, name=f"kdviz-{device}", daemon=True)

    def start(self) -> None:
        """Begins, once."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread is there."""
        return self._thread.is_alive()

    def end(self) -> None:
        """Takes no more runs, and returns when the one at hand has ended."""
        self._ending = True
        BELL.ring()
        self._thread.join()

    def _live(self) -> None:
        prepare_process()
        while not self._ending:
            heard = BELL.rings
            try:
                with self._store.hold_queue(self._device):
                    self._work()
            except StoreError:
                BELL.wait(heard, LOOK_EVERY_S)

    def _work(self) -> None:
        while not self._ending:
            heard = BELL.rings
            if not self._worked():
                BELL.wait(heard, LOOK_EVERY_S)

    def _worked(self) -> bool:
        """Whether a run was run. One that cannot be does not keep the others waiting."""
        with self._complaining():
            self._store.mark_interrupted()
            for run_id in self._waiting():
                with self._complaining():
                    self._run(self._store, run_id)
                    return True
        return False

    def _waiting(self) -> list[str]:
        return [run.id for run in self._store.queued() if resolve_device(run.config.device) == self._device]

    @contextmanager
    def _complaining(self) -> Iterator[None]:
        """What goes wrong goes into the log, once: a thread that dies leaves a queue to itself."""
        try:
            yield
        except Exception as error:
            if str(error) not in self._said:
                self._said.add(str(error))
                _LOG.warning("%s", error, exc_info=not isinstance(error, StoreError))


_workers: dict[tuple[Path, Device], Worker] = {}
_hiring = threading.Lock()


def ensure_worker(store: Store, device: str = "auto") -> Worker:
    """The one worker of this process for a runs directory and device, started if need be."""
    key = (store.directory, resolve_device(device))
    with _hiring:
        if key not in _workers or not _workers[key].alive:
            _workers[key] = Worker(store, key[1])
            _workers[key].start()
        return _workers[key]


def ensure_workers(store: Store) -> list[Worker]:
    """A worker for each device of this machine."""
    return [ensure_worker(store, device) for device in available_devices()]
