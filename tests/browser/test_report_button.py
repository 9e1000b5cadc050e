"""The report of a run whose maps are not checked yet."""

import shutil

import pytest

from tests.browser.conftest import at_rest
from tests.browser.servers import serving
from tests.patience import PATIENCE_MS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_one_click_checks_the_maps_and_then_saves_the_report(trained, page, tmp_path):
    store, run_id = trained
    shutil.copytree(store.directory, tmp_path / "runs")
    with serving(tmp_path / "runs") as address:
        page.goto(f"{address}/agreement?run={run_id}")
        asked = page.locator(".st-key-report_start button:visible")
        asked.wait_for()
        at_rest(page)
        with page.expect_download(timeout=PATIENCE_MS) as download:
            asked.click()
        assert download.value.suggested_filename == f"kdviz-{run_id}.html"
