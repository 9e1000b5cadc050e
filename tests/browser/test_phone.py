"""Explain on a phone: what is seen on opening is a map, and the controls are a switch away."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import at_rest, watched

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTH, HEIGHT = 390, 844
TOUR_BOXES = """() => {
    const [card, maps] = ["tour_card", "maps"].map((key) => document.querySelector(`.st-key-${key}`).getBoundingClientRect());
    return { card: card.height, gap: maps.top - card.bottom };
}"""


@pytest.fixture
def link(trained, trained_address):
    return f"{trained_address}/explain?run={trained[1]}"


def test_the_first_overlay_is_on_the_first_screen_and_the_controls_are_folded(link, page):
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(link)
    overlay = page.locator(".pile").filter(has=page.locator("canvas, .undefined")).first
    expect(overlay).to_be_visible()
    at_rest(page)
    box = overlay.bounding_box()
    assert box["y"] < page.locator(".st-key-why").bounding_box()["y"]
    brief = page.locator(".st-key-why_brief")
    if brief.count():  # without a patch only once chance is known
        assert brief.bounding_box()["y"] + brief.bounding_box()["height"] <= box["y"]
        assert brief.bounding_box()["height"] < 60
    assert box["y"] + box["height"] < HEIGHT
    assert box["x"] + box["width"] <= WIDTH

    method, switch = page.get_by_label("Method", exact=True), page.get_by_role("switch", name="Controls")
    expect(method).to_be_hidden()
    switch.focus()
    page.keyboard.press("Space")
    expect(method).to_be_visible()
    more = page.locator(".st-key-explain_more button").first
    expect(more).to_be_in_viewport(ratio=1)

    page.set_viewport_size({"width": 1440, "height": 900})
    expect(method).to_be_visible()
    expect(switch).to_be_hidden()


def test_all_methods_are_a_line_each_that_a_tap_opens_while_the_chosen_one_is_open(link, page):
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(f"{link}&view=methods&explainer=saliency")
    switches = page.locator("[class*='st-key-method_'] [role='switch']")
    maps = page.locator("[class*='st-key-method_'] .stage")
    expect(page.locator(".st-key-method_kernel-shap_content .stage")).to_be_attached()
    at_rest(page)
    assert switches.count() == maps.count() > 10
    assert [stage.is_visible() for stage in maps.all()] == [switch.is_checked() for switch in switches.all()]
    assert [switch.is_checked() for switch in switches.all()].count(True) == 1
    expect(page.locator(".st-key-method_saliency_content .stage")).to_be_visible()
    line = page.locator(".st-key-line_occlusion")
    box, name = line.bounding_box(), page.get_by_text("Occlusion", exact=True).first.bounding_box()
    assert abs(box["y"] + box["height"] / 2 - name["y"] - name["height"] / 2) < 12, "beside the name"

    folded = page.locator(".st-key-method_occlusion_content .stage")
    page.get_by_role("switch", name="Occlusion").focus()
    page.keyboard.press("Space")
    expect(folded).to_be_visible()
    page.keyboard.press("Space")
    expect(folded).to_be_hidden()

    page.set_viewport_size({"width": 1440, "height": 900})
    expect(folded).to_be_visible()
    expect(switches.first).to_be_hidden()
    expect(line).to_be_hidden()


def test_a_link_to_an_own_picture_opens_the_controls(link, page):
    """Without them nobody could choose one."""
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(f"{link}&source=upload")
    expect(page.get_by_text("choose, drop or paste one")).to_be_visible()


def test_a_tap_on_a_dotted_underline_explains_it_until_a_tap_elsewhere_or_escape(prepared_address, browser):
    with watched(browser, prepared_address, phone=True) as page:
        page.goto(f"{prepared_address}/explain?image=0")
        term, tip = page.locator(".about").first, page.locator(".tip").first
        expect(tip).to_be_hidden()
        at_rest(page)
        term.tap()
        expect(tip).to_be_visible()
        expect(tip).to_have_text(term.get_attribute("title"))
        box, of = tip.bounding_box(), term.bounding_box()
        assert 0 <= box["x"] <= WIDTH - box["width"]
        assert box["y"] >= of["y"] + of["height"] or box["y"] + box["height"] <= of["y"], (
            "the term stays in sight"
        )
        page.locator("figure .name").first.tap()
        expect(tip).to_be_hidden()
        term.focus()
        page.keyboard.press("Enter")
        expect(tip).to_be_visible()
        page.keyboard.press("Escape")
        expect(tip).to_be_hidden()
        expect(term).to_be_focused()


def test_the_tour_begins_at_the_start_of_the_maps_under_a_small_card(prepared_address, browser):
    with watched(browser, prepared_address, phone=True) as page:
        page.locator(".st-key-take_tour button").click()
        expect(page.locator(".st-key-maps canvas").first).to_be_visible()
        at_rest(page)
        page.wait_for_function(f"() => Math.abs(({TOUR_BOXES})().gap - 20) < 20")
        boxes = page.evaluate(TOUR_BOXES)
        assert 0 <= boxes["gap"] < 40, "the first map follows the card"
        assert boxes["card"] < 0.24 * HEIGHT
        for name in ("student", "twin (λ = 0)"):  # those that the step compares
            panel = page.locator("figure").filter(has=page.locator(".name", has_text=name)).first
            expect(panel.locator(".pile")).to_be_in_viewport(ratio=1)
            expect(panel.get_by_text("Predicts ")).to_be_in_viewport(ratio=1)
