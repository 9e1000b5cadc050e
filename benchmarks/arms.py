"""How long another arm takes on the Agreement page: `python -m benchmarks.arms [CHECKOUT ...]`.

Each checkout, this one if none is named, serves the run that comes with the package, and their clicks
alternate. A click is settled when its script has ended, nothing is stale and every image is drawn. Beside it:
the browser's long tasks (of more than 50 ms), the server's CPU time, and the machine's load.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import PATIENCE_MS, after_click, settled
from benchmarks.startup import CHROMIUM, ROOT, serving

REPEATS = 7


@dataclass(frozen=True)
class Change:
    """One click on another arm, in milliseconds. long_tasks: of the browser, one by one."""

    settled: float
    long_tasks: tuple[float, ...]
    server_cpu: float


def main() -> None:
    """Measure and print a line for each checkout."""
    checkouts = [Path(each).resolve() for each in sys.argv[1:]] or [ROOT]
    with ExitStack() as stack:
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        pages = [
            _changes(browser, *stack.enter_context(serving("run", "app.py", cwd=each))) for each in checkouts
        ]
        rounds = [[next(page) for page in pages] for _round in range(REPEATS)]
        browser.close()
    print(f"load {os.getloadavg()[0]:.1f}; medians of {REPEATS}, in ms")
    for checkout, changes in zip(checkouts, zip(*rounds, strict=True), strict=True):
        _print(checkout, changes)


def _changes(browser: Browser, address: str, server: int) -> Iterator[Change]:
    """Clicks the arms in turn. The first time round, in which results are cached, is not counted."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-US")
    page.goto(f"{address}/agreement", timeout=PATIENCE_MS)
    settled(page)
    buttons = page.locator(".st-key-ag_arm").get_by_role("radio")
    arms = buttons.count()
    assert arms > 1, "the run has no arms to choose from"
    clicks = 0
    while True:
        clicks += 1
        change = _change(page, buttons.nth(clicks % arms).click, server)
        if clicks > arms:
            yield change


def _change(page: Page, click: Callable[[], None], server: int) -> Change:
    before = _cpu_ms(server)
    took, long_tasks = after_click(page, click)
    return Change(took, tuple(long_tasks), _cpu_ms(server) - before)


def _cpu_ms(process: int) -> float:
    """CPU time of a process until now, its own and the system's on its behalf."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _print(checkout: Path, changes: Sequence[Change]) -> None:
    settled = [change.settled for change in changes]
    print(
        f"{checkout}: settled {median(settled):.0f} ({min(settled):.0f} to {max(settled):.0f}), "
        f"long tasks {median(len(change.long_tasks) for change in changes):.0f} "
        f"of {median(sum(change.long_tasks) for change in changes):.0f} in all, "
        f"the longest {median(max(change.long_tasks, default=0) for change in changes):.0f}, "
        f"server {median(change.server_cpu for change in changes):.0f} of CPU time"
    )


if __name__ == "__main__":
    main()
