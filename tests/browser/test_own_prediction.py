"""The choice of the class whose evidence is shown under a network: in the browser alone, kept over a rerun."""

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
    choice, picture = panel.get_by_role("group", name="Evidence for:"), panel.get_by_role("img")
    predicted, chosen = choice.get_by_role("button").nth(0), choice.get_by_role("button").nth(1)
    expect(predicted).to_have_attribute("aria-pressed", "false")
    expect(chosen).to_have_attribute("aria-pressed", "true")
    before, expected = picture.get_attribute("aria-label"), heatmap_alt("student", density(own.attribution))
    assert before != expected
    predicted.click()
    expect(predicted).to_have_attribute("aria-pressed", "true")
    expect(predicted).to_be_focused()
    expect(picture).to_have_attribute("aria-label", re.compile("^" + re.escape(expected[:-1])))
    pressed = panel.locator(".share[aria-pressed=true]")
    expect(pressed).to_have_count(1)
    predicted.press("Enter")
    expect(predicted).to_have_attribute("aria-pressed", "true")
    chosen.press("Enter")
    expect(picture).to_have_attribute("aria-label", before)


def test_of_a_network_that_is_wrong_its_own_evidence_comes_first(prepared_address, page):
    """The first image of the prepared run: the twin follows the patch and says diamond."""
    page.goto(f"{prepared_address}/explain?image=0")
    panel = page.locator("figure").nth(3)
    choice, picture = panel.get_by_role("group", name="Evidence for:"), panel.get_by_role("img")
    diamond, circle = (choice.get_by_role("button", name=name) for name in ("diamond", "circle"))
    expect(diamond).to_have_attribute("aria-pressed", "true")
    expect(panel.get_by_text("own scale", exact=True)).to_be_visible()
    expect(panel.get_by_text("Own colour scale:")).to_be_hidden()
    panel.get_by_role("button", name="More about this map").click()
    expect(panel.get_by_text("Own colour scale:")).to_be_visible()
    panel.get_by_role("button", name=re.compile("^Agreement: ")).click()
    expect(panel.get_by_text("By the maps for circle.")).to_be_visible()
    own = picture.get_attribute("aria-label")
    circle.click()
    expect(circle).to_have_attribute("aria-pressed", "true")
    expect(panel.get_by_text("own scale", exact=True)).to_have_count(0)
    expect(panel.get_by_text("Own colour scale:")).to_have_count(0)
    assert picture.get_attribute("aria-label") != own


def test_what_few_ask_for_is_behind_a_question_mark(prepared_address, page):
    page.goto(f"{prepared_address}/explain?image=0&explainer=integrated-gradients")
    panel = page.locator("figure").nth(1)
    gap, more = (
        panel.get_by_text("Completeness gap"),
        panel.get_by_role("button", name="More about this map"),
    )
    expect(gap).to_be_hidden()
    more.click()
    expect(gap).to_be_visible()
    expect(more).to_have_attribute("aria-expanded", "true")
