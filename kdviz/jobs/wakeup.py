"""Wakes waiting threads of this process when a run receives a request."""

from __future__ import annotations

import threading


class Wakeup:
    """Counts notifications, so that one between checking and waiting is not missed."""

    def __init__(self) -> None:
        self.count = 0
        self._changed = threading.Condition()

    def notify(self) -> None:
        """Wake all waiting threads."""
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait(self, count: int, timeout_s: float) -> None:
        """Return once `self.count` is no longer `count`, or after the timeout."""
        with self._changed:
            self._changed.wait_for(lambda: self.count != count, timeout_s)


WAKEUP = Wakeup()
"""The one of this process. Requests of other processes are found by polling the database."""
