"""A bell that is rung when anything was asked of a run, so that nobody in this process waits in vain."""

from __future__ import annotations

import threading


class Bell:
    """Counts its rings, so that a ring between looking and waiting is not missed."""

    def __init__(self) -> None:
        self.rings = 0
        self._changed = threading.Condition()

    def ring(self) -> None:
        """Wakes all who wait."""
        with self._changed:
            self.rings += 1
            self._changed.notify_all()

    def wait(self, heard: int, timeout_s: float) -> None:
        """Returns once the bell has been rung more than `heard` times, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self.rings != heard, timeout_s)


BELL = Bell()
"""One for the process. Other processes are heard by looking into the database."""
