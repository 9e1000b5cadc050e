"""Waiting in a real browser until a page has settled after a click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

QUIET_MS = 300
PATIENCE_MS = 600_000  # the first visit evaluates the run on its test set

# Streamlit's own mark of a running script is skipped if a rerun ends before the browser draws it, so the
# answer is heard on the socket that the click is sent by.
_WATCH = """() => {
    window.longTasks = []; window.changed = false; window.quietSince = 0;
    window.longTaskObserver ??= new PerformanceObserver(
        list => window.longTasks.push(...list.getEntries().map(task => task.duration)));
    window.longTaskObserver.observe({type: 'longtask'});
    window.sent ??= WebSocket.prototype.send;
    WebSocket.prototype.send = function (...message) {
        WebSocket.prototype.send = window.sent;
        this.addEventListener('message', () => { window.changed = true; window.quietSince = 0; });
        return this.send(...message);
    };
    return performance.now();
}"""

_SETTLED = """(quiet_ms) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const waits = document.querySelector(
        '[data-testid="stSkeleton"], [data-testid="stSpinner"], [data-testid="stProgress"], ' +
        '[data-stale="true"]');
    const drawn = document.querySelector('h1') && [...document.images].every(image => image.complete);
    const quiet = app?.dataset.testScriptState === 'notRunning' && !waits && drawn;
    window.quietSince = quiet ? window.quietSince || performance.now() : 0;
    const settled = quiet && window.changed !== false && performance.now() - window.quietSince > quiet_ms;
    return settled ? {at: window.quietSince, longTasks: window.longTasks ?? []} : null;
}"""


def settled(page: Page) -> dict[str, Any]:
    """Wait until the script has ended, nothing is stale and every image is drawn.

    Returns `at`, in ms since the page was requested, and `longTasks`, those of more than 50 ms since the last
    click.
    """
    found: dict[str, Any] = page.wait_for_function(
        _SETTLED, arg=QUIET_MS, polling=20, timeout=PATIENCE_MS
    ).json_value()
    return found


def after_click(page: Page, click: Callable[[], None]) -> tuple[float, list[float]]:
    """Milliseconds from a click until the page has settled, and the browser's long tasks in between."""
    began = page.evaluate(_WATCH)
    click()
    found = settled(page)
    return found["at"] - began, found["longTasks"]
