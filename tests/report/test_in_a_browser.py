"""The file as somebody opens it: from disk, without a network, on a phone, in the dark."""

import math

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("needs chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def file(html, tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(html, encoding="utf-8")
    return file


@pytest.fixture
def opened(browser, file):
    """A function that opens the report offline; and all that the page complained of or asked for."""
    troubles, contexts = [], []

    def open_(width=1440, height=900, scheme="light"):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.on(
            "request",
            lambda request: request.url.startswith(("file:", "data:")) or troubles.append(request.url),
        )
        page.goto(file.as_uri())
        page.wait_for_selector(".plot .main-svg")
        return page

    yield open_
    assert troubles == []
    for context in contexts:
        context.close()


def test_the_curves_that_are_drawn_are_the_stores(finished, opened):
    store, run_id = finished
    drawn = opened().evaluate(
        "document.querySelector('[data-chart=agreement]').data.filter(line => line.name === 'student')[0].y"
    )
    kept = [
        m.value
        for m in store.metrics(run_id)
        if (m.stage, m.arm, m.measure) == ("students", "student", "agreement")
    ]
    assert drawn == [None if math.isnan(value) else value for value in kept]


def test_every_chart_is_drawn_and_every_picture_is_there(opened):
    page = opened()
    assert page.locator(".plot").count() == page.locator(".plot:has(.main-svg)").count() == 5
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")


def test_nothing_scrolls_sideways_on_a_phone(opened):
    page = opened(390, 844)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator("details.fold > summary").filter(has_text="Final figures").click()
    figures = page.locator("#figures").bounding_box()
    assert figures["x"] + figures["width"] <= 390


def test_in_the_dark_page_and_charts_are_dark(opened):
    page = opened(scheme="dark")
    around, under = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, document.querySelector('.plot')._fullLayout.paper_bgcolor]"
    )
    assert around == "rgb(14, 17, 23)"
    assert under == "#0e1117"
    page.emulate_media(color_scheme="light")
    page.wait_for_selector('.plot .main-svg[style*="rgb(255, 255, 255)"]')


def test_details_are_folded_and_printed_open(opened):
    """Numbers of a chart stay folded: on paper, the chart stands for them."""
    page = opened()
    for place in ("#figures", "#measures", ".entries", "dl.card"):
        assert not page.locator(place).is_visible()
    for summary in page.locator("details.fold > summary").all():
        summary.click()
    for place in ("#figures", "#measures", ".entries", "dl.card"):
        assert page.locator(place).is_visible()
    for summary in page.locator("details.fold > summary").all():
        summary.click()
    page.emulate_media(media="print")
    for place in ("#figures", "#measures", ".entries", "dl.card"):
        assert page.locator(place).is_visible()
    assert not page.locator("#numbers-agreement").is_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.fold:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.fold[open]").count() == 0
