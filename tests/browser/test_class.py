"""The walk of a class: choose a preset, start, pause, reload, go on, and look back over the epochs."""

import base64
import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from kdviz.figures.maps import heatmaps, overlay
from kdviz.figures.style import ARM_STYLES
from kdviz.store import Store
from kdviz.types import ProbeExplained
from tests.browser.conftest import recorded

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SETTINGS = {
    "dataset": "Shapes",
    "shapes.teacher_width": "0.25",
    "shapes.teacher_epochs": "1",
    "shapes.student_width": "0.25",
    "shapes.train_count": "512",
    "shapes.epochs": "6",  # so long that a pause comes in time
}
EPOCHS = int(SETTINGS["shapes.epochs"])
STRIP = ".strips figure"


def press(page: Page, key: str) -> None:
    """By its key: the browser's own bar has a Stop as well."""
    page.locator(f".st-key-{key} button").click()


def shown_epoch(page: Page) -> int:
    return int(page.locator(".film output").inner_text())


def test_a_class_distills_pauses_reloads_goes_on_and_looks_back(address, runs_dir, page):
    page.emulate_media(reduced_motion="no-preference")  # the film plays at its usual pace
    page.goto(f"{address}/distill?{'&'.join(f'{name}={value}' for name, value in SETTINGS.items())}")
    start = page.locator(".st-key-start button")
    expect(start).to_be_enabled()
    start.dblclick()
    expect(page).to_have_url(re.compile(r"[?&]run=\d{8}-\d{4}-\w{4}"))
    expect(page.get_by_text(re.compile(r"learns?: epoch \d+ of"))).to_be_visible()
    press(page, "live_Pause")
    paused = page.get_by_text(re.compile(r"Paused\. "))
    expect(paused).to_be_visible()
    page.reload()
    expect(paused).to_be_visible()
    press(page, "live_Resume")
    expect(page.get_by_role("link", name="Explain its predictions")).to_be_visible()
    (run,) = [run for run in Store(runs_dir).runs() if not run.record.origin]
    assert (run.state, run.id in page.url) == ("finished", True), "a double click starts one run"

    store = Store(runs_dir)
    slider = page.get_by_role("slider", name="Maps after epoch")
    expect(page.locator(STRIP)).to_have_count(6)
    assert shown_epoch(page) == EPOCHS
    slider.focus()
    page.keyboard.press("Home")
    assert shown_epoch(page) == 0
    expect(page).to_have_url(re.compile(r"[?&]epoch=0"))
    assert_drawn_as_figures_draw(page, store.probe(run.id, 0))
    before = strip_text(page)
    sign = page.locator(".film button path")
    assert sign.evaluate("node => getComputedStyle(node).fill") != "none"
    names = recorded(page.locator(".film button"))
    page.locator(".film button").click()
    names("Play", "Pause", "Play")
    assert shown_epoch(page) == EPOCHS
    assert strip_text(page) != before, "the text follows the picture"
    assert_drawn_as_figures_draw(page, store.probe(run.id, EPOCHS))


def strip_text(page: Page) -> str:
    return page.locator(f"{STRIP} [role=img]").first.get_attribute("aria-label") or ""


def picture(page: Page, place: int) -> np.ndarray:
    """The canvas of the first strip's n-th map, RGBA: what lies over the image."""
    url = page.locator(f"{STRIP} canvas").nth(place).evaluate("canvas => canvas.toDataURL()")
    return np.asarray(Image.open(BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGBA"))


def assert_drawn_as_figures_draw(page: Page, probe: ProbeExplained) -> None:
    """Browser and `figures` make the same overlay of the same image: to a few of 255 levels."""
    maps = heatmaps({arm: maps[0] for arm, maps in probe.maps.items()})
    defined = [arm for arm in ARM_STYLES if arm in maps.values and maps.is_defined(arm)]
    expect(page.locator(STRIP).first.locator("canvas")).to_have_count(len(defined))
    expect(page.locator(STRIP).first.locator(".undefined")).to_have_count(len(maps.values) - len(defined))
    black = np.zeros((32, 32), np.uint8)
    for place, arm in enumerate(defined):
        over = picture(page, place).astype(float)
        shown = over[..., :3] * over[..., 3:] / 255
        wanted = overlay(black, maps.values[arm], maps.scale, opacity=1)
        halved = wanted[: 2 * (len(wanted) // 2)].reshape(len(wanted) // 2, 2, -1, 2, 3).mean((1, 3))
        assert shown.shape[0] == 120
        resized = np.asarray(Image.fromarray(shown.round().astype(np.uint8)).resize(halved.shape[1::-1]))
        assert np.abs(resized - halved).max() <= 8
