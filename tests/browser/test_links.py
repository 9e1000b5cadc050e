"""A link to any page works as the very first request of a fresh server."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_link_to_a_page_opens_it_in_its_frame(address, page):
    page.goto(f"{address}/explain")
    expect(page.get_by_role("heading", name="Explain", exact=True)).to_be_visible(timeout=90_000)
    student = page.get_by_role("img", name=re.compile("^student looks mostly at the")).first
    expect(student).to_be_visible(timeout=90_000)
    expect(page.get_by_role("link", name="Distill", exact=True)).to_be_visible()
