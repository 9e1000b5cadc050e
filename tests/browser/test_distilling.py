"""A pupil's walk: start, watch, reload, pause, go on, stop."""

import re

import pytest
from playwright.sync_api import Page, expect

from kdviz.store import Store
from kdviz.store.prepared import offer_prepared_run
from tests.browser.conftest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SETTINGS = {
    "teacher_width": "0.5",
    "teacher_epochs": "1",
    "student_width": "0.25",
    "train_count": "256",
    "epochs": "500",  # never reached: the run is stopped
}

POINTS = """() => [...document.querySelectorAll('.js-plotly-plot')]
    .flatMap(chart => chart.data)
    .filter(line => line.name === 'student' && line.x.length)
    .map(line => line.x.length)"""


def points(page: Page) -> int:
    """How many points the students' longest curve has."""
    return max(page.evaluate(POINTS), default=0)


def wait_for_points(page: Page, more_than: int) -> None:
    page.wait_for_function(f"() => Math.max(0, ...({POINTS})()) > {more_than}")


def press(page: Page, key: str) -> None:
    """By its key: the browser's own bar has a Stop as well."""
    page.locator(f".st-key-{key} button").click()


def maps_and_accuracy_are_on_one_screen_of_a_projector(page: Page) -> None:
    usual, address = page.viewport_size, page.url
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{address}&projector=true")
    strips, accuracy = page.locator(".film .strip"), page.locator(".js-plotly-plot").first
    expect(strips).to_have_count(2)
    expect(accuracy).to_be_visible()
    at_rest(page)
    for each in (*strips.all(), accuracy):
        where = each.bounding_box()
        assert where["y"] > 0
        assert where["y"] + where["height"] < 720
    assert strips.last.locator(".frame").first.bounding_box()["width"] > 120
    page.set_viewport_size(usual)
    page.goto(address)


@pytest.fixture
def emptied(runs_dir) -> Store:
    """A directory whose prepared run was removed for good, so that the page waits for a first run."""
    store = Store(runs_dir)
    offer_prepared_run(store)
    (run,) = store.runs()
    store.delete(run.id)
    store.purge(run.id)
    return store


def test_a_run_is_started_watched_reloaded_paused_and_stopped(emptied, address, page):
    link = "&".join(f"fashion-mnist-mini.{name}={value}" for name, value in SETTINGS.items())
    page.goto(f"{address}/distill?{link}")
    expect(page.get_by_text("Distill your first student")).to_be_visible()
    press(page, "start")

    expect(page).to_have_url(re.compile(r"[?&]run=\d{8}-\d{4}-\w{4}"))
    wait_for_points(page, 1)
    seen = points(page)
    wait_for_points(page, seen)
    overlay = page.get_by_role("img", name=re.compile("teacher looks mostly at the .* student")).first
    expect(overlay).to_be_visible()
    seen = points(page)

    page.reload()
    wait_for_points(page, seen - 1)
    expect(page.get_by_text(re.compile(r"The students learn: epoch \d+ of 500"))).to_be_visible()

    press(page, "live_Pause")
    expect(page.get_by_text("Paused. The students learn")).to_be_visible()
    maps_and_accuracy_are_on_one_screen_of_a_projector(page)
    press(page, "live_Resume")
    seen = points(page)
    wait_for_points(page, seen)

    press(page, "live_Stop")
    expect(page.get_by_text("Stopped. Resume goes on from the last full epoch.")).to_be_visible()
    wait_for_points(page, seen - 1)  # what was measured stays, once the page of an ended run is drawn
    (run,) = emptied.runs()
    assert run.state == "cancelled"
    assert run.id in page.url
