"""Each page through axe-core: nothing serious in either theme."""

import pytest

from tests.browser.accessibility import serious_violations_of_both_themes

PAGES = (
    "",
    "distill",
    "explain",
    "agreement",
    "agreement?marking=1",
    "runs",
    "sweep",
    "library",
    "library?browse=Your%20own%20images",
    "learn",
    "learn?lesson=claims",
    "learn?lesson=museum",
)

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_serious_violation_in_either_theme(prepared_address, page, path):
    page.goto(f"{prepared_address}/{path}")
    page.get_by_role("heading", level=1).wait_for()
    assert serious_violations_of_both_themes(page) == []
