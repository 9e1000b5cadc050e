"""A map as large as the window allows: the same picture, opened by a click or a key, without the server."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import serious_violations_of_both_themes
from tests.browser.conftest import at_rest, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PIXELS = "node => node.querySelector('canvas').toDataURL()"
LARGER = 2.5


@pytest.fixture(scope="module")
def address(trained, trained_address):
    return f"{trained_address}/explain?run={trained[1]}&image=4&opacity=40&outline=true"


@pytest.fixture
def page(browser, address):
    with watched(browser, address) as page:
        # The checks of the maps run in the background; the page is redrawn once they have ended.
        expect(page.locator(".st-key-trust_badge")).to_contain_text("checks,")
        at_rest(page)
        page.sent.clear()
        yield page
        assert page.sent == [], "a larger view asks the server nothing"


def opened(page: Page) -> Locator:
    return page.locator("dialog.larger[open]")


def small(page: Page, name: str) -> Locator:
    said = re.compile(rf"^{name}( \(.*\))?: larger view")
    return page.locator(".comparer .stage").get_by_role("button", name=said)


def expect_same(page: Page, name: str) -> None:
    """That the open dialog has the map of the row, larger, at the right of the teacher's; that beside the image."""
    row, large = small(page, name), opened(page).locator("figure.chosen")
    expect(large.locator(".name")).to_contain_text(name)
    assert large.evaluate(PIXELS) == row.evaluate(PIXELS)
    for part in (".line", ".over"):
        assert large.locator(part).count() == row.locator(part).count() > 0
    was, now = row.bounding_box(), large.locator(".pile").bounding_box()
    assert now["width"] >= LARGER * was["width"], "on a screen of 1440 × 900"
    assert now["y"] >= 0
    assert now["y"] + now["height"] <= 900
    beside = opened(page).locator("figure:not(.chosen)")
    other = beside.locator(".pile").bounding_box()
    assert (other["y"], other["width"]) == (now["y"], now["width"])
    if name == "teacher":
        assert beside.locator("canvas").count() == 0
        assert now["x"] < other["x"]
    else:
        assert beside.evaluate(PIXELS) == small(page, "teacher").evaluate(PIXELS)
        assert other["x"] < now["x"]
    assert large.locator(".over").evaluate("node => getComputedStyle(node).opacity") == "0.4"
    expect(large).to_contain_text("Predicts")


def test_a_click_opens_it_arrows_go_on_and_escape_closes(page):
    small(page, "teacher").click()
    expect_same(page, "teacher")
    for key, name in (("ArrowRight", "student"), ("ArrowRight", "twin"), ("ArrowLeft", "student")):
        page.keyboard.press(key)
        expect_same(page, name)
    assert "image=4" in page.url, "the arrows leave the image alone"
    page.keyboard.press("Escape")
    expect(opened(page)).to_have_count(0)
    expect(small(page, "teacher")).to_be_focused()


def test_enter_opens_it_and_values_are_read_in_it(page):
    small(page, "student").press("ArrowRight")
    expect(page.locator(".where")).to_contain_text("Row")
    page.keyboard.press("Enter")
    expect_same(page, "student")
    figure = opened(page).locator("figure.chosen")
    figure.locator(".pile").hover()
    expect(figure.locator(".value")).to_contain_text("×")
    read = page.locator(".comparer .stage figure").nth(2).locator(".value")
    assert figure.locator(".value").inner_text() == read.inner_text()
    opened(page).get_by_role("button", name="Close").click()
    expect(opened(page)).to_have_count(0)
    expect(small(page, "student")).to_be_focused()


def test_the_moved_patch_has_one_too(page):
    page.locator(".st-key-what_if_open").scroll_into_view_if_needed()
    mover = page.locator(".mover")
    expect(mover).to_be_visible()  # filled once it is seen
    at_rest(page)
    page.sent.clear()
    figure = mover.locator(".arms figure[data-arm=student]")
    figure.get_by_role("button", name="student: larger view").click()
    large = opened(page).locator("figure")
    expect(large.first.locator(".answer")).to_have_text(figure.locator(".answer").inner_text())
    assert large.first.evaluate(PIXELS) == figure.evaluate(PIXELS)
    assert large.first.bounding_box()["width"] >= LARGER * figure.bounding_box()["width"]
    expect(large.nth(1).locator(".cue")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(large.first.locator(".name")).to_contain_text("twin")
    page.keyboard.press("Escape")
    expect(opened(page)).to_have_count(0)


@pytest.mark.parametrize("name", ["teacher", "student"])
def test_on_a_phone_a_tap_opens_it_and_what_it_is_compared_with_is_below(browser, address, name):
    with watched(browser, address, phone=True) as page:
        at_rest(page)
        small(page, name).tap()
        upper = opened(page).locator("figure.chosen .pile")
        lower = opened(page).locator("figure:not(.chosen) .pile")
        expect(lower).to_be_attached()
        above, below = upper.bounding_box(), lower.bounding_box()
        assert above["x"] == below["x"]
        assert above["y"] + above["height"] <= below["y"]
        assert above["width"] > 0.85 * 390
        assert opened(page).evaluate("node => node.scrollWidth <= node.clientWidth")


def test_it_has_no_serious_violation_in_either_theme(page):
    small(page, "teacher").click()
    expect(opened(page)).to_be_visible()
    assert serious_violations_of_both_themes(page) == []
