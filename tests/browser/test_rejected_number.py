"""A number outside its range: the browser does not send it, so no run may start with the one before."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_run_cannot_start_while_a_number_is_out_of_its_range(prepared_address, page):
    page.goto(f"{prepared_address}/distill?new=1")
    epochs = page.get_by_label("Epochs", exact=True)
    start, why = page.locator(".st-key-start button"), page.get_by_text("A number is out of its range")
    greyed_out = page.locator(".st-key-rejected_start button")
    expect(start.first).to_be_visible()
    expect(greyed_out).to_be_hidden()
    expect(why).to_be_hidden()
    epochs.fill("99999")
    epochs.press("Tab")
    expect(why).to_be_visible()
    expect(start.first).to_be_hidden()
    expect(greyed_out).to_be_visible()
    expect(greyed_out).to_be_disabled()
    expect(page.get_by_text("Epochs: 1 to 1,000", exact=True)).to_be_visible()
    expect(page.get_by_text("Batch size: 2 to 4,096", exact=True)).to_be_hidden()
    epochs.fill("5")
    epochs.press("Tab")
    expect(why).to_be_hidden()
    expect(start.first).to_be_visible()


def test_of_a_test_image_that_does_not_exist_it_is_said_which_do(prepared_address, page):
    page.goto(f"{prepared_address}/explain?image=1")
    field, allowed = page.get_by_label("Test image", exact=True), page.get_by_text("0 to 1,999", exact=True)
    expect(page.locator("figure").first).to_be_visible()
    expect(allowed).to_be_hidden()
    for wrong in ("99999", "-3"):
        field.fill(wrong)
        field.press("Tab")
        expect(allowed).to_be_in_viewport(ratio=1)
        at_rest(page)
        top = page.evaluate(
            "node => { const { left, top } = node.getBoundingClientRect();"
            " return node.contains(document.elementFromPoint(left + 5, top + 5)); }",
            allowed.element_handle(),
        )
        assert top, "nothing hides it"
        assert allowed.bounding_box()["y"] >= field.bounding_box()["y"] + field.bounding_box()["height"] - 2
        field.fill("2")
        field.press("Tab")
        expect(allowed).to_be_hidden()


def test_on_a_phone_the_sidebar_folds_when_a_page_is_opened(prepared_address, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(prepared_address)
    folded = page.get_by_test_id("stExpandSidebarButton")
    page.locator("html[data-folded='']").wait_for(state="attached")
    folded.click()
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Runs").click()
    expect(page).to_have_url(re.compile("/runs"))
    page.locator("html[data-folded='runs']").wait_for(state="attached")
    expect(folded).to_be_visible()
    at_rest(page)
    folded.click()
    expect(page.get_by_test_id("stSidebarNavLink").first).to_be_visible()
    page.reload()
    expect(folded).to_be_visible()
