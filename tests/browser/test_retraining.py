"""A mark is drawn in a real browser, and a run goes on from the marked one: live, then beside its parent."""

import shutil

import pytest
from playwright.sync_api import expect

from kdviz.datasets import read_marks
from kdviz.store import Store
from tests.browser.conftest import at_rest, watched
from tests.browser.servers import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def copied(trained, tmp_path):
    """A store of its own with the trained run."""
    directory = tmp_path / "runs"
    shutil.copytree(trained[0].directory, directory)
    return Store(directory)


def mark_a_picture(page):
    """Draws a stroke on the first picture, before which no run can be started."""
    ink = page.locator(".ink")
    expect(ink).to_be_visible()
    at_rest(page)
    expect(page.get_by_role("button", name="Retrain from here")).to_be_disabled()
    ink.scroll_into_view_if_needed()
    box = ink.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.up()
    expect(page.locator(".stored")).to_have_text("· stored")


def test_from_a_mark_to_a_run_beside_its_parent(copied, trained, browser):
    parent = trained[1]
    with (
        serving(copied.directory) as address,
        watched(browser, f"{address}/agreement?run={parent}&marking=1") as page,
    ):
        start = page.get_by_role("button", name="Retrain from here")
        expect(page.locator(".ink")).to_be_visible()
        at_rest(page)
        section = page.locator(".st-key-marking_open").bounding_box()
        assert 0 < section["y"] < 200, "the page is scrolled to it, although the pictures came later"
        mark_a_picture(page)
        drawn = page.locator(".ink").get_attribute("aria-label")
        expect(start).to_be_enabled()
        start.click()

        expect(page.get_by_role("heading", name="Distill", level=1)).to_be_visible()
        expect(page.get_by_text("Goes on from")).to_be_visible()
        expect(page).to_have_url(f"{address}/distill?run={copied.runs()[0].id}")
        compare = page.get_by_role("link", name="Compare with its parent")
        expect(compare).to_be_visible()
        run = copied.runs()[0]
        assert (run.config.parent, run.config.map_source, run.state) == (parent, "mask", "finished")
        (mask,) = read_marks(copied.directory / run.id / "marks.npz").masks.values()
        share = 100 * mask.mean()
        assert (
            f"{share:.0f} % of the picture is marked" in drawn if share >= 9.95 else f"{share:.1f} %" in drawn
        )

        compare.click()
        expect(page.get_by_text("Answers of the student that changed, A → B")).to_be_visible()
        expect(page).to_have_url(f"{address}/runs?compare={parent}%2C{run.id}")
