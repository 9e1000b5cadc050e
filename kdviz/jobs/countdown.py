"""Seconds left that count down, and that do not grow with the load of the computer."""

from __future__ import annotations

import math
import os
from collections.abc import Callable

from kdviz.progress import Message

SLOWED = Message("Slower than usual: the computer is busy")
"""What is said in place of the time left while it is `slowed`."""

_MUCH, _SOME_S = 1.25, 3.0
"""The last estimate was wrong if the next one is longer by both this factor and this many seconds."""


def computer_is_busy() -> bool:
    """Whether, over the last minute, more wanted to run than there are cores. False where nobody knows."""
    load = getattr(os, "getloadavg", None)
    return load is not None and load()[0] > (os.cpu_count() or 1)


class Countdown:
    """The time left of some work, by estimates from its own pace.

    A shorter estimate replaces it. A longer one does so only if it shows the last to be clearly wrong, and
    not while other work slows this one down: then no number is known that would hold.
    """

    def __init__(self, busy: Callable[[], bool] = computer_is_busy) -> None:
        self._busy = busy
        self._left_s, self._now_s = math.nan, 0.0
        self.slowed = False

    @property
    def seconds(self) -> float:
        """Seconds left; NaN while unknown."""
        return math.nan if self.slowed else self._left_s

    def pass_to(self, now_s: float) -> None:
        """Let time pass. now_s: of a clock that does not run backwards."""
        self._left_s -= min(now_s - self._now_s, self._left_s)  # NaN stays NaN
        self._now_s = now_s

    def forget(self) -> None:
        """Other work begins, of which nothing is known yet."""
        self._left_s, self.slowed = math.nan, False

    def correct(self, estimate_s: float) -> None:
        """Take a new estimate into account; NaN for none."""
        if estimate_s > max(_MUCH * self._left_s, self._left_s + _SOME_S):
            self.slowed = self._busy()
            if self.slowed:
                return
            self._left_s = estimate_s
        elif not estimate_s > self._left_s and not math.isnan(estimate_s):
            self._left_s, self.slowed = estimate_s, False
