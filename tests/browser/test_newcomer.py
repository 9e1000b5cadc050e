"""A newcomer's first minute: a fresh server, an empty directory, and something to see at the first click."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def press(page: Page, key: str) -> None:
    """As a person does, who reads first: once the page is drawn."""
    at_rest(page)
    page.locator(f".st-key-{key} button").click()


def heat_map(page: Page, arm: str):
    return page.get_by_role("img", name=re.compile(rf"^{arm}\b.* looks mostly at the")).first


def test_the_prepared_run_is_explored_and_the_tour_leads_to_its_end(address, page):
    page.goto(address)
    expect(heat_map(page, "student")).to_be_visible()
    expect(heat_map(page, "teacher")).to_be_visible()
    expect(page.get_by_text("follows the patch", exact=True)).to_be_visible()

    press(page, "explore")
    expect(page).to_have_url(re.compile(r"/explain\?.*run=\d{8}-\d{4}-\w{4}"))
    expect(heat_map(page, "student")).to_be_visible()

    page.get_by_role("link", name="Home", exact=True).click()
    press(page, "take_tour")
    for step, where in enumerate(("explain", "explain", "agreement", "distill"), 1):
        if step > 1:
            press(page, f"tour_next_{step - 1}")
        expect(page).to_have_url(re.compile(rf"/{where}\?.*tour={step}(&|$)"))
        expect(page.get_by_text(f"Step {step} of 4")).to_be_visible()
        if step == 2:
            expect(page).to_have_url(re.compile("intact=true"))
            page.reload()
            expect(page.get_by_text("Step 2 of 4")).to_be_visible()
            expect(heat_map(page, "twin")).to_be_visible()

    press(page, "tour_next_4")
    expect(page).to_have_url(re.compile(r"/distill(?!.*tour=)"))
    expect(page.locator(".st-key-start button").first).to_be_visible()
    expect(page.locator(".st-key-tour_card")).to_have_count(0)


def test_a_language_outlives_every_way_from_page_to_page(prepared_address, page):
    page.goto(f"{prepared_address}/?lang=zh")
    press(page, "distill_own")
    expect(page).to_have_url(re.compile(r"/distill\?.*lang=zh"))
    for path in ("runs", "learn", "explain"):
        page.locator(f'a[href*="/{path}"]').first.click()
        expect(page).to_have_url(re.compile(rf"/{path}\?.*lang=zh"))
