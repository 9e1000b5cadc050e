"""Photograph every page: `python scripts/take_screens.py [RUNS_DIR]`, into docs/screens.

Every page light and dark, at 1440×900 and 390×844; views within pages light and wide. Without a runs
directory the run that comes with the package is shown; of sounds, that of the example.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from kdviz.store import Store  # noqa: E402
from kdviz.store.prepared import offer_prepared_run  # noqa: E402
from kdviz.store.prepared_examples import open_example, prepared_example  # noqa: E402

SCREENS = ROOT / "docs" / "screens"
PAGES = {
    "home": "",
    "distill": "distill",
    "explain": "explain",
    "agreement": "agreement",
    "runs": "runs",
    "sweep": "sweep",
    "library": "library",
    "learn": "learn",
}
VIEWS = {
    "explain-swipe": "explain?view=swipe&outline=true",
    "explain-methods": "explain?view=methods",
    "library-networks": "library?shelf=Networks",
    "learn-grad-cam": "learn?lesson=grad-cam",
    "learn-chance": "learn?lesson=chance",
    "learn-best-lambda": "learn?lesson=best-lambda",
    "learn-claims": "learn?lesson=claims",
    "learn-museum": "learn?lesson=museum",
    "home-chinese": "?lang=zh",
}
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
_SOUNDS = "speech-commands-mini"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> None:
    """Take all pictures."""
    runs_dir = Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp())
    SCREENS.mkdir(parents=True, exist_ok=True)
    store = Store(runs_dir)
    offer_prepared_run(store)  # before the example: a directory with runs is offered none
    usual, run = store.runs()[0].id, open_example(store, _SOUNDS)
    sounds = {"explain-sounds": f"explain?run={run}&image={prepared_example(_SOUNDS).index}"}
    with server(runs_dir) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        for theme in THEMES:
            for size, (width, height) in SIZES.items():
                page = browser.new_page(
                    viewport={"width": width, "height": height}, color_scheme=theme, device_scale_factor=1
                )
                shown = PAGES | VIEWS | sounds if (theme, size) == ("light", "wide") else PAGES
                for name, path in shown.items():
                    path = path if "run=" in path else f"{path}{'&' if '?' in path else '?'}run={usual}"
                    _photograph(page, f"{address}/{path}", SCREENS / f"{name}-{theme}-{size}.png")
                page.close()
        browser.close()


def _photograph(page: Page, url: str, file: Path) -> None:
    page.goto(url)
    page.get_by_role("heading", level=1).wait_for(timeout=90_000)
    settled(page)
    page.screenshot(path=file)
    print(file.relative_to(ROOT))


def settled(page: Page) -> None:
    """Waits until the page has nothing more to show."""
    page.wait_for_function(_SETTLED, timeout=90_000)


def chromium() -> str | None:
    """Where the browser is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


_SETTLED = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const waits = document.querySelector(
        '[data-testid="stSkeleton"], [data-testid="stSpinner"], [data-testid="stProgress"]');
    const drawn = [...document.images].every(image => image.complete);
    const quiet = app?.dataset.testScriptState === 'notRunning' && !waits && drawn;
    window.quietSince = quiet ? window.quietSince || performance.now() : 0;
    return quiet && performance.now() - window.quietSince > 1500;
}"""


@contextmanager
def server(runs_dir: Path) -> Iterator[str]:
    """The address of a dashboard on a runs directory."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        f"--server.port={port}",
        "--server.headless=true",
    ]
    environment = {**os.environ, "KDVIZ_RUNS_DIR": str(runs_dir), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        next(line for line in server.stdout if "URL:" in line)
        try:
            yield f"http://localhost:{port}"
        finally:
            server.kill()  # it has nothing to save, and nobody reads its last words


if __name__ == "__main__":
    main()
