"""How long a test waits for what must come, in one place: long enough for a loaded machine, since who waits in vain has failed anyway."""

from collections.abc import Callable
from threading import Event
from time import monotonic

PATIENCE_S = 180
PATIENCE_MS = 1000 * PATIENCE_S


def wait_until(condition: Callable[[], bool]) -> None:
    """Waits for what another thread or process does, and fails if it does not."""
    end = monotonic() + PATIENCE_S
    while not condition():
        assert monotonic() < end, f"not within {PATIENCE_S} s"
        Event().wait(0.02)
