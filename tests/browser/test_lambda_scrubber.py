"""The λ scrubber on Home: by keys, mouse and touch it shows the ladder's own figures, and asks the server nothing."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from kdviz.datasets import class_name
from kdviz.figures.maps import ColourScale, density, map_layer, palettes
from kdviz.figures.style import percent
from kdviz.language import speaking
from kdviz.store.lambda_ladder import prepared_ladder
from kdviz.ui.widgets.answers import answer_verdict
from tests.browser.conftest import at_rest, watched
from tests.browser.test_chinese import speak

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LADDER = prepared_ladder()
LAST, OPENING = len(LADDER.weights) - 1, LADDER.opening


@pytest.fixture
def page(browser, prepared_address):
    yield from home(browser, prepared_address)


@pytest.fixture
def phone(browser, prepared_address):
    yield from home(browser, prepared_address, phone=True)


def home(browser, address, *, phone=False):
    """Home, drawn and at rest."""
    with watched(browser, address, phone=phone, motion="no-preference") as page:
        expect(slider(page)).to_be_visible()
        at_rest(page)
        yield page


def slider(page: Page):
    return page.get_by_role("slider", name="λ")


def student(page: Page):
    return page.locator(".scrubber .student")


def canvas(page: Page) -> np.ndarray:
    """The student's map as it is drawn, RGBA."""
    url = student(page).locator("canvas").evaluate("node => node.toDataURL()")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGBA")).astype(int)


def javascript(number: float) -> str:
    """A number as the browser writes it."""
    return f"{number:.0f}" if number.is_integer() else repr(number)


def expect_figures(page: Page, at: int, place: int = OPENING) -> None:
    """That all figures are those of the student at a place of the ladder, for one image."""
    image = LADDER.images[place]
    answer, accuracy = image.students[at], percent(LADDER.accuracies[at])
    predicted = f"Predicts {LADDER.classes[answer.predicted]} ({percent(answer.confidence, 0)})"
    verdict = answer_verdict(answer.predicted, image.label, image.cue_class)
    expect(page.locator(".scrubber output")).to_have_text(f"λ = {LADDER.weights[at]:g}")
    expect(student(page).locator(".answer")).to_have_text(predicted)
    expect(student(page).locator(".verdict")).to_have_text(verdict)
    expect(page.locator(".scrubber .figure")).to_have_text(accuracy)
    expect(page.locator(".scrubber .share")).to_have_attribute(
        "style", f"--share: {javascript(100 * LADDER.accuracies[at])}%;"
    )
    said = f"λ = {LADDER.weights[at]:g}. {predicted}, {verdict}. Test accuracy {accuracy}."
    expect(slider(page)).to_have_attribute("aria-valuetext", said)


def expect_map(page: Page, at: int, place: int = OPENING) -> None:
    """That the student's map is drawn as `heat` of map_layers.js draws its values."""
    image = LADDER.images[place]
    scale = ColourScale(float(density(image.teacher.attribution).max()))
    layer = map_layer(density(image.students[at].attribution), scale)
    expect(slider(page)).to_have_value(str(at))
    colours = np.frombuffer(base64.b64decode(palettes()[layer["palette"]]), np.uint8).reshape(256, 4)
    centre = canvas(page)[30::60, 30::60]  # of each of the 4 × 4 cells: a cell's own value
    levels = scale.levels(density(image.students[at].attribution))
    expected = colours[(levels * 255).round().astype(int)]
    opaque = expected[..., 3] > 40  # a canvas keeps the colours of see-through pixels only roughly
    assert np.abs(centre - expected)[opaque].max() <= 12
    assert np.abs(centre[..., 3] - expected[..., 3]).max() <= 4


def test_keys_go_from_student_to_student(page):
    expect_figures(page, 0)
    expect(page.get_by_text("Drag λ", exact=True)).to_be_visible()
    slider(page).focus()
    for at in range(1, LAST + 1):
        page.keyboard.press("ArrowRight")
        expect_figures(page, at)
        expect_map(page, at)
    expect(page.get_by_text("Drag λ", exact=True)).to_be_hidden()
    for key, at in (
        ("ArrowRight", LAST),
        ("Home", 0),
        ("ArrowLeft", 0),
        ("End", LAST),
        ("ArrowDown", LAST - 1),
    ):
        page.keyboard.press(key)
        expect_figures(page, at)
        expect_map(page, at)


def test_dragging_blends_maps_and_asks_the_server_nothing(page):
    track, before = slider(page).bounding_box(), len(page.sent)
    left, width, y = track["x"] + 14, track["width"] - 28, track["y"] + track["height"] / 2
    expect(slider(page)).to_have_value("0")
    first = canvas(page)
    page.mouse.move(left, y)
    page.mouse.down()
    page.mouse.move(left + 0.4 * width / LAST, y, steps=4)
    expect_figures(page, 0)
    assert 0.3 < float(slider(page).input_value()) < 0.5
    blended = canvas(page)
    page.mouse.move(left + 3.6 * width / LAST, y, steps=8)
    expect_figures(page, 4)
    page.mouse.up()
    expect_map(page, 4)
    slider(page).press("Home")
    slider(page).press("ArrowRight")
    expect_map(page, 1)
    second = canvas(page)
    changed = np.abs(first[..., 3] - second[..., 3]) > 20
    low, high = np.minimum(first, second)[..., 3], np.maximum(first, second)[..., 3]
    between = (blended[..., 3] >= low - 1) & (blended[..., 3] <= high + 1)
    assert changed.any()
    assert between[changed].all()
    assert len(page.sent) == before


def test_another_image_keeps_weight_and_shows_its_own_answers(page):
    slider(page).focus()
    page.keyboard.press("ArrowRight")
    buttons = page.get_by_role("group", name="Test images").get_by_role("button")
    expect(buttons).to_have_count(len(LADDER.images))
    for place, image in enumerate(LADDER.images):
        buttons.nth(place).click()
        expect(buttons.nth(place)).to_have_attribute("aria-pressed", "true")
        expect(buttons.nth(place)).to_have_accessible_name(
            f"Test image {image.index}: {LADDER.classes[image.label]}"
        )
        expect_figures(page, 1, place)
        expect_map(page, 1, place)
        expect(student(page).locator(".meaning")).to_contain_text(
            f"meant “{LADDER.classes[image.cue_class]}”"
        )
        patch, picture = (student(page).locator(each).bounding_box() for each in (".patch", ".layers"))
        text = student(page).locator(".meaning").bounding_box()
        assert text["y"] >= picture["y"] + picture["height"], "it covers the picture"
        top, left, _bottom, _right = image.cue_box
        assert (patch["x"] - picture["x"]) / picture["width"] == pytest.approx(left / 32, abs=0.01)
        assert (patch["y"] - picture["y"]) / picture["height"] == pytest.approx(top / 32, abs=0.01)


def test_a_finger_drags_it_on_a_phone_on_the_first_screen(phone):
    track, picture = slider(phone).bounding_box(), student(phone).locator(".pile").bounding_box()
    assert track["y"] + track["height"] < 844
    assert track["height"] >= 44
    assert picture["width"] <= 300
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    x, y = track["x"] + 14, track["y"] + track["height"] / 2
    touch = phone.context.new_cdp_session(phone)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for share in np.linspace(0, 1, 9)[1:]:
        point = {"x": x + float(share) * (track["width"] - 28), "y": y}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect_figures(phone, LAST)
    expect_map(phone, LAST)


def test_without_motion_a_key_is_there_at_once(page):
    page.emulate_media(reduced_motion="reduce")
    slider(page).focus()
    reached = page.evaluate(
        """async () => {
            const frame = () => new Promise(requestAnimationFrame);
            const host = [...document.querySelectorAll('*')].find((node) => node.shadowRoot?.querySelector('.scrubber'));
            const slider = host.shadowRoot.querySelector('input');
            slider.dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true }));
            await frame(); await frame();
            return Number(slider.value);
        }"""
    )
    assert reached == LAST


def test_another_language_keeps_weight_and_image(page):
    slider(page).press("End")
    page.get_by_role("group", name="Test images").get_by_role("button").nth(2).click()
    speak(page, "中文")
    expect(page.get_by_role("group", name="测试图像")).to_be_visible()
    image = LADDER.images[2]
    with speaking("zh"):
        name = class_name(LADDER.classes, image.students[-1].predicted)
    expect(student(page).locator(".answer")).to_contain_text(f"预测为“{name}”")
    expect(page.locator(".scrubber output")).to_have_text(f"λ = {LADDER.weights[-1]:g}")
    expect_map(page, LAST, 2)


def test_coming_back_begins_at_0(page):
    """From a page without a scrubber: the first lesson of Learn has one."""
    slider(page).press("End")
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.get_by_role("heading", name="Runs", level=1)).to_be_visible()
    expect(slider(page)).to_have_count(0)
    page.get_by_role("link", name="Home", exact=True).click()
    expect(slider(page)).to_be_visible()
    expect_figures(page, 0)
    expect_map(page, 0)
