"""No text of a run or of a link makes a browser ask another server. The policy of the server is switched off."""

from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import expect

from kdviz.store import Store
from tests.browser.conftest import fresh_page
from tests.browser.servers import serving
from tests.hostile import HOSTILE, OUTSIDE, annotate_hostile, hostile_settings

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def hostile(train_tiny, tmp_path_factory):
    """Where a server answers that has such a run, and the run's id."""
    folder = tmp_path_factory.mktemp("hostile")
    store = Store(folder / "runs")
    run_id = train_tiny(store, **hostile_settings(folder / "pictures"))
    annotate_hostile(store, run_id)
    with serving(store.directory) as address:
        yield address, run_id


def test_no_page_asks_another_server(browser, hostile):
    address, run_id = hostile
    asked = []
    with fresh_page(browser, bypass_csp=True) as page:
        page.on("request", lambda request: asked.append(request.url))
        for path in (
            f"distill?run={run_id}",
            f"explain?run={run_id}",
            f"explain?run={quote(HOSTILE)}",
            f"runs?compare={run_id}",
        ):
            page.goto(f"{address}/{path}")
            expect(page.get_by_text(OUTSIDE).first).to_be_attached()
    hosts = {urlsplit(url).hostname for url in asked}
    assert "localhost" in hosts
    assert OUTSIDE not in hosts
