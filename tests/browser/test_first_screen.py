"""Explain on opening: the maps begin high, at the same height for every image."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINKS = ("to_what_if", "try_own", "only_twin_wrong")


@pytest.mark.parametrize("width", [700, 1440])
def test_the_links_below_the_headline_have_a_row_of_their_own(prepared_address, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{prepared_address}/explain?image=1")
    expect(page.locator("figure").first).to_be_visible()
    at_rest(page)
    headline = page.locator(".st-key-why_brief").bounding_box()
    rows = {round(page.locator(f".st-key-{key}").bounding_box()["y"]) for key in LINKS}
    assert len(rows) == 1
    assert rows.pop() >= headline["y"] + headline["height"]


def test_the_maps_begin_within_300_pixels_for_whichever_image(prepared_address, page):
    tops = []
    for image in range(4):
        page.goto(f"{prepared_address}/explain?image={image}")
        expect(page.locator("figure").nth(4)).to_be_visible()
        at_rest(page)
        tops.append(page.locator("figure").first.bounding_box()["y"])
    assert max(tops) <= 300
    assert max(tops) - min(tops) < 1
