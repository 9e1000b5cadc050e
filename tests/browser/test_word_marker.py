"""Words marked in a real browser by mouse, finger and keys: the mask that the server keeps is those words."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from kdviz.comparison import training_triage
from kdviz.datasets import marks_from_bytes
from kdviz.progress import run_to_end
from kdviz.ui.agreement.text_to_mark import word_cells
from kdviz.vocabulary import words_of
from tests.browser.accessibility import DARK, OF_COLOURS, violations
from tests.browser.conftest import at_rest, watched, worst_of_all
from tests.browser.servers import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def run(small_run):
    """A store with a small run on sentences with a planted word, and its id."""
    return small_run("sentiment")


@pytest.fixture(scope="module")
def triage(run):
    return run_to_end(training_triage(*run))


@pytest.fixture(scope="module")
def address(run):
    with serving(run[0].directory) as answers_at:
        yield f"{answers_at}/agreement?run={run[1]}&marking=1"


@pytest.fixture
def page(browser, address, triage):
    with watched(browser, address) as page:
        yield ready(page)


@pytest.fixture
def phone(browser, address, triage):
    with watched(browser, address, phone=True) as page:
        yield ready(page)


def ready(page: Page) -> Page:
    expect(words(page).first).to_be_visible()
    worst_of_all(page)
    page.locator(".board").scroll_into_view_if_needed()
    return page


def words(page: Page):
    return page.locator(".board").get_by_role("checkbox")


def free_places(image, length):
    """The numbers of the words that can be marked, with the cell of each."""
    cells = word_cells(min(len(words_of(image.text)), length), image.planted)
    return [(place, cell) for place, cell in enumerate(cells) if cell is not None]


@pytest.fixture(scope="module")
def place_in_strip(triage):
    """Of a text with words enough."""
    return next(at for at, each in enumerate(triage.images) if len(free_places(each, triage.size[1])) > 8)


def choose(page: Page, number):
    page.locator(".tile").nth(number).click()
    expect(page.locator(".marker .title")).to_contain_text(f"Text {number + 1} of ")
    at_rest(page)


def kept(page: Page, run):
    """The marked cells by text, as the store has them for this browser, once the page says so."""
    expect(page.locator(".stored")).to_have_text("· stored")
    (cookie,) = [each["value"] for each in page.context.cookies() if each["name"] == "kdviz_visitor"]
    content = run[0].draft_marks(run[1], cookie)
    masks = {} if content is None else marks_from_bytes(content).masks
    return {name: np.flatnonzero(mask).tolist() for name, mask in masks.items()}


def middle(page: Page, place):
    box = words(page).nth(place).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, start, stop):
    page.mouse.move(*middle(page, start))
    page.mouse.down()
    page.mouse.move(*middle(page, stop), steps=4)
    page.mouse.up()


def test_a_click_and_a_drag_mark_words_and_take_marks_away(page, run, triage, place_in_strip):
    choose(page, place_in_strip)
    image, length = triage.images[place_in_strip], triage.size[1]
    free = free_places(image, length)
    (first, cell), (begin, _), (end, _) = free[0], free[2], free[4]
    words(page).nth(first).click()
    expect(words(page).nth(first)).to_be_checked()
    assert words(page).nth(first).get_attribute("aria-label").endswith(", marked")
    assert kept(page, run) == {image.digest: [cell]}

    drag(page, begin, end)
    covered = [own for place, own in free if begin <= place <= end]
    assert kept(page, run) == {image.digest: sorted([cell, *covered])}
    expect(page.locator(".said")).to_have_text(f"{1 + len(covered)} of {len(free)} words are marked")

    drag(page, end, begin)
    assert kept(page, run) == {image.digest: [cell]}
    page.get_by_role("button", name="Undo", exact=True).click()
    assert kept(page, run) == {image.digest: sorted([cell, *covered])}
    page.get_by_role("button", name="Clear", exact=True).click()
    assert kept(page, run) == {}

    page.mouse.click(*middle(page, image.planted))
    expect(words(page).nth(image.planted)).to_be_disabled()
    assert kept(page, run) == {}
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations(page, ".st-key-marking_open")] == []
    page.emulate_media(color_scheme="dark")
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", DARK)
    assert violations(page, ".st-key-marking_open", runOnly=OF_COLOURS) == []


def test_keys_move_mark_and_undo_and_the_next_text_comes(page, run, triage, place_in_strip):
    choose(page, place_in_strip)
    image, length = triage.images[place_in_strip], triage.size[1]
    free = free_places(image, length)
    words(page).first.focus()
    page.keyboard.press("End")
    expect(words(page).last).to_be_focused()
    page.keyboard.press("Home")
    expect(words(page).first).to_be_focused()
    place, cell = free[0]
    for _ in range(place):
        page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    assert kept(page, run) == {image.digest: [cell]}
    page.keyboard.press("Enter")
    assert kept(page, run) == {}
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    expected = [own for at, own in free if place <= at <= place + 3]
    assert kept(page, run) == {image.digest: expected}
    expect(words(page).nth(place + 3)).to_be_focused()
    page.keyboard.press("u")
    assert kept(page, run) == {image.digest: [own for at, own in free if place <= at <= place + 2]}

    page.get_by_role("button", name="Next text").click()
    expect(page.locator(".marker .title")).to_contain_text(f"Text {place_in_strip + 2} of ")
    tile = page.locator(".tile").nth(place_in_strip)
    title = f"Text {place_in_strip + 1} of {len(triage.images)}, worst first: {triage.classes[image.label]}"
    expect(tile.locator(".spoken")).to_have_text(f"{title}, marked")
    page.reload()
    ready(page)
    choose(page, place_in_strip)
    expect(page.locator(".board .word.marked")).to_have_count(len(expected) - 1)


def test_a_finger_marks_with_a_tap_and_the_words_wrap_and_are_large_enough(phone, run, triage):
    image, length = triage.images[0], triage.size[1]
    place, cell = free_places(image, length)[1]
    words(phone).nth(place).tap()
    assert kept(phone, run) == {image.digest: [cell]}
    board, page_width = phone.locator(".board").bounding_box(), phone.viewport_size["width"]
    assert board["x"] >= 0
    assert board["x"] + board["width"] <= page_width
    for box in (each.bounding_box() for each in words(phone).all()):
        assert box["height"] >= 24
        assert box["width"] >= 20
    assert phone.evaluate("document.documentElement.scrollWidth") <= page_width
