"""What axe-core (Deque, MPL 2.0; beside this file for tests alone) reports of a page."""

from pathlib import Path

from playwright.sync_api import expect

AXE = (Path(__file__).with_name("axe") / "axe.min.js").read_text(encoding="utf-8")
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules of axe that look at colours: all that another theme can break."""

DARK = "rgb(23, 22, 20)"
"""The background of the dark theme, which a page has a moment after the browser asks for it."""

SETTLED = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const waits = document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"], [data-testid="stProgress"]');
    const quiet = app?.dataset.testScriptState === 'notRunning' && !waits;
    window.quietSince = quiet ? window.quietSince || performance.now() : 0;
    return quiet && performance.now() - window.quietSince > 700;
}"""


def violations(page, within: str = "html", **which) -> list[dict]:
    """Those in a part of the page, once it has come to rest: colours fade while its script runs."""
    page.wait_for_function(SETTLED, polling=100)
    page.evaluate(AXE)
    options = {"resultTypes": ["violations"], **which}
    return page.evaluate("([within, options]) => axe.run(within, options)", [within, options])["violations"]


def serious_violations(page, **which) -> list[str]:
    """The serious and critical ones of the whole page. which: options of axe.run."""
    return [
        f"{each['id']}: {node['html'][:200]}"
        for each in violations(page, **which)
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def serious_violations_of_both_themes(page) -> list[str]:
    """Those of a page in the light theme, and those of its colours once the browser asks for the dark one."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_css("background-color", "rgb(255, 255, 255)")
    found = serious_violations(page)
    page.emulate_media(color_scheme="dark")
    expect(app).to_have_css("background-color", DARK)
    return found + serious_violations(page, runOnly=OF_COLOURS)
