"""A link to any page works as the very first request of a fresh server."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.servers import streamlit_run

NAMED = """
window.named = [];
new MutationObserver(() => {
    for (const link of document.querySelectorAll("[data-testid=stSidebarNavLink]")) window.named.push(link.textContent);
}).observe(document, {childList: true, subtree: true});
"""

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def address(runs_dir):
    with streamlit_run(runs_dir) as answers_at:
        yield answers_at


def test_a_link_to_a_page_opens_it_in_its_frame(address, page):
    page.add_init_script(NAMED)
    page.goto(f"{address}/explain")
    expect(page.get_by_role("heading", name="Explain", exact=True)).to_be_visible()
    student = page.get_by_role("img", name=re.compile("^student looks mostly at the")).first
    expect(student).to_be_visible()
    expect(page.get_by_role("link", name="Distill", exact=True)).to_be_visible()
    named = page.evaluate("window.named")
    assert not [name for name in named if "router" in name], "pages have names, files have not"
