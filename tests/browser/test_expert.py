"""An expert's own picture: explained by three methods; the link to that view works for somebody else."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TimedOut

from tests.browser.conftest import at_rest, fresh_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

METHODS = {"Grad-CAM": "grad-cam", "Saliency": "saliency", "Integrated gradients": "integrated-gradients"}


def chest() -> bytes:
    """A grey PNG of two bright fields, 80 × 64 pixels, in which all four arms find positive evidence."""
    y, x = np.mgrid[:80, :64]
    fields = sum(np.exp(-(((x - middle) / 6) ** 2) - ((y - 40) / 26) ** 2) for middle in (20, 44))
    file = io.BytesIO()
    Image.fromarray((40 + 180 * fields).clip(0, 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def choose(page: Page, menu: str, option: str) -> None:
    """Opens the menu again where the page was drawn anew meanwhile, which closes it."""
    wanted = page.get_by_role("option", name=option, exact=True)
    at_rest(page)
    page.get_by_role("combobox", name=menu).click()
    try:
        wanted.click(timeout=5_000)
    except TimedOut:
        at_rest(page)
        page.get_by_role("combobox", name=menu).click()
        wanted.click()


def expect_told(page: Page, method: str) -> None:
    """The line that says what a map is of, beside the colours and scales."""
    button = page.get_by_role("button", name="Colours and scales")
    button.click()
    line = re.compile(rf"^Run \S+, weights after the last epoch; {re.escape(method)} ")
    expect(page.get_by_text(line).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text(line)).to_have_count(0)


def maps(page: Page):
    shown = page.locator(".comparer")  # the same networks are below it, with the patch
    return shown.get_by_role(
        "img", name=re.compile(r"^(teacher|student|twin|placebo)\b.*looks mostly at the")
    )


def pictures(page: Page) -> list[str]:
    """What each map says of itself: where its arm looks, and how far it agrees."""
    expect(maps(page)).to_have_count(4)
    return [each.get_attribute("aria-label") or each.get_attribute("alt") for each in maps(page).all()]


def test_an_own_picture_by_three_methods_and_its_link_for_somebody_else(prepared_address, page):
    page.goto(f"{prepared_address}/explain?source=upload")
    give = page.locator('[data-testid="stFileUploader"] input[type=file]')
    mine = {"name": "chest.png", "mimeType": "image/png", "buffer": chest()}
    give.set_input_files(mine)
    seen = {}
    for method in METHODS:
        if seen:
            choose(page, "Method", method)
        expect_told(page, method)
        at_rest(page)
        seen[method] = pictures(page)
    assert len({tuple(each) for each in seen.values()}) == len(METHODS)
    expect(page).to_have_url(re.compile(rf"explainer={METHODS[method]}(&|$)"))
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_text("Map cells", exact=True).click()
    expect(page).to_have_url(re.compile("grid=true"))

    with fresh_page(page.context.browser) as other:
        other.goto(page.url)
        expect(other.get_by_text("it is not saved, and not in the link")).to_be_visible()
        expect(maps(other)).to_have_count(0)
        other.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(mine)
        expect_told(other, method)
        at_rest(other)
        assert pictures(other) == seen[method]
        other.get_by_role("button", name="More", exact=True).click()
        expect(other.get_by_role("switch", name="Map cells")).to_be_checked()
