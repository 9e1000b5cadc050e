"""The projector at 1280 × 720: what is spoken of is on the first screen, and maps are large."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTH, HEIGHT = 1280, 720
FIRST_ABOVE = "([picture, y]) => document.querySelector(picture)?.getBoundingClientRect().top < y"


@pytest.fixture
def beamed(prepared_address, page):
    """Opens a page on the projector, and returns it at rest."""
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})

    def opened(path: str):
        page.goto(f"{prepared_address}/{path}{'&' if '?' in path else '?'}projector=true")
        page.get_by_role("heading", level=1).wait_for()
        at_rest(page)
        return page

    return opened


def box(locator):
    expect(locator).to_be_visible()
    return locator.bounding_box()


def test_the_slider_and_its_bar_of_accuracy_are_on_the_first_screen_of_home(beamed):
    page = beamed("")
    for name in (".ticks", ".result .bar", ".student .pile", ".choice"):
        where = box(page.locator(f".scrubber {name}"))
        assert where["y"] > 0
        assert where["y"] + where["height"] < HEIGHT, name


def test_a_button_beside_the_pages_begins_and_ends_the_view(prepared_address, page):
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(prepared_address)
    page.get_by_role("button", name="Projector view").click()
    leave = page.get_by_role("button", name="Leave projector view")
    assert box(leave)["y"] < 20
    expect(page).to_have_url(re.compile("projector=true"))
    leave.click()
    expect(page.get_by_role("button", name="Leave projector view")).to_be_hidden()


@pytest.mark.parametrize(("path", "picture"), [("sweep", ".js-plotly-plot"), ("library", "main img")])
def test_pictures_come_before_settings(beamed, path, picture):
    page = beamed(path)
    page.wait_for_function(
        FIRST_ABOVE, arg=[picture, HEIGHT / 2 + 40]
    )  # charts are drawn one after the other


def test_the_text_of_runs_is_large(beamed):
    page = beamed("runs")
    card = page.get_by_text("Finished ·").first
    expect(card).to_be_visible()
    expect(card).to_have_css("font-size", "17.5px")
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)


def test_the_first_maps_of_all_methods_are_large_and_on_the_first_screen(beamed):
    page = beamed("explain?image=0&view=row")
    expect(page.get_by_text(re.compile(r"\d of \d checks")).first).to_be_visible()  # so that they are known
    page = beamed("explain?image=0&view=methods")
    first = page.locator(".pile").filter(has=page.locator("canvas")).first
    expect(first).to_be_visible()
    at_rest(page)
    where = box(first)
    assert where["width"] > 260
    assert where["y"] + where["height"] < HEIGHT


def test_image_and_all_networks_of_explain_are_in_one_row_with_their_answers(beamed):
    page = beamed("explain?image=0&view=row")
    panels = page.locator(".stage > figure")
    expect(panels).to_have_count(6)  # the last is the difference, below
    at_rest(page)
    row = [box(panels.nth(place)) for place in range(5)]
    assert len({round(each["y"]) for each in row}) == 1
    assert all(each["width"] > 220 for each in row)
    for place in range(1, 5):
        answer = box(panels.nth(place).get_by_text("Predicts"))
        assert answer["y"] + answer["height"] < HEIGHT
        expect(panels.nth(place).locator(".share")).to_have_count(2)


def test_the_controls_of_explain_are_a_switch_away(beamed):
    page = beamed("explain?image=0")
    method, switch = page.get_by_label("Method", exact=True), page.get_by_role("switch", name="Controls")
    expect(switch).to_be_visible()
    expect(method).to_be_hidden()
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_label("Test image", exact=True)).to_have_value("1")
    expect(page).to_have_url(re.compile("image=1"))
    switch.focus()
    page.keyboard.press("Space")
    expect(method).to_be_visible()
