"""Masks drawn in a real browser by mouse, finger and keys: the bits that the server keeps are those expected."""

from itertools import pairwise
from math import hypot
from re import search

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from kdviz.comparison import training_triage
from kdviz.datasets import Marks, marks_from_bytes
from kdviz.progress import run_to_end
from tests.browser.conftest import at_rest, fresh_page, watched, worst_of_all

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIDE = 16


@pytest.fixture(scope="module")
def triage(trained):
    return run_to_end(training_triage(*trained))


@pytest.fixture(scope="module")
def address(trained, trained_address):
    return f"{trained_address}/agreement?run={trained[1]}&marking=1"


@pytest.fixture
def page(browser, address):
    with watched(browser, address) as page:
        yield ready(page)


@pytest.fixture(scope="module")
def desk(browser, address):
    """A page that tests share, each with a picture of its own."""
    with watched(browser, address) as page:
        yield ready(page)


@pytest.fixture
def name(desk, triage, trained):
    """The next picture of the shared page on which nothing is marked."""
    place = desk.locator(".tile[aria-current=true]").evaluate(
        "tile => [...tile.parentNode.children].indexOf(tile)"
    )
    desk.locator(".tile").nth(place + 1).click()
    expect(desk.locator(".painter .title")).to_contain_text(f"Picture {place + 2} of ")
    assert triage.images[place + 1].digest not in kept(desk, trained)
    return triage.images[place + 1].digest


@pytest.fixture
def phone(browser, address):
    with watched(browser, address, phone=True) as page:
        yield ready(page)


def ready(page: Page) -> Page:
    expect(page.locator(".ink")).to_be_visible()
    worst_of_all(page)
    page.locator(".ink").scroll_into_view_if_needed()
    page.locator(".ink").element_handle().wait_for_element_state("stable")
    return page


def kept(page: Page, trained):
    """The masks that the store has for this browser, once the page says so."""
    expect(page.locator(".stored")).to_have_text("· stored")
    (cookie,) = [each["value"] for each in page.context.cookies() if each["name"] == "kdviz_visitor"]
    store, run_id = trained
    content = store.draft_marks(run_id, cookie)
    return {} if content is None else marks_from_bytes(content).masks


def at(page: Page, row, column):
    """The middle of a pixel of the picture, on the screen."""
    box = page.locator(".ink").bounding_box()
    return box["x"] + (column + 0.5) / SIDE * box["width"], box["y"] + (row + 0.5) / SIDE * box["height"]


def size(page: Page, pixels):
    page.locator(".size").evaluate("(slider, value) => { slider.value = value; slider.oninput(); }", pixels)


def tool(page: Page, name):
    page.get_by_role("radio", name=name).check()


def near(row, column, corners, reach):
    """Whether a pixel's centre is at most so far from a line through pixels' centres; slow and plain."""
    best = float("inf")
    for (y, x), (v, u) in pairwise([*corners, corners[-1]]):
        squared = (u - x) ** 2 + (v - y) ** 2
        along = min(max(((column - x) * (u - x) + (row - y) * (v - y)) / squared, 0), 1) if squared else 0
        best = min(best, hypot(column - x - along * (u - x), row - y - along * (v - y)))
    return best <= reach


def stroked(corners, pixels):
    return np.array(
        [[near(row, column, corners, pixels / 2) for column in range(SIDE)] for row in range(SIDE)]
    )


def inside(row, column, corners):
    """Even or odd: how many edges a ray to the right crosses."""
    crossed = 0
    for (y, x), (v, u) in pairwise([*corners, corners[0]]):
        if (y > row) != (v > row) and column < x + (row - y) * (u - x) / (v - y):
            crossed += 1
    return crossed % 2 == 1


def outlined(corners):
    filled = [[inside(row, column, corners) for column in range(SIDE)] for row in range(SIDE)]
    return np.array(filled) | stroked([*corners, corners[0]], 1)


def drag(page: Page, *cells):
    page.mouse.move(*at(page, *cells[0]))
    page.mouse.down()
    for cell in cells[1:]:
        page.mouse.move(*at(page, *cell))
    page.mouse.up()


def expect_mask(page, trained, name, expected):
    found = kept(page, trained)
    assert found[name].astype(int).tolist() == expected.astype(int).tolist()


def test_the_picture_is_large_and_its_pixels_are_sharp(desk):
    box = desk.locator(".ink").bounding_box()
    assert box["width"] >= 320
    assert (
        desk.locator(".board .base").evaluate("node => getComputedStyle(node).imageRendering") == "pixelated"
    )


def test_the_brush_marks_what_it_passes_over_and_the_eraser_takes_it_away(desk, name, trained):
    page = desk
    tool(page, "Brush")
    size(page, 3)
    line = [(2, 3), (9, 6), (9, 13)]
    drag(page, *line)
    expected = stroked(line, 3)
    expect_mask(page, trained, name, expected)
    tool(page, "Eraser")
    size(page, 1)
    drag(page, (9, 13), (9, 6))
    expected &= ~stroked([(9, 13), (9, 6)], 1)
    expect_mask(page, trained, name, expected)
    share = 100 * expected.mean()
    assert page.locator(".said").inner_text() == f"{share:.0f} % of the picture is marked"
    label = page.locator(".ink").get_attribute("aria-label")
    assert label.endswith(f"{share:.0f} % of the picture is marked.")


def test_a_rectangle_has_both_corners_and_the_outline_its_line(desk, name, trained):
    page = desk
    tool(page, "Rectangle")
    drag(page, (12, 4), (10, 1))
    expected = np.zeros((SIDE, SIDE), bool)
    expected[10:13, 1:5] = True
    expect_mask(page, trained, name, expected)
    tool(page, "Outline")
    corners = [(1, 2), (2, 14), (9, 11), (5, 7), (8, 3)]
    for corner in corners:
        page.mouse.click(*at(page, *corner))
    page.mouse.click(*at(page, *corners[0]))
    expected |= outlined(corners)
    expect_mask(page, trained, name, expected)


def test_an_outline_is_dragged_by_hand_and_ends_where_it_is_let_go(desk, name, trained):
    tool(desk, "Outline")
    expect(desk.locator(".outlining")).to_have_text("Drag around the object, or click corner by corner.")
    ring = [(2, 2), (2, 12), (6, 13), (11, 9), (10, 3)]
    drag(desk, *ring)
    expect_mask(desk, trained, name, outlined(ring))
    tool(desk, "Brush")
    expect(desk.locator(".outlining")).to_be_hidden()


def test_undo_goes_back_step_by_step_and_clear_can_be_undone(desk, name, trained):
    page, before = desk, {*kept(desk, trained)}
    tool(page, "Rectangle")
    drag(page, (1, 1), (2, 2))
    drag(page, (5, 5), (6, 6))
    both = np.zeros((SIDE, SIDE), bool)
    both[1:3, 1:3] = both[5:7, 5:7] = True
    expect_mask(page, trained, name, both)
    page.get_by_role("button", name="Clear", exact=True).click()
    assert {*kept(page, trained)} == before
    undo = page.get_by_role("button", name="Undo", exact=True)
    undo.click()
    expect_mask(page, trained, name, both)
    undo.click()
    both[5:7, 5:7] = False
    expect_mask(page, trained, name, both)
    undo.click()
    assert {*kept(page, trained)} == before
    expect(undo).to_be_disabled()


def rested(page):
    """Focus the picture once the page is at rest: a rerun could remount it, and take the focus away."""
    at_rest(page)
    page.locator(".ink").focus()


def test_keys_draw_set_corners_and_undo(page, trained, triage):
    name = triage.images[0].digest
    ink, press = page.locator(".ink"), page.keyboard.press
    assert ink.get_attribute("role") == "application"
    assert "Enter draws" in page.locator(f"#{ink.get_attribute('aria-describedby')}").text_content()
    ink.focus()  # the cursor is in the middle, at row 8 and column 8
    for _step in range(3):
        press("-")
    press("Enter")
    press("Shift+ArrowRight")
    press("Shift+ArrowRight")
    press("ArrowDown")
    press("+")
    press("Enter")
    expected = stroked([(8, 8), (8, 10)], 1) | stroked([(9, 10)], 3)
    expect_mask(page, trained, name, expected)
    expect(page.locator(".spoken")).to_have_text("Row 10, column 11: marked.")
    rested(page)
    press("u")
    expect_mask(page, trained, name, stroked([(8, 8), (8, 10)], 1))
    rested(page)
    tool(page, "Rectangle")
    ink.focus()
    press("Enter")
    press("ArrowUp")
    press("Escape")
    press("ArrowLeft")
    press("Enter")
    press("ArrowUp")
    press("ArrowUp")
    press("Enter")
    expected = stroked([(8, 8), (8, 10)], 1)
    expected[6:9, 9] = True
    expect_mask(page, trained, name, expected)
    rested(page)
    tool(page, "Outline")
    ink.focus()
    for keys in ("Enter", "ArrowLeft ArrowLeft ArrowLeft Enter", "ArrowUp ArrowUp ArrowUp Enter", "Enter"):
        for key in keys.split():
            press(key)
    expected |= outlined([(6, 9), (6, 6), (3, 6)])
    expect_mask(page, trained, name, expected)


def test_marks_of_another_tab_are_shown_on_coming_back_and_not_overwritten(page, trained, triage):
    size(page, 1)
    drag(page, (4, 4), (4, 9))
    expect_mask(page, trained, triage.images[0].digest, stroked([(4, 4), (4, 9)], 1))
    page.get_by_role("link", name="Home", exact=True).click()
    expect(page.locator(".ink")).to_have_count(0)
    at_rest(page)
    (cookie,) = [each["value"] for each in page.context.cookies() if each["name"] == "kdviz_visitor"]
    store, run_id = trained
    other = stroked([(10, 2), (10, 13)], 1)
    store.save_draft_marks(run_id, cookie, Marks({triage.images[0].digest: other}).to_bytes())
    page.go_back()
    ready(page)
    expect(page.locator(".said")).to_have_text(f"{100 * other.mean():.1f} % of the picture is marked")
    expect_mask(page, trained, triage.images[0].digest, other)


def test_a_finger_draws_and_does_not_scroll(phone, trained, triage):
    size(phone, 3)
    line = [(3, 3), (10, 5), (6, 12)]
    top = phone.locator(".ink").bounding_box()["y"]
    touch = phone.context.new_cdp_session(phone)
    for number, cell in enumerate(line):
        x, y = at(phone, *cell)
        kind = "touchMove" if number else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect_mask(phone, trained, triage.images[0].digest, stroked(line, 3))
    assert phone.locator(".ink").bounding_box()["y"] == top
    assert phone.locator(".ink").bounding_box()["width"] >= 320
    assert phone.locator(".painter").evaluate("node => node.scrollWidth <= node.clientWidth")


def test_a_change_that_is_lost_on_the_way_is_sent_again_as_a_new_one(browser, address, trained, triage):
    """A value that the server has had is no change to it: what it missed once must not come back equal."""
    lost, losing = set(), [False]

    def between(browser_side):
        server = browser_side.connect_to_server()

        def pass_on(message):
            change = search(rb'\\?"change\\?":(\d+)', message)
            if losing[0] and change and len(lost | {change[1]}) == 1:
                lost.add(change[1])
            else:
                server.send(message)

        browser_side.on_message(pass_on)

    with fresh_page(browser) as page:
        page.route_web_socket(lambda url: True, between)
        page.goto(address)
        ready(page)
        size(page, 1)
        losing[0] = True
        drag(page, (4, 4), (4, 9))
        expect(page.locator(".stored")).to_have_text("· storing …")
        expect_mask(page, trained, triage.images[0].digest, stroked([(4, 4), (4, 9)], 1))
        assert lost


def test_a_reload_keeps_marks_and_each_picture_has_its_own(page, address, trained, triage):
    size(page, 1)
    drag(page, (4, 4), (4, 9))
    assert {*kept(page, trained)} == {triage.images[0].digest}
    page.get_by_role("button", name="Next picture").click()
    expect(page.locator(".painter .title")).to_contain_text("Picture 2 of ")
    drag(page, (7, 1), (7, 3))
    expected = {
        triage.images[0].digest: stroked([(4, 4), (4, 9)], 1),
        triage.images[1].digest: stroked([(7, 1), (7, 3)], 1),
    }
    found = kept(page, trained)
    assert found.keys() == expected.keys()
    assert all((found[name] == expected[name]).all() for name in expected)
    page.goto(address)
    ready(page)
    tiles = page.locator(".tile")
    expect(tiles.nth(1).locator(".badge")).to_be_visible()
    expect(tiles.nth(2).locator(".badge")).to_be_hidden()
    tiles.nth(1).click()
    expect(page.locator(".painter .title")).to_contain_text("Picture 2 of ")
    assert page.locator(".said").inner_text() == "1.2 % of the picture is marked"
    tool(page, "Eraser")
    drag(page, (7, 1), (7, 3))
    assert {*kept(page, trained)} == {triage.images[0].digest}
