"""Sentences in a real browser: values at the pointer and by keys, spoken; what is typed is answered by itself."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from kdviz.comparison import explain_test_image
from kdviz.config import make_config
from kdviz.figures.maps import heatmaps
from kdviz.jobs import execute, submit
from kdviz.language import decimal
from kdviz.store import Store
from kdviz.vocabulary import words_of
from tests.browser.conftest import at_rest, watched
from tests.browser.servers import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).with_name("axe") / "axe.min.js").read_text(encoding="utf-8")
ARMS = ["teacher", "student", "twin", "placebo"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A store with a small run on sentences, and its id."""
    store = Store(tmp_path_factory.mktemp("texts") / "runs")
    settings = {"dataset": "sentiment", "cue": "marker-word", "arms": ("student", "twin", "placebo")}
    tiny = {"teacher_epochs": 1, "epochs": 1, "train_count": 64, "batch_size": 16, "device": "cpu"}
    run_id = submit(store, make_config({**settings, **tiny}), foreground=True)
    assert execute(store, run_id).state == "finished"
    return store, run_id


@pytest.fixture(scope="module")
def address(run):
    with serving(run[0].directory) as answers_at:
        yield f"{answers_at}/explain?run={run[1]}"


@pytest.fixture
def page(browser, address):
    with watched(browser, f"{address}&image=2") as page:
        expect(page.locator(".sentence")).to_have_count(5)
        expect(page.locator(".st-key-trust_badge")).to_be_attached()
        at_rest(page)
        yield page


def values(page):
    return [text.strip() for text in page.locator(".st-key-sentences .value").all_inner_texts()]


def expected(run, place):
    row = explain_test_image(*run, 2)
    maps = heatmaps(row.attributions, signed=True).values
    return [f"{decimal(maps[arm][place], sign=True)}×" for arm in ARMS]


def test_a_word_that_is_pointed_at_is_marked_and_read_in_all_sentences(page, run):
    words = [word.text for word in words_of(explain_test_image(*run, 2).text)]
    page.sent.clear()
    page.locator(".sentence").nth(1).locator(".word").nth(3).hover()
    assert page.locator(".word.at").all_inner_texts() == [words[3]] * 5
    assert values(page)[:4] == expected(run, 3)
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
        assert page.locator(".word.at").first.inner_text() == words[place]
        assert values(page)[:4] == expected(run, place)
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
    assert edited.locator(".word.at").all_inner_texts() == ["Awful"] * 4


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_has_no_serious_violation(browser, address, theme):
    with watched(browser, f"{address}&image=2") as page:
        page.emulate_media(color_scheme=theme)
        expect(page.locator(".sentence")).to_have_count(5)
        at_rest(page)
        page.evaluate(AXE)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        assert [
            f"{each['id']}: {node['html'][:200]}"
            for each in found
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ] == []
