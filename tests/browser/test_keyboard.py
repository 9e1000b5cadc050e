"""Tab through the first controls of a page: none of them is outside of the screen."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOCUSED = """() => {
    const node = document.activeElement, { left, width } = node.getBoundingClientRect();
    return { left, right: left + width, test: node.closest("[data-testid]")?.dataset.testid };
}"""
RING = """async () => {
    const node = document.activeElement;
    await Promise.all(node.getAnimations().map((each) => each.finished));  // a ring may fade in
    return [node.tagName, node.dataset.testid, getComputedStyle(node).boxShadow];
}"""
STEPS = 10


@pytest.mark.parametrize("width", [1440, 390])
def test_tab_passes_over_the_folded_sidebar_and_enters_the_open_one(prepared_address, page, width):
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{prepared_address}/library")
    expect(page.get_by_role("heading", name="Data & models")).to_be_visible()
    at_rest(page)
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_hidden()
    stops = []
    for _ in range(STEPS):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
    assert not [stop for stop in stops if stop["right"] <= 0 or stop["left"] >= width]
    assert stops[0]["test"] == "stSkipToContent"
    assert "stExpandSidebarButton" in {stop["test"] for stop in stops}

    page.get_by_test_id("stExpandSidebarButton").focus()
    page.keyboard.press("Enter")
    sidebar = page.get_by_test_id("stSidebar")
    language = sidebar.get_by_role("radio", name="English")
    expect(language).to_be_visible()
    language.focus()
    expect(language).to_be_focused()
    page.keyboard.press("Tab")
    expect(sidebar.get_by_role("switch", name="Projector")).to_be_focused()


def test_a_focused_link_has_the_ring_of_a_focused_button(prepared_address, page):
    page.goto(f"{prepared_address}/library")
    expect(page.get_by_role("heading", name="Data & models")).to_be_visible()
    expect(page.get_by_test_id("stBaseButton-tertiary").first).to_be_visible()
    at_rest(page)
    rings = {"A": set(), "BUTTON": set()}
    for _ in range(2 * STEPS):
        page.keyboard.press("Tab")
        kind, test, ring = page.evaluate(RING)
        if test in ("stTopNavLink", "stBaseButton-tertiary"):
            rings[kind].add(ring)
    assert len(rings["A"]) == 1
    assert rings["A"] == rings["BUTTON"] != {"none"}
