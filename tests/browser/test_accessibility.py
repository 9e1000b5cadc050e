"""Each page through axe-core (Deque, MPL 2.0; beside this file for tests alone): nothing serious in either theme."""

from pathlib import Path

import pytest

AXE = (Path(__file__).with_name("axe") / "axe.min.js").read_text(encoding="utf-8")
PAGES = (
    "",
    "distill",
    "explain",
    "agreement",
    "agreement?marking=1",
    "runs",
    "sweep",
    "library",
    "library?browse=Your%20own%20images",
    "learn",
    "learn?lesson=claims",
    "learn?lesson=museum",
)
SETTLED = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const waits = document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"], [data-testid="stProgress"]');
    const quiet = app?.dataset.testScriptState === 'notRunning' && !waits;
    window.quietSince = quiet ? window.quietSince || performance.now() : 0;
    return quiet && performance.now() - window.quietSince > 700;
}"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def themed(browser):
    """A page of a browser in each theme."""
    return {scheme: browser.new_page(color_scheme=scheme) for scheme in ("light", "dark")}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_serious_violation(prepared_address, themed, path, theme):
    page = themed[theme]
    page.goto(f"{prepared_address}/{path}")
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_function(SETTLED)
    page.evaluate(AXE)
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    serious = [
        f"{each['id']}: {node['html'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
    assert serious == []
