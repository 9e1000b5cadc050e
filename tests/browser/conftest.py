"""A real browser, and servers: one of a test's own, or one that tests share which only look at it."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from kdviz.store import Store
from tests.browser.kept import kept_page
from tests.browser.servers import serving
from tests.patience import PATIENCE_MS

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",  # see kept.py
]
USUAL = {
    "viewport": {"width": 1440, "height": 900},
    "reduced_motion": "reduce",
    "color_scheme": "light",
}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
RECORD = """(node, value) => {
    const now = new Function("node", `return ${value}`), seen = (node.seen = [now(node)]);
    const note = () => now(node) === seen.at(-1) || seen.push(now(node));
    new MutationObserver(note).observe(node, { attributes: true, characterData: true, childList: true, subtree: true });
}"""
SEEN = "([node, values]) => values.every((value, at) => node.seen[at] === value)"


@pytest.fixture
def runs_dir(tmp_path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def address(runs_dir):
    """Where a fresh server answers."""
    with serving(runs_dir) as answers_at:
        yield answers_at


@pytest.fixture(scope="session")
def prepared_address(tmp_path_factory):
    """Where a shared server answers whose one run is that which comes with the package."""
    with serving(tmp_path_factory.mktemp("prepared") / "runs") as answers_at:
        yield answers_at


@pytest.fixture(scope="session")
def trained(small_run) -> tuple[Store, str]:
    """A store with a small finished run, and the run's id."""
    return small_run("folder")


@pytest.fixture(scope="session")
def trained_address(trained):
    """Where a shared server answers that has this run."""
    with serving(trained[0].directory) as answers_at:
        yield answers_at


@pytest.fixture
def page(browser):
    """A page of its own."""
    with fresh_page(browser) as page:
        yield page


@contextmanager
def fresh_page(browser, **options) -> Iterator[Page]:
    """A page that knows nothing of earlier ones. options: of its context; without any, that of a desktop screen.

    Motion is reduced as a visitor may wish it: what Streamlit keeps moving while a script runs is drawn by
    the processor, and takes a quarter of a page's time.
    """
    with kept_page(browser, USUAL | options) as page:
        yield page


@pytest.fixture(scope="package")
def playwright():
    """Ends with the tests in a browser: its event loop would be in the way of others."""
    if CHROMIUM is None:
        pytest.skip("needs chromium: apt-get install chromium")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def browser(playwright):
    """A browser that all tests share."""
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield browser
    browser.close()


@contextmanager
def watched(browser, address: str, *, phone: bool = False, motion: str = "reduce", theme: str = "light"):
    """A page of its own at an address. wrong: what the browser complains of. sent: what the server was sent."""
    screen = PHONE if phone else {}
    with fresh_page(browser, **screen, reduced_motion=motion, color_scheme=theme) as page:
        page.wrong, page.sent = [], []
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("websocket", lambda socket: socket.on("framesent", lambda frame: page.sent.append(frame)))
        page.goto(address)
        yield page
        assert page.wrong == []


def at_rest(page) -> None:
    """Waits until the page's script has ended; before the first one begins, none is running either."""
    page.get_by_role("heading", level=1).first.wait_for(state="attached")
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def worst_of_all(page: Page) -> None:
    """Waits until the worst of all training inputs are those to mark.

    A page that came while the server still explained them keeps the worst of the first ones, until it is asked.
    """
    all_found = page.get_by_text(re.compile(r"^Of all [\d,]+ training "))
    offered = page.get_by_role("button", name="Show the worst of all")
    expect(all_found.or_(offered)).to_be_visible()
    if offered.is_visible():
        offered.click()
    expect(all_found).to_be_visible()
    at_rest(page)


def recorded(locator: Locator, value: str = "node.textContent") -> Callable[..., None]:
    """Notes each value that a part of the page has from now on, however short: a look may come too late for one.

    value: in JavaScript. Call what is returned with the first of the values, the present one included.
    """
    node = locator.element_handle()
    node.evaluate(RECORD, value)
    return lambda *values: locator.page.wait_for_function(SEEN, arg=[node, list(values)])
