"""A run on texts on every page: it stands, says "text" and "word", and is translated."""

import json
import re
import shutil
from html import escape
from urllib.parse import parse_qsl

import pytest
import torch

from kdviz.comparison import explain_test_image, loading_code, planted_cue, snapshots
from kdviz.config import changed, choices_for
from kdviz.datasets import DATASETS
from kdviz.figures.maps import heatmaps, shaded_words, word_layers
from kdviz.jobs import execute, start_survey, submit
from kdviz.language import speaking
from kdviz.report import report_html
from kdviz.store import Store
from kdviz.store.folder import weights_to_bytes
from kdviz.ui.distill.presets import PRESETS
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened, page_text
from tests.ui.spoken import said

PAGES = ("home", "distill", "agreement", "runs", "sweep")
IMAGES = {
    "en": re.compile(r"(?<![\w/])(images?|pictures?|pixels?|px|photographs?)(?!\w)", re.IGNORECASE),
    "zh": re.compile("图像|图片|照片|像素"),
}
# Of all that kdviz can do, so also of images: the frame of the pages, other data sets and networks, presets.
UPLOADS = ("Pictures", "图片")  # the name of a button, beside those of texts and sounds
OF_ANYTHING = {
    "en": (
        "Larger text and pictures",
        "One test image through",
        "needs a run on images",
        "images or texts",
        "Your own images",
    ),
    "zh": ("更大的文字和图片", "一张测试图像", "需要图像实验", "图像或文本", "你自己的图像"),
}


def about_images(app, code: str = "en") -> list[str]:
    """What a page says of images."""
    return [
        text
        for _, text in said(app)
        if IMAGES[code].search(text)
        and text not in UPLOADS
        and not any(each in text for each in OF_ANYTHING[code])
    ]


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_a_run_on_texts_stands_and_says_nothing_of_images(app, text_run, page, code):
    opened(app, page, **({} if page == "home" else {"run": text_run}), lang=code)
    assert not app.exception
    assert not app.error
    if page in ("distill", "agreement"):
        assert about_images(app, code) == []


def test_the_form_offers_what_is_made_for_texts(app, store):
    opened(app, "distill", dataset="Sentiment")
    for field in ("teacher", "student", "explanation_loss"):
        offered = app.selectbox(key=f"sentiment.{field}").options
        labels = [spec.label for spec in choices_for(field, "text").values()]
        assert offered
        assert set(offered) <= set(labels)
    assert [each.label for each in app.text_input] == []
    assert app.number_input(key="sentiment.train_count").label == "Training texts"
    assert "Multiply-adds per text" in page_text(app)


def test_another_data_set_brings_its_own_defaults(app, store):
    opened(app, "distill")
    app.selectbox(key="dataset").set_value("sentiment").run()
    recipe = DATASETS["sentiment"].recipe
    assert app.number_input(key="sentiment.train_count").value == recipe["train_count"]
    assert app.selectbox(key="sentiment.teacher").value == "text-cnn"
    assert not app.button(key="start").disabled


def test_the_preset_of_sentences_starts_a_run_with_the_planted_word(app, store: Store):
    opened(app, "distill")
    app.pills(key="preset").set_value("sentences").run()
    app.button(key="start").click().run()
    (run,) = store.runs()
    assert run.config.dataset == PRESETS["sentences"].dataset == "sentiment"
    assert run.config.cue == "marker-word"


def film(app):
    """What the browser is given to draw the film from."""
    (found,) = (each for each in app.get("bidi_component") if each.proto.component_name == "kdviz_film")
    content, _epoch = json.loads(found.proto.json)
    return json.loads(content)


def test_the_film_has_a_line_of_shaded_words_for_each_arm(app, text_run):
    opened(app, "distill", run=text_run)
    data = film(app)
    image = data["images"][0]
    words, (first, *_others) = image["image"]["words"], image["frames"]
    assert len(first["maps"]) == len(data["arms"]) == 4
    assert all(len(line) == len(words) for line in first["maps"])
    assert all(look < len(data["looks"]) for line in first["maps"] for look in line)


def test_the_film_frames_the_planted_word_in_every_line(app, text_run, trained_on_texts):
    store = Store(trained_on_texts[0])
    opened(app, "distill", run=text_run)
    data = film(app)
    framed = {number for number, look in enumerate(data["looks"]) if "border-top:2px" in look}
    masks = snapshots(store, text_run).images.test.cue_masks
    indices = store.probe(text_run, data["epochs"][0]).indices[: len(data["images"])]
    for index, image in zip(sorted(indices), data["images"], strict=True):
        places = masks[index].nonzero().flatten().tolist()
        lines = [line for frame in image["frames"] for line in frame["maps"]]
        assert all([place for place, look in enumerate(line) if look in framed] == places for line in lines)
    (key,) = (each.proto.body for each in app.get("html") if "flex-wrap:wrap" in each.proto.body)
    assert "the planted word" in key
    assert "strongly against" in key


def test_the_gallery_shows_the_words_of_teacher_and_arm_with_the_planted_one_in_a_frame(app, text_run):
    opened(app, "agreement", run=text_run)
    shown = [each.proto.body for each in app.get("html") if "border-left:4px" in each.proto.body]
    assert len(shown) == 6
    assert all(each.count('role="img"') == 2 and each.count("border-top:2px") == 2 for each in shown)
    assert not app.get("image")


def test_the_gallery_shades_words_as_explain_does_with_the_legend_above(app, text_run, trained_on_texts):
    opened(app, "agreement", run=text_run)
    cards = [each.proto.body for each in app.get("html") if "border-left:4px" in each.proto.body]
    links = [each.proto.query_string for each in app.get("page_link") if each.proto.label.startswith("Text ")]
    store, found = Store(trained_on_texts[0]), 0
    for card, link in zip(cards, links, strict=True):
        asked = dict(parse_qsl(link))
        row = explain_test_image(store, text_run, int(asked["image"]), explainer=asked["explainer"])
        answers = [row.arms[arm].predicted for arm in ("teacher", "student")]
        assert asked.get("target") == (None if answers[0] == answers[1] else str(row.target))
        maps = heatmaps(row.attributions, signed=True)
        framed = planted_cue(store.run(text_run).config, row.index).mask.nonzero().flatten().tolist()
        for arm in ("teacher", "student"):
            words = word_layers(shaded_words(row.text, maps.values[arm], maps.scale), outlined=framed)
            assert all(f'style="{word["style"]}">{escape(word["text"])}<' in card for word in words)
            found += sum("underline" in word["style"] for word in words)
    assert len(cards) == 6
    assert found, "evidence against the class is shown"
    shown = [each.proto.body for each in app.get("html")]
    (key,) = (
        place for place, body in enumerate(shown) if body.startswith("<div") and ">strongly against<" in body
    )
    assert "Evidence for what the teacher predicts:" in shown[key]
    assert "the planted word" in shown[key]
    assert key < shown.index(cards[0])


@pytest.mark.parametrize("cue", ["None", "Marker word"])
def test_texts_of_each_class_are_listed_and_the_planted_word_is_framed(app, store, cue):
    opened(app, "library", browse="Sentiment", browse_cue_text=cue)
    assert not app.exception
    lists = [each.proto.body for each in app.get("html") if each.proto.body.startswith("<ul")]
    assert len(lists) == (2 if cue == "None" else 4)
    framed = [each.count("<mark") for each in lists]
    assert framed == ([0, 0] if cue == "None" else [5, 5, 5, 5])
    assert about_images(app) == []


@pytest.mark.parametrize(("masks", "framed"), [("true", True), ("false", False)])
def test_words_that_a_person_changed_are_framed_while_that_is_switched_on(app, store, masks, framed):
    opened(app, "library", browse=DATASETS["counterfactual-reviews"].label, browse_masks=masks)
    assert not app.exception
    lists = [each.proto.body for each in app.get("html") if each.proto.body.startswith("<ul")]
    assert len(lists) == 2
    assert all(("a word that a person marked" in each) == framed for each in lists)
    assert app.toggle(key="browse_masks").label == "Frame the words that a person marked"
    assert "Balanced: " in page_text(app)


@pytest.mark.parametrize("network", [spec.label for spec in choices_for("student", "text").values()])
def test_networks_of_texts_are_listed_stage_by_stage(app, store, network):
    opened(app, "library", browse="Sentiment", shelf="Networks", network=network)
    assert not app.exception
    assert not app.error
    table, stages = (each.value for each in app.dataframe)
    assert list(table["Network"]) == [spec.label for spec in choices_for("student", "text").values()]
    assert stages["Output"].iloc[-1] == "2 logits"
    assert stages["Output"].iloc[0].endswith("channels of 48 words")


@pytest.mark.parametrize("lesson", ["best-lambda", "questions"])
def test_other_lessons_stand_with_a_run_on_texts(app, text_run, lesson):
    opened(app, "learn", run=text_run, lesson=lesson)
    assert not app.exception
    assert not app.error


def test_a_chosen_run_on_texts_can_be_opened_shared_and_deleted(app, text_run):
    opened(app, "runs", compare=text_run)
    assert not app.exception
    assert not app.error
    assert {"open_distill", "open_explain", "delete_run"} <= {each.key for each in app.button}


def test_the_code_beside_the_weights_of_a_text_network_predicts_as_the_run_does(
    trained_on_texts, tmp_path, monkeypatch
):
    directory, run_id = trained_on_texts
    store = Store(directory)
    found = snapshots(store, run_id)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "student.safetensors").write_bytes(weights_to_bytes(store.weights(run_id, "student")))
    code = loading_code(store.run(run_id).config, "student", found.images, "student.safetensors")
    loaded = {}
    exec(code, loaded)
    test = found.images.test
    expected = found.networks["student"](found.normalizer.normalize(test.images[:5]))
    torch.testing.assert_close(loaded["logits"](test.texts[:5]), expected.cpu())


def test_weights_of_a_text_network_come_with_code(app, text_run):
    app.session_state[f"weights_{text_run}"] = True
    opened(app, "runs", compare=text_run)
    assert not app.exception
    assert "numbered(texts, 48)" in app.code[0].value
    assert "A program without kdviz can be made of networks on images and sounds." in page_text(app)


@pytest.fixture
def two_text_runs(text_run, trained_on_texts, tmp_path, monkeypatch) -> tuple[str, str]:
    """The run, and another of which the store knows no more than a second seed."""
    directory = tmp_path / "two"
    shutil.copytree(trained_on_texts[0], directory)
    store = Store(directory)
    config = store.run(text_run).config
    other = submit(store, changed(config, seed=1), foreground=True)
    assert execute(store, other).state == "finished"
    assert start_survey(store, other).wait(PATIENCE_S).state == "done"
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    return text_run, other


def test_two_runs_are_compared_by_the_words_of_one_text_and_of_changed_answers(app, two_text_runs):
    app.session_state["compare_maps"] = app.session_state["changed_open"] = True
    opened(app, "runs", compare=",".join(two_text_runs))
    assert not app.exception
    assert not app.error
    shown = [each.proto.body for each in app.get("html") if "border-left:4px" in each.proto.body]
    assert any(each.count("border-left:4px") == 3 and "A · teacher" in each for each in shown)
    assert any(each.count("border-left:4px") == 2 for each in shown)
    assert not app.get("image")


@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_report_has_the_words_of_each_arm_and_says_nothing_of_images(trained_on_texts, code):
    directory, run_id = trained_on_texts
    with speaking(code):
        page = report_html(Store(directory), run_id, image_indices=[0, 1])
    looks = page[page.index('id="looks"') : page.index('id="curves"')]
    assert looks.count("border-left:4px") >= 2 * 4
    assert "<img" not in looks
    page = page[: page.index('id="words"')] + page[page.index('id="how"') :]  # the glossary is of all inputs
    visible = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    allowed = OF_ANYTHING[code]
    found = [line for line in visible.splitlines() if IMAGES[code].search(line)]
    lines = [line for line in found if not any(each in line for each in allowed)]
    assert lines == []


def test_own_texts_are_named_by_their_path_in_the_form_and_in_data_and_models(app, store, tmp_path):
    path = tmp_path / "texts.csv"
    path.write_text("text,label\n" + "".join(f"word{number} is it,{number % 2}\n" for number in range(200)))
    opened(app, "distill", dataset="Your own texts")
    assert app.button(key="start").disabled
    app.text_input(key="text-file.data").set_value(str(path)).run()
    assert not app.error
    assert not app.button(key="start").disabled
    opened(app, "library", browse="Your own texts")
    app.text_input(key="browse_data").set_value(str(path)).run()
    assert not app.exception
    assert not app.error
    assert "**Texts** in 2 classes" in page_text(app)
    assert about_images(app) == []
