"""The badge beside the title of Explain: it opens the panel of the checks and brings it onto the screen."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import at_rest, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_it_leads_to_the_checks_each_time(browser, prepared_address):
    with watched(browser, f"{prepared_address}/explain?image=0") as page:
        badge = page.get_by_role("button", name="of 5 checks").first
        panel = page.locator(".st-key-trust_open")
        verdict = panel.get_by_text("test images;").first
        expect(badge).to_be_visible()
        at_rest(page)
        expect(panel.locator("summary")).not_to_be_in_viewport()
        worse = "student" if "student:" in badge.inner_text() else "teacher"
        for _time in range(2):
            badge.click()
            expect(verdict).to_be_visible()
            expect(panel.get_by_role("radio", checked=True)).to_have_text(worse)
            at_rest(page)
            expect(panel.locator("summary")).to_be_in_viewport(ratio=1)
            expect(verdict).to_be_in_viewport()
            page.mouse.move(700, 450)
            page.mouse.wheel(0, -5000)
            expect(panel.locator("summary")).not_to_be_in_viewport()
        badge.click()
        expect(panel.locator("summary")).to_be_in_viewport(ratio=1)
        page.get_by_role("link", name="Home", exact=True).click()
        expect(page.get_by_role("heading", name="Does the student look")).to_be_visible()
        at_rest(page)
        page.get_by_role("link", name="Explain", exact=True).click()
        expect(verdict).to_be_attached()
        at_rest(page)
        expect(badge).to_be_in_viewport(ratio=1)  # what was asked for before is not asked for again
