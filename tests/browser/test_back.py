"""One press of Back undoes one thing that a visitor did, however much of the address it has changed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import at_rest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def titled(page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    at_rest(page)


def opened(page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()
    titled(page, name)
    expect(page).to_have_url(re.compile(rf"/{name.lower()}"))


def test_each_page_is_one_step_though_it_writes_its_settings_into_the_address(prepared_address, page):
    page.goto(f"{prepared_address}/runs")
    titled(page, "Runs")
    began = page.evaluate("history.length")
    opened(page, "Distill")
    expect(page).to_have_url(re.compile("cue="))
    opened(page, "Explain")
    expect(page).to_have_url(re.compile("run="))
    assert page.evaluate("history.length") == began + 2
    page.go_back()
    titled(page, "Distill")
    page.go_back()
    titled(page, "Runs")


def test_what_is_chosen_within_a_page_is_a_step_each(prepared_address, page):
    page.goto(f"{prepared_address}/explain?image=3")
    titled(page, "Explain")
    began = page.evaluate("history.length")
    for image in (4, 5):
        page.get_by_role("button", name="Next").click()
        expect(page).to_have_url(re.compile(rf"image={image}\b"))
        at_rest(page)
    assert page.evaluate("history.length") == began + 2
    page.go_back()
    expect(page).to_have_url(re.compile(r"image=4\b"))
    expect(page.get_by_role("spinbutton", name="Test image")).to_have_value("4")


def test_a_preset_is_one_step_though_it_changes_many_settings(prepared_address, page):
    page.goto(f"{prepared_address}/distill?new=1")
    titled(page, "Distill")
    began = page.evaluate("history.length")
    page.get_by_role("radio", name="Clothes, few images").click()
    expect(page).to_have_url(re.compile("train_count=250"))
    at_rest(page)
    assert page.evaluate("history.length") == began + 1
