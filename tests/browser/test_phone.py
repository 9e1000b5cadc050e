"""Explain on a phone: what is seen on opening is a map, and the controls are a switch away."""

import pytest
from playwright.sync_api import expect

from kdviz.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTH, HEIGHT = 390, 844


@pytest.fixture
def run_id(train_tiny, runs_dir):
    return train_tiny(Store(runs_dir), teacher_epochs=1, epochs=1)


def test_the_first_overlay_is_on_the_first_screen_and_the_controls_are_folded(run_id, address, page):
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(f"{address}/explain?run={run_id}")
    overlay = page.locator(".pile").filter(has=page.locator("canvas, .undefined")).first
    expect(overlay).to_be_visible(timeout=120_000)
    box = overlay.bounding_box()
    assert box["y"] + box["height"] < HEIGHT
    assert box["x"] + box["width"] <= WIDTH

    method, switch = page.get_by_label("Method", exact=True), page.get_by_role("switch", name="Controls")
    expect(method).to_be_hidden()
    switch.focus()
    page.keyboard.press("Space")
    expect(method).to_be_visible()

    page.set_viewport_size({"width": 1440, "height": 900})
    expect(method).to_be_visible()
    expect(switch).to_be_hidden()


def test_a_link_to_an_own_picture_opens_the_controls(run_id, address, page):
    """Without them nobody could choose one."""
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(f"{address}/explain?run={run_id}&source=upload")
    expect(page.get_by_text("choose, drop or paste one")).to_be_visible(timeout=120_000)
