"""Listening in a real browser: a part is played and shown, another one takes its place, keys do the same."""

import pytest
from playwright.sync_api import expect

from kdviz.comparison import explain_test_image, heard_parts
from tests.browser.accessibility import violations
from tests.browser.conftest import at_rest, recorded, watched
from tests.browser.servers import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DARKENED = """(canvas) => {
  const cells = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  return cells.filter((_, at) => at % 4 === 3).filter((alpha) => alpha > 0).length / (cells.length / 4);
}"""


@pytest.fixture(scope="module")
def clip(small_run):
    """Where a clip of a small run on spoken words is explained, and how many parts of it there are."""
    store, run_id = small_run("speech-commands-mini")
    explained = explain_test_image(store, run_id, 0, explainer="integrated-gradients", target="own")
    with serving(store.directory) as answers_at:
        address = f"{answers_at}/explain?run={run_id}&explainer=integrated-gradients&image=0"
        yield address, len(heard_parts(store, run_id, explained))


@pytest.fixture(scope="module", params=[False, True], ids=["desk", "phone"])
def opened(browser, clip, request):
    """A page that tests share; at first the whole clip is chosen."""
    address, count = clip
    with watched(browser, address, phone=request.param) as page:
        parts = page.locator(".st-key-listener .part")
        expect(parts).to_have_count(count)
        at_rest(page)
        expect(parts.nth(0)).to_have_attribute("aria-pressed", "true")
        page.locator(".st-key-what_if_open").scroll_into_view_if_needed()
        expect(page.locator(".mover")).to_be_visible()  # below the player, filled once it is seen
        at_rest(page)
        yield page


@pytest.fixture
def page(opened):
    """The page, once nothing is played any more."""
    expect(opened.locator(".st-key-listener .head")).to_be_hidden()
    opened.sent.clear()
    return opened


def test_a_part_is_shown_without_the_cells_that_it_leaves_out_and_nothing_is_asked(page):
    parts = page.locator(".st-key-listener .part")
    parts.nth(0).click()
    expect(parts.nth(0)).to_have_attribute("aria-pressed", "true")
    assert page.locator(".st-key-listener .shade").evaluate(DARKENED) == 0
    parts.nth(1).click()
    expect(parts.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(parts.nth(0)).to_have_attribute("aria-pressed", "false")
    assert page.locator(".st-key-listener .shade").evaluate(DARKENED) == pytest.approx(0.8, abs=0.01)
    expect(page.locator(".st-key-listener .spoken")).to_contain_text("What the teacher heard")
    assert page.sent == []


def test_a_part_is_played_to_its_end(page):
    part = page.locator(".st-key-listener .part").nth(2)
    signs, heads = (
        recorded(part.locator(".sign")),
        recorded(page.locator(".st-key-listener .head"), "node.hidden"),
    )
    part.click()
    signs("▶", "■", "▶")
    heads(True, False, True)


def test_the_enter_key_plays_and_stops(page):
    part = page.locator(".st-key-listener .part").nth(0)
    signs = recorded(part.locator(".sign"))
    part.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    signs("▶", "■", "▶")


def test_the_page_has_nothing_that_axe_reports_and_fits_its_width(page):
    assert [each["id"] for each in violations(page, ".st-key-listener")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
