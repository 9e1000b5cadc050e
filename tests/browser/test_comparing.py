"""Choosing runs in the table, comparing them, and taking the charts along; the browser's Back undoes a choice."""

import csv
import re
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from kdviz.config import make_config
from kdviz.store import Store
from kdviz.types import Measured
from tests.browser.conftest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ACCURACIES = {0: (0.25, 1 / 3, 0.5), 1: (0.25, 0.75, 0.875)}
ROW_HEIGHT = 35


@pytest.fixture
def two_runs(runs_dir) -> list[str]:
    """Two runs that were stopped after two epochs, the newer first."""
    store = Store(runs_dir)
    made = []
    for seed, values in ACCURACIES.items():
        settings = make_config({"seed": seed, "device": "cpu"}).model_dump(mode="json")
        run_id = store.create(settings, state="running", name=f"made <b>{seed}</b>")
        for epoch, value in enumerate(values):
            numbers = {"validation_accuracy": value}
            store.add_metrics(run_id, Measured("students", float(epoch), "student", numbers))
        store.set_state(run_id, "cancelled")
        made.append(run_id)
    return made[::-1]


def choose(page: Page, row: int) -> None:
    """Tick a row of the table, which is painted on a canvas: once it is there, and stays where it is."""
    page.get_by_test_id("data-grid-canvas").first.wait_for()
    at_rest(page)
    box = page.locator("[data-testid=stDataFrame]").first.bounding_box()
    page.mouse.click(box["x"] + 16, box["y"] + ROW_HEIGHT * (row + 1.5))


def saved(page: Page, button, tmp_path):
    with page.expect_download() as download:
        button.click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_runs_are_compared_by_ticking_rows_and_their_chart_is_saved(two_runs, address, page, tmp_path):
    newer, older = two_runs
    page.goto(f"{address}/runs?runs_filter=made")
    expect(page.get_by_text("Choose a run")).to_be_visible()
    choose(page, 0)
    expect(page.get_by_role("button", name="Open in Distill")).to_be_visible()
    choose(page, 1)
    expect(page.get_by_role("heading", name="2 runs compared")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"compare={newer}(,|%2C){older}$"))

    picture = saved(page, page.get_by_role("button", name="Save “Validation accuracy” as PNG"), tmp_path)
    assert picture.read_bytes().startswith(b"\x89PNG\r\n")
    drawing = saved(page, page.get_by_role("button", name="Save “Validation accuracy” as SVG"), tmp_path)
    texts = {
        "".join(each.itertext()) for each in ElementTree.parse(drawing).iter() if each.tag.endswith("text")
    }
    assert {"Validation accuracy", "A student", "B student", "A · made <b>1</b>"} <= texts
    numbers = saved(
        page,
        page.get_by_role("button", name="Save the numbers behind “Validation accuracy” as CSV"),
        tmp_path,
    )
    with numbers.open(encoding="utf-8-sig") as file:
        found = [(row["run"], float(row["epoch"]), float(row["value"])) for row in csv.DictReader(file)]
    assert found == [
        (letter, epoch, value)
        for letter, seed in (("A", 1), ("B", 0))
        for epoch, value in enumerate(ACCURACIES[seed])
    ]

    page.go_back()
    expect(page.get_by_role("button", name="Open in Distill")).to_be_visible()
    page.go_back()
    expect(page.get_by_text("Choose a run")).to_be_visible()
    page.go_forward()
    page.go_forward()
    expect(page.get_by_role("heading", name="2 runs compared")).to_be_visible()
