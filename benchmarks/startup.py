"""How long it takes to begin: `python -m benchmarks.startup`, on a machine with chromium.

A command that computes nothing is held against `import torch`, in CPU seconds; Home on a fresh server against
the first page of `streamlit hello`, in seconds from the browser's request until all of it is painted.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright

from benchmarks.paired import Ratio, paired
from benchmarks.table import print_ratios
from kdviz.store import Store
from kdviz.store.prepared import RUN, offer_prepared_run

ROOT = Path(__file__).parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
COMMANDS = (
    "--help", "runs", "show RUN", "datasets", "models", "study --help", "export RUN --out RUN.zip",
    "import RUN.zip", "distill --temperature 0", "distill --teacher Resnet18", "study no-such-file.toml",
    "explain no-such-run",
)  # fmt: skip

PAINTED = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const waits = document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"]');
    const drawn = document.querySelector('h1') && [...document.images].every(image => image.complete);
    const quiet = app?.dataset.testScriptState === 'notRunning' && !waits && drawn;
    window.quietSince = quiet ? window.quietSince || performance.now() : 0;
    return quiet && performance.now() - window.quietSince > 700 ? window.quietSince : 0;
}"""
"""Milliseconds from the request until nothing more was drawn; 0 until that is known."""


def main() -> None:
    """Measure both and print a table."""
    with TemporaryDirectory() as folder:
        os.environ["KDVIZ_RUNS_DIR"] = folder
        found = [*commands(Path(folder)), first_page()]
    print_ratios(found, f"torch {version('torch')}, streamlit {version('streamlit')}")


def commands(runs_dir: Path) -> Iterator[Ratio]:
    """The CPU seconds of each command over those of `import torch`."""
    store = Store(runs_dir)
    offer_prepared_run(store)
    run = store.runs()[0].id
    for command in COMMANDS:
        yield paired(
            f"CPU: kdviz {command} / import torch",
            partial(_carried_out, "-m", "kdviz", *command.replace("RUN", run).split(), cwd=runs_dir),
            partial(_carried_out, "-c", "import torch", cwd=runs_dir),
            pairs=3, warm_ups=1, aim=0.5, clock=_children_cpu_s,
        )  # fmt: skip


def first_page() -> Ratio:
    """Home over `streamlit hello`: median of five fresh servers each, in turn."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        paint = _Painter(browser)
        ratio = paired(
            "first whole page: Home / streamlit hello",
            partial(paint, "run", "app.py"), partial(paint, "hello"),
            pairs=5, warm_ups=1, aim=1.3, clock=lambda: paint.seconds,
        )  # fmt: skip
        browser.close()
    return ratio


class _Painter:
    """Opens the first page of a fresh server. seconds: from requests until pages were painted, in all."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.seconds = 0.0

    def __call__(self, *command: str) -> None:
        """Serve, and open the page in a browser that has nothing of it yet."""
        with serving(*command) as (address, _process):
            page = self._browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(address)
            self.seconds += page.wait_for_function(PAINTED, timeout=120_000).json_value() / 1000
            page.close()


@contextmanager
def serving(
    *command: str, cwd: Path = ROOT, copies: int = 0, runs_dir: Path | None = None
) -> Iterator[tuple[str, int]]:
    """Address and process id of a fresh Streamlit server, with a runs directory that nobody has used.

    copies: of the prepared run, in place of the one that the server puts into an empty directory. runs_dir:
    one of the caller's.
    """
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    options = (f"--server.port={port}", "--server.headless=true")
    with TemporaryDirectory() as folder:
        runs_dir = runs_dir or Path(folder, "runs")
        for _copy in range(copies):
            Store(runs_dir).import_run(RUN)
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", *command, *options],
            cwd=cwd,
            env={**os.environ, "KDVIZ_RUNS_DIR": str(runs_dir), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert server.stdout is not None
        try:
            assert any("URL:" in line for line in server.stdout), "the server has not started"
            yield f"http://localhost:{port}", server.pid
        finally:
            server.terminate()
            server.communicate()


def _carried_out(*arguments: str, cwd: Path) -> None:
    ended = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in ended.stderr, ended.stderr


def _children_cpu_s() -> float:
    """CPU seconds of all processes that have been started here and have ended."""
    spent = os.times()
    return spent.children_user + spent.children_system


if __name__ == "__main__":
    main()
