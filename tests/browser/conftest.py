"""A server of its own, and a real browser on it."""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def runs_dir(tmp_path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def address(runs_dir):
    """Where a fresh server answers."""
    with serving(runs_dir) as answers_at:
        yield answers_at


@contextmanager
def serving(runs_dir: Path):
    """A server on a runs directory, for as long as the block lasts."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"],
        cwd=ROOT,
        env={**os.environ, "KDVIZ_RUNS_DIR": str(runs_dir), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    for line in server.stdout:
        said.append(line)
        if "URL:" in line:
            break
    assert server.poll() is None, "".join(said)
    yield f"http://localhost:{port}"
    server.terminate()
    server.communicate(timeout=30)


@pytest.fixture
def page():
    """A page of a browser that is closed afterwards."""
    with browsing() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(60_000)
        yield page


@contextmanager
def browsing():
    """A browser, for as long as the block lasts."""
    if CHROMIUM is None:
        pytest.skip("needs chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser():
    """A browser that a module's tests share."""
    with browsing() as opened:
        yield opened


@contextmanager
def watched(browser, address: str, *, phone: bool = False):
    """A page of its own at an address. wrong: what the browser complains of. sent: what the server was sent."""
    view = {"width": 390, "height": 844} if phone else {"width": 1440, "height": 900}
    context = browser.new_context(viewport=view, has_touch=phone, is_mobile=phone)
    page = context.new_page()
    page.wrong, page.sent = [], []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: page.sent.append(frame)))
    page.goto(address)
    yield page
    assert page.wrong == []
    context.close()


def at_rest(page, patience_ms: int) -> None:
    """Waits until the page's script has ended."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(timeout=patience_ms)
