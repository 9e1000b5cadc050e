"""A page of a context that is used again finds nothing of the page before."""

import pytest

from tests.browser.conftest import fresh_page

pytestmark = pytest.mark.browser

STORE = """() => {
    document.cookie = "left=1; max-age=600";
    localStorage.setItem("left", "1");
    sessionStorage.setItem("left", "1");
}"""
FOUND = "() => [document.cookie, localStorage.length, sessionStorage.length]"


def test_nothing_that_a_page_stored_is_found_by_the_next_one_of_its_context(browser, prepared_address):
    file = f"{prepared_address}/_stcore/health"
    with fresh_page(browser) as first:
        context = first.context
        first.goto(file)
        first.evaluate(STORE)
        cookies, *stored = first.evaluate(FOUND)
        assert "left=1" in cookies
        assert stored == [1, 1]
        first.set_viewport_size({"width": 300, "height": 300})
    with fresh_page(browser) as second:
        assert second.context is context
        second.goto(file)
        cookies, *stored = second.evaluate(FOUND)
        assert "left" not in cookies
        assert stored == [0, 0]
        assert second.viewport_size == {"width": 1440, "height": 900}
