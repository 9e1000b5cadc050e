"""The tables of a study on a wide screen."""

import pytest

from tests.browser.conftest import at_rest, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CUT = "node => node.scrollWidth - node.parentElement.clientWidth"


@pytest.mark.parametrize("study", ["lambda-ladder", "sentences"])
def test_no_column_of_a_studys_tables_is_cut_off(browser, prepared_address, study):
    """The second one varies three settings, and has the most metrics of those that come with kdviz."""
    with watched(browser, f"{prepared_address}/sweep?study={study}") as page:
        tables = page.locator("table")
        tables.nth(1).wait_for()
        at_rest(page)
        assert [table.evaluate(CUT) for table in tables.all()] == [0, 0]
