"""How long pages take in a real browser: `python -m benchmarks.pages [REPEATS]`, ten unless given.

From a click until its script has ended, nothing is stale and every image is drawn; medians, on the run that
comes with the package. Run it on an otherwise idle machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from itertools import cycle
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import PATIENCE_MS, after_click, settled
from benchmarks.startup import CHROMIUM, serving

Action = Callable[[Page], float]

_ROW_PX = 35


def main() -> None:
    """Measure and print a line for each action."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        _print("first Distill after the server's start", [_first(browser) for _time in range(repeats)])
        with serving("run", "app.py", copies=2) as (address, _process):
            for name, path, action in _actions():
                page = _opened(browser, f"{address}/{path}")
                action(page)  # what is cached from now on is not counted
                _print(name, [action(page) for _time in range(repeats)])
                page.close()
        browser.close()
    print(f"medians of {repeats}, load {os.getloadavg()[0]:.1f}")


def _actions() -> Iterator[tuple[str, str, Action]]:
    """For each measured action its name, the page that it starts from, and the action."""
    yield "Distill from Home", "", _distill_from_home
    yield "a preset", "distill", _next_of("preset")
    yield "another arm on Agreement", "agreement", _next_of("ag_arm")
    yield "next image on Explain", "explain", lambda page: _pressed(page, "ArrowRight")
    yield "all methods on Explain, to the first row", "explain", _all_methods
    yield "Networks on Data & models", "library", _next_of("shelf")
    yield "comparing two runs", "runs", _compared
    yield "a letter typed into an own text, the pause of 250 ms before it is sent included", "", _typed


def _first(browser: Browser) -> float:
    """From the request of Distill on a fresh server, in a browser that has nothing of it yet."""
    with serving("run", "app.py") as (address, _process):
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(f"{address}/distill")
        took = settled(page)["at"]
        page.close()
    return float(took)


def _opened(browser: Browser, address: str) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-US")
    page.goto(address, timeout=PATIENCE_MS)
    settled(page)
    return page


def _distill_from_home(page: Page) -> float:
    after_click(page, page.get_by_role("link", name="Home", exact=True).click)
    return after_click(page, page.get_by_role("link", name="Distill", exact=True).click)[0]


def _next_of(key: str) -> Action:
    """Clicks the second and the first option of the widget with this key, in turn."""
    places = cycle((1, 0))
    return lambda page: after_click(
        page, page.locator(f".st-key-{key}").get_by_role("radio").nth(next(places)).click
    )[0]


def _all_methods(page: Page) -> float:
    """Of an image that has not been seen by most of them: until the maps of the first are drawn."""
    after_click(page, page.get_by_role("button", name="Next").click)
    views = page.locator(".st-key-view_menu").get_by_role("radio")
    began = page.evaluate("performance.now()")
    views.last.click()
    page.locator("[class*='st-key-comparer_'] .layers").first.wait_for()
    took = page.evaluate("performance.now()") - began
    views.first.click()  # which stops the script at the next method
    page.locator(".st-key-comparer").wait_for()
    settled(page)
    return float(took)


def _compared(page: Page) -> float:
    """Ticks the second row beside the first, and takes the tick away again."""
    if "compare=" not in page.url:
        after_click(page, lambda: _tick(page, 0))
    took = after_click(page, lambda: _tick(page, 1))[0]
    assert page.get_by_role("heading", name="2 runs compared").count(), "no two runs were compared"
    after_click(page, lambda: _tick(page, 1))
    return took


def _typed(page: Page) -> float:
    """At the end of a text on Explain, of the reviews that come with the package."""
    field = page.locator("[class*='st-key-'] textarea").first
    if "source=typed" not in page.url:
        page.locator(".st-key-example_counterfactual-reviews button").click()
        page.wait_for_url("**/explain?**")
        settled(page)
        page.goto(f"{page.url}&source=typed")
        settled(page)
        after_click(page, lambda: field.press_sequentially("A dull film, and not at all moving"))
    return after_click(page, lambda: field.press_sequentially("s"))[0]


def _tick(page: Page, row: int) -> None:
    """The table is painted on a canvas."""
    box = page.locator("[data-testid=stDataFrame]").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + _ROW_PX * (row + 1.5))


def _pressed(page: Page, key: str) -> float:
    return after_click(page, lambda: page.keyboard.press(key))[0]


def _print(name: str, times_ms: list[float]) -> None:
    print(f"{name}: {median(times_ms):.0f} ms ({min(times_ms):.0f} to {max(times_ms):.0f})", flush=True)


if __name__ == "__main__":
    main()
