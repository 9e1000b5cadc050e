"""Sentences in a real browser: values at the pointer and by keys, spoken; what is typed is answered by itself."""

import re

import pytest
from playwright.sync_api import expect

from kdviz.comparison import explain_test_image
from kdviz.figures.maps import heatmaps
from kdviz.language import decimal
from kdviz.store import Store
from kdviz.store.prepared_examples import open_example
from kdviz.vocabulary import words_of
from tests.browser.accessibility import serious_violations_of_both_themes
from tests.browser.conftest import at_rest, watched
from tests.browser.servers import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ARMS = ["teacher", "student", "twin", "placebo"]


@pytest.fixture(scope="module")
def run(small_run):
    """A store with a small run on sentences, and its id."""
    return small_run("sentiment")


@pytest.fixture(scope="module")
def address(run):
    with serving(run[0].directory) as answers_at:
        yield f"{answers_at}/explain?run={run[1]}"


@pytest.fixture
def page(browser, address):
    with watched(browser, f"{address}&image=2") as page:
        expect(page.locator(".sentence")).to_have_count(5)
        expect(page.locator(".st-key-trust_badge")).to_contain_text("checks,")
        at_rest(page)
        yield page


def expect_values(page, run, place):
    row = explain_test_image(*run, 2)
    maps = heatmaps(row.attributions, signed=True).values
    for number, arm in enumerate(ARMS):
        shown = page.locator(".st-key-sentences .value").nth(number)
        expect(shown).to_have_text(f"{decimal(maps[arm][place], sign=True)}×")


def test_a_word_that_is_pointed_at_is_marked_and_read_in_all_sentences(page, run):
    words = [word.text for word in words_of(explain_test_image(*run, 2).text)]
    page.sent.clear()
    page.locator(".sentence").nth(1).locator(".word").nth(3).hover()
    expect(page.locator(".word.at")).to_have_text([words[3]] * 5)
    expect_values(page, run, 3)
    assert page.sent == [], "nothing is asked of the server"


def test_keys_go_from_word_to_word_and_a_screen_reader_hears_the_evidence(page, run):
    words = [word.text for word in words_of(explain_test_image(*run, 2).text)]
    page.locator(".stage").focus()
    for key, place in (
        ("ArrowRight", 0),
        ("ArrowRight", 1),
        ("End", len(words) - 1),
        ("ArrowLeft", len(words) - 2),
        ("Home", 0),
    ):
        page.keyboard.press(key)
        expect(page.locator(".word.at").first).to_have_text(words[place])
        expect_values(page, run, place)
    evidence = r"(strongly|clearly|weakly) (for|against)|neutral"
    expect(page.locator(".spoken")).to_have_text(
        re.compile(rf"^teacher: {re.escape(words[0])}: ({evidence}) \(")
    )
    assert page.get_by_test_id("stNumberInputField").input_value() == "2", (
        "the arrows did not go to another text"
    )


def test_what_is_typed_is_answered_without_leaving_the_field(browser, address):
    with watched(browser, f"{address}&source=typed") as page:
        page.get_by_label("Your text").click()
        page.keyboard.type("not a good film")
        expect(page.locator(".sentence").first).to_have_text("not a good film")
        page.keyboard.type(" <b>at all")
        expect(page.locator(".sentence").first).to_have_text("not a good film <b>at all")
        assert page.get_by_label("Your text").input_value() == "not a good film <b>at all"
        expect(page.get_by_label("Your text")).to_be_focused()
        assert "film" not in page.url


def test_an_edit_is_answered_beside_the_original(page):
    page.get_by_label("Edited text").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Awful")
    edited = page.locator(".st-key-edited_sentences")
    expect(edited.locator(".sentence")).to_have_count(8)
    edited.locator(".sentence").nth(1).locator(".word").last.hover()
    expect(edited.locator(".word.at")).to_have_text(["Awful"] * 4)


def colours(page, number):
    words = page.locator(".st-key-sentences .sentence").nth(number).locator(".word")
    return words.evaluate_all("nodes => nodes.map(node => node.style.cssText)")


@pytest.mark.parametrize("way", ["pointer", "key"])
def test_while_held_a_button_shows_the_teachers_colours_in_the_place_of_an_arms(page, way):
    teacher, twin = colours(page, 0), colours(page, 2)
    assert teacher != twin
    holds = page.get_by_role("button", name="Hold for the teacher's colours")
    expect(holds).to_have_count(3)  # the teacher has none, nor has the difference
    page.sent.clear()
    if way == "pointer":
        holds.nth(1).hover()
        page.mouse.down()
    else:
        holds.nth(1).focus()
        page.keyboard.down(" ")
    assert colours(page, 2) == teacher
    page.mouse.up() if way == "pointer" else page.keyboard.up(" ")
    assert colours(page, 2) == twin
    assert page.sent == []


@pytest.fixture(scope="module")
def reviews_address(tmp_path_factory):
    """Reviews of up to 128 words are read: the run that comes with kdviz."""
    store = Store(tmp_path_factory.mktemp("reviews"))
    run_id = open_example(store, "counterfactual-reviews")
    with serving(store.directory) as answers_at:
        yield f"{answers_at}/explain?run={run_id}&source=typed"


def test_a_long_text_has_a_map_beside_it_that_scrolls_it(browser, reviews_address):
    with watched(browser, reviews_address, phone=True) as page:
        page.get_by_label("Your text").fill(" ".join(["good", "bad", "film"] * 45))
        text, beside = page.locator(".sentence").first, page.locator(".minimap").first
        expect(beside).to_be_visible()
        at_rest(page)
        share = text.evaluate("node => node.clientHeight / node.scrollHeight")
        assert share < 0.9
        seen = "node => [node.style.top, node.style.height].map(text => parseFloat(text) / 100)"
        assert beside.locator(".view").evaluate(seen) == pytest.approx([0, share], abs=0.01)
        beside.scroll_into_view_if_needed()
        box = beside.bounding_box()
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] - 2)
        page.wait_for_function("node => node.scrollTop > 0", arg=text.element_handle())
        page.wait_for_function(
            "node => node.scrollTop + node.clientHeight > node.scrollHeight - 2", arg=text.element_handle()
        )
        assert beside.locator(".view").evaluate(seen) == pytest.approx([1 - share, share], abs=0.01)


def test_the_page_has_no_serious_violation_in_either_theme(page):
    assert serious_violations_of_both_themes(page) == []
