"""The arrow keys of the Explain page: every press counts, however fast."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRESSES = """(keys) => keys.forEach((key, at) =>
  setTimeout(() => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })), 60 * at))"""
"""Presses 60 ms apart, faster than a page is redrawn."""


def test_six_presses_within_360_ms_move_six_images(trained, trained_address, page):
    page.goto(f"{trained_address}/explain?run={trained[1]}&image=3")
    shown = page.get_by_role("spinbutton", name="Test image")
    expect(shown).to_have_value("3")
    at_rest(page)

    page.evaluate(PRESSES, ["ArrowRight"] * 6)
    expect(shown).to_have_value("9")
    expect(page).to_have_url(re.compile("image=9"))
    at_rest(page)
    page.evaluate(PRESSES, ["ArrowLeft"] * 4 + ["ArrowRight"])
    expect(shown).to_have_value("6")
    at_rest(page)

    page.get_by_role("button", name="Next", exact=True).click()
    expect(shown).to_have_value("7")
    at_rest(page)
    page.keyboard.press("ArrowLeft")
    expect(shown).to_have_value("6")

    shown.focus()
    page.keyboard.press("ArrowLeft")
    at_rest(page)
    expect(shown).to_have_value("6")
