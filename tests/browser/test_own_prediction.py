"""The button that shows the evidence for a network's own prediction: in the browser alone, kept over a rerun."""

import re

import pytest
from playwright.sync_api import expect

from kdviz.comparison import explain_test_image
from kdviz.figures.maps import density, heatmap_alt

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_another_prediction_is_explained_at_once_and_back(trained, trained_address, page):
    store, run_id = trained
    own = explain_test_image(store, run_id, 2, target="own").arms["student"]
    other = 1 - own.predicted
    page.goto(f"{trained_address}/explain?run={run_id}&image=2&target={other}")
    panel = page.locator("figure").nth(2)
    button, picture = panel.get_by_role("button", name=re.compile("^Why .*\\?")), panel.get_by_role("img")
    expect(button).to_have_attribute("aria-pressed", "false", timeout=120_000)
    before, expected = picture.get_attribute("aria-label"), heatmap_alt("student", density(own.attribution))
    assert before != expected
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    expect(picture).to_have_attribute("aria-label", re.compile("^" + re.escape(expected[:-1])))
    pressed = panel.locator(".share[aria-pressed=true]")
    expect(pressed).to_have_count(1)
    button.press("Enter")
    expect(picture).to_have_attribute("aria-label", before)


def test_of_a_network_that_is_wrong_its_own_evidence_comes_first(prepared_address, page):
    """The first image of the prepared run: the twin follows the patch and says diamond."""
    page.goto(f"{prepared_address}/explain?image=0")
    panel = page.locator("figure").nth(3)
    button, picture = panel.get_by_role("button", name="Why diamond?"), panel.get_by_role("img")
    expect(button).to_have_attribute("aria-pressed", "true", timeout=120_000)
    expect(panel.get_by_text("Evidence for diamond, on its own scale")).to_be_visible()
    expect(panel.get_by_text("By the maps for circle: ")).to_be_visible()
    own = picture.get_attribute("aria-label")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(panel.get_by_text("Evidence for circle.")).to_be_visible()
    assert picture.get_attribute("aria-label") != own
