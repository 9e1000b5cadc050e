"""Where should it listen? In a real browser a rectangle is drawn on a spectrogram: its mask is the networks' cells."""

import numpy as np
import pytest
from playwright.sync_api import expect

from kdviz.comparison import training_triage
from kdviz.datasets import marks_from_bytes
from kdviz.progress import run_to_end
from kdviz.sound import BANDS
from tests.browser.accessibility import violations
from tests.browser.conftest import recorded, watched, worst_of_all
from tests.browser.servers import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FRAMES = 100


@pytest.fixture(scope="module")
def run(small_run):
    return small_run("speech-commands-mini")


@pytest.fixture(scope="module")
def address(run):
    store, run_id = run
    with serving(store.directory) as answers_at:
        yield f"{answers_at}/agreement?run={run_id}&marking=1"


@pytest.fixture(params=[False, True], ids=["desk", "phone"])
def page(browser, address, request):
    with watched(browser, address, phone=request.param) as page:
        expect(page.locator(".ink")).to_be_visible()
        worst_of_all(page)
        page.locator(".ink").scroll_into_view_if_needed()
        page.locator(".ink").element_handle().wait_for_element_state("stable")
        yield page


def at(page, row, column):
    """The middle of a cell of the spectrogram, on the screen."""
    box = page.locator(".ink").bounding_box()
    return box["x"] + (column + 0.5) / FRAMES * box["width"], box["y"] + (row + 0.5) / BANDS * box["height"]


def kept(page, run):
    (cookie,) = [each["value"] for each in page.context.cookies() if each["name"] == "kdviz_visitor"]
    store, run_id = run
    return marks_from_bytes(store.draft_marks(run_id, cookie)).masks


def test_a_rectangle_on_a_spectrogram_is_the_mask_of_its_cells_and_is_heard(page, run):
    """High frequencies are above and in the first rows, as in the inputs of the networks."""
    clip = run_to_end(training_triage(*run)).images[0]
    tops = {each.inner_text(): each.bounding_box()["y"] for each in page.locator(".pitches .tick").all()}
    assert tops["5 kHz"] < tops["1 kHz"] < tops["200 Hz"]
    alone = page.get_by_role("button", name="What is marked, alone")
    expect(alone).to_be_disabled()
    page.mouse.move(*at(page, 8, 20))
    page.mouse.down()
    page.mouse.move(*at(page, 30, 59))
    expect(page.locator(".where")).to_have_text("0.20 to 0.60 s, 770 Hz to 3.9 kHz")
    page.mouse.up()
    expect(page.locator(".said")).to_have_text("23 % of the spectrogram is marked")
    expect(page.locator(".stored")).to_have_text("· stored")
    ((name, mask),) = kept(page, run).items()
    expected = np.zeros((BANDS, FRAMES), bool)
    expected[8:31, 20:60] = True
    assert name == clip.digest
    np.testing.assert_array_equal(mask, expected)

    expect(alone).to_be_enabled()
    for button in (alone, page.get_by_role("button", name="Whole clip")):
        signs = recorded(button, "node.textContent[0]")
        heads = recorded(page.locator(".painter .head"), "node.hidden")
        button.click()
        signs("▶", "■", "▶")
        heads(True, False, True)
    assert [each["id"] for each in violations(page, ".st-key-mask_painter")] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
