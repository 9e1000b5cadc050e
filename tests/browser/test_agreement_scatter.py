"""The scatter of the Agreement page in a real browser: what is dragged over is listed, in every arm's chart."""

import re

import pytest
from playwright.sync_api import expect

from kdviz.jobs import start_survey
from tests.browser.conftest import at_rest
from tests.patience import PATIENCE_S

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHART = ".selectable-charts > :not(.waiting)"
SELECTED = """chart => document.querySelector(chart).data
    .flatMap(trace => (trace.selectedpoints ?? []).map(at => trace.customdata[at])).sort((a, b) => a - b)"""
INSIDE = """([chart, right]) => {
    const node = document.querySelector(chart), {xaxis, yaxis} = node._fullLayout;
    return node.data.flatMap(trace => trace.x
        .flatMap((x, at) => xaxis.l2p(x) < right ? [trace.customdata[at]] : [])).sort((a, b) => a - b);
}"""


@pytest.fixture
def surveyed(trained):
    store, run_id = trained
    # Surveys that the page makes appear one after the other, and what is dragged in between would be lost.
    for explainer in ("grad-cam", "integrated-gradients"):
        assert start_survey(store, run_id, explainer).wait(PATIENCE_S).state == "done"
    return run_id, len(store.run(run_id).config.arms)


def test_points_are_selected_kept_for_another_arm_and_cleared(surveyed, trained_address, page):
    run_id, arms = surveyed
    page.goto(f"{trained_address}/agreement?run={run_id}")
    plot = page.locator(f"{CHART} .nsewdrag")
    expect(plot).to_be_visible()
    # The other arms' are drawn beforehand.
    expect(page.locator(".selectable-charts > .waiting .nsewdrag")).to_have_count(arms - 1)
    at_rest(page)
    page.locator(".selectable-charts").scroll_into_view_if_needed()
    box = plot.bounding_box()
    left_half = page.evaluate(INSIDE, [CHART, box["width"] / 2])
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 1)
    page.mouse.down()
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] - 1, steps=4)
    page.mouse.up()
    expect(page).to_have_url(re.compile("ag_chosen="))
    count = len(left_half)
    expect(page.get_by_text(re.compile(f"^{count} of "))).to_be_visible()
    assert page.evaluate(SELECTED, CHART) == left_half

    student = page.locator(CHART).get_attribute("data-chart")
    page.locator(".st-key-ag_arm").get_by_role("radio").nth(1).click()
    expect(page.locator(CHART)).not_to_have_attribute("data-chart", student)
    assert page.evaluate(SELECTED, CHART) == left_half, "the same images, of another arm"

    page.get_by_role("button", name=re.compile("Clear the selection")).click()
    expect(page).not_to_have_url(re.compile("ag_chosen"))
    page.wait_for_function(f"chart => !({SELECTED})(chart).length", arg=CHART)
