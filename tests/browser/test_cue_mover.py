"""The patch is moved and recoloured in a real browser: what is shown is the core's answer for that variant."""

import re

import pytest
from playwright.sync_api import Page, expect

from kdviz.comparison import explain_cue_variants
from kdviz.figures.style import percent
from kdviz.narrative import what_if_sentence
from tests.browser.conftest import at_rest, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

INDEX = 4
UPPER_LEFT, UPPER_RIGHT, LOWER_RIGHT, LOWER_LEFT = range(4)


@pytest.fixture(scope="module")
def explained(trained):
    return explain_cue_variants(*trained, INDEX)


@pytest.fixture(scope="module")
def address(trained, trained_address):
    return f"{trained_address}/explain?run={trained[1]}&image={INDEX}"


@pytest.fixture
def page(browser, address):
    yield from mover(browser, address)


@pytest.fixture
def phone(browser, address):
    yield from mover(browser, address, phone=True)


def mover(browser, address, *, phone=False):
    """The section at rest; it is open at first, and filled when it is seen."""
    with watched(browser, address, phone=phone) as page:
        # The checks of the maps run in the background; the page is redrawn once they have ended.
        expect(page.locator(".st-key-trust_badge")).to_contain_text("checks,")
        at_rest(page)
        page.locator(".st-key-what_if_open").scroll_into_view_if_needed()
        expect(piece(page)).to_be_visible()
        at_rest(page)
        piece(page).scroll_into_view_if_needed()
        page.sent.clear()
        yield page
        assert page.sent == [], "a move asks the server nothing"


def piece(page: Page):
    return page.get_by_role("button", name=re.compile("^Patch: "))


def start(explained) -> tuple[int, int]:
    way = explained.variants.cues[explained.planted]
    return way.place, way.indicated


def expect_variant(page: Page, explained, place, named) -> None:
    """That all that is shown is the core's, for the patch at a place in a class's colour; named: None without."""
    ways = [way and (way.place, way.indicated) for way in explained.variants.cues]
    number = 0 if named is None else ways.index((place, named))
    expect(page.locator(".mover")).to_have_attribute("data-variant", str(number))
    expect(page.locator(".mover .said")).to_have_text(what_if_sentence(explained, number))
    for at, answers in enumerate(explained.arms.values()):
        figure = page.locator(".mover .arms figure").nth(at)
        name = explained.classes[answers.predicted(number)]
        expect(figure.locator(".answer")).to_have_text(
            f"Predicts {name} ({percent(answers.confidence(number), 0)})"
        )
        expect(figure.locator(".patch")).to_be_visible(visible=named is not None)


def test_arrow_keys_move_the_patch_from_corner_to_corner(page, explained):
    _place, named = start(explained)
    expect_variant(page, explained, *start(explained))
    piece(page).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    for key, place in (
        ("ArrowRight", UPPER_RIGHT),
        ("ArrowDown", LOWER_RIGHT),
        ("ArrowDown", LOWER_RIGHT),
        ("ArrowLeft", LOWER_LEFT),
        ("ArrowUp", UPPER_LEFT),
    ):
        page.keyboard.press(key)
        expect_variant(page, explained, place, named)
    page.get_by_role("button", name="As in the test image").click()
    expect_variant(page, explained, *start(explained))


def test_the_colour_is_chosen_and_the_patch_removed(page, explained):
    place, named = start(explained)
    other = 1 - named
    page.get_by_role("radio", name=explained.classes[other]).check()
    expect_variant(page, explained, place, other)
    page.get_by_role("radio", name="no patch").check()
    expect_variant(page, explained, place, None)
    page.get_by_role("radio", name=explained.classes[named]).check()
    expect_variant(page, explained, place, named)


def inner_corner(page: Page, place: int) -> tuple[float, float]:
    """A point a tenth of the board inside a corner."""
    board = page.locator(".mover .board").bounding_box()
    u = 0.1 if place in (UPPER_LEFT, LOWER_LEFT) else 0.9
    v = 0.1 if place in (UPPER_LEFT, UPPER_RIGHT) else 0.9
    return board["x"] + u * board["width"], board["y"] + v * board["height"]


def test_the_patch_is_dragged_with_the_mouse_and_snaps_into_a_corner(page, explained):
    place, named = start(explained)
    opposite = (place + 2) % 4
    page.mouse.move(*inner_corner(page, place))
    page.mouse.down()
    page.mouse.move(*inner_corner(page, opposite), steps=6)
    expect_variant(page, explained, opposite, named)
    page.mouse.up()
    expect_variant(page, explained, opposite, named)
    board, box = (page.locator(f".mover .{name}").bounding_box() for name in ("board", "piece"))
    at_left = opposite in (UPPER_LEFT, LOWER_LEFT)
    edge = board["x"] if at_left else board["x"] + board["width"] - box["width"]
    page.mouse.click(*inner_corner(page, place))
    expect_variant(page, explained, place, named)
    assert abs(box["x"] - edge) < 0.5 * box["width"]


def test_the_patch_is_dragged_by_touch(phone, explained):
    place, named = start(explained)
    (x, y), (u, v) = inner_corner(phone, place), inner_corner(phone, (place + 1) % 4)
    touch = phone.context.new_cdp_session(phone)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 6):
        point = {"x": x + (u - x) * step / 5, "y": y + (v - y) * step / 5}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect_variant(phone, explained, (place + 1) % 4, named)
    assert phone.locator(".mover").evaluate("node => node.scrollWidth <= node.clientWidth")
    twin, student, teacher = (
        phone.locator(f".mover figure[data-arm={arm}]").bounding_box()
        for arm in ("twin", "student", "teacher")
    )
    assert twin["y"] == student["y"] < teacher["y"], "those that change are nearest to the patch"
    board, said = (phone.locator(f".mover .{name}").bounding_box() for name in ("board", "said"))
    assert board["y"] < said["y"] < twin["y"], "the picture, the answers, the maps"


def test_it_is_filled_when_it_comes_into_the_window_and_stays_so_for_the_next_image(browser, address):
    with watched(browser, address) as page:
        expect(page.locator(".st-key-trust_badge")).to_contain_text("checks,")
        at_rest(page)
        expect(page.locator(".mover")).to_have_count(0)
        page.get_by_role("button", name="Move the patch and see").click()
        expect(piece(page)).to_be_in_viewport()
        at_rest(page)
        page.evaluate(
            "new MutationObserver(() => window.emptied ||= !document.querySelector('.st-key-cue_mover'))"
            ".observe(document.body, {childList: true, subtree: true})"
        )
        picture = page.locator(".mover .board .base").get_attribute("src")
        page.keyboard.press("ArrowRight")
        expect(page.locator(".mover .board .base")).not_to_have_attribute("src", picture)
        assert not page.evaluate("window.emptied")
