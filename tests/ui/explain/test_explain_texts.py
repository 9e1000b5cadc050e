"""Explain, of a run on texts: sentences of words with evidence, own and edited texts, the planted word."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from kdviz.comparison import (
    explain_cue_variants,
    explain_image,
    explain_test_image,
    explainers_offered,
    prepare_text,
    run_images,
)
from kdviz.figures.maps import ColourScale, heatmaps, shaded_words, signed_density, word_layers
from kdviz.narrative import strongest_words
from kdviz.store import Store
from kdviz.ui.explain.cue_words import variant_table
from kdviz.ui.explain.edited_text import aligned, change_panels
from kdviz.ui.frame.formatting import plain
from kdviz.vocabulary import words_of
from tests.ui.conftest import opened, page_text

ARMS = ["teacher", "student", "twin (λ = 0)", "placebo"]


def sentences(app, key="sentences"):
    """What the browser is given to draw under a key."""
    assert not app.exception
    found = [
        json.loads(element.proto.json)
        for element in app.get("bidi_component")
        if element.proto.component_name == "kdviz_sentences" and key in element.proto.id
    ]
    return found[0] if found else None


def texts(panel):
    return ["".join(word["gap"] + word["text"] for word in each["words"]) for each in panel["sentences"]]


@pytest.fixture
def run(trained_on_texts, text_run):
    return Store(trained_on_texts[0]), text_run


@pytest.fixture
def row(run):
    return lambda index=0, **asked: explain_test_image(*run, index, **asked)


@pytest.fixture
def images(run):
    return run_images(run[0].run(run[1]).config)


def own(run, images, text, **asked):
    return explain_image(*run, prepare_text(text, images).numbers, text=text, **asked)


def test_every_arm_has_the_sentence_with_its_own_values_on_the_teachers_scale(app, text_run, row):
    opened(app, "explain", run=text_run, image="2")
    drawn, explained = sentences(app), row(2)
    assert [panel["name"] for panel in drawn["panels"]] == [*ARMS, "student − teacher"]
    maps = heatmaps(explained.attributions, signed=True)
    for arm, panel in zip(explained.arms, drawn["panels"], strict=False):
        assert texts(panel) == [explained.text]
        expected = word_layers(shaded_words(explained.text, maps.values[arm], maps.scale))
        assert [word["value"] for word in panel["sentences"][0]["words"]] == [
            word["value"] for word in expected
        ]
        assert panel["alt"].startswith(panel["name"])


@pytest.mark.parametrize("sign", [-1, 1])
def test_an_answer_that_every_word_is_against_is_explained(app, text_run, monkeypatch, sign):
    def one_sided(*asked, **others):
        row = explain_test_image(*asked, **others)
        arms = {arm: replace(of, attribution=sign * abs(of.attribution)) for arm, of in row.arms.items()}
        return replace(row, arms=arms)

    monkeypatch.setattr("kdviz.ui.explain.explained.explain_test_image", one_sided)
    opened(app, "explain", run=text_run, target="own")
    for panel in sentences(app)["panels"][: len(ARMS)]:
        said = " ".join(line["text"] for line in panel["lines"])
        assert ("predicted because every other class scores lower still." in said) == (sign < 0)


def test_what_is_made_for_images_is_not_offered(app, text_run, run):
    opened(app, "explain", run=text_run)
    assert app.selectbox(key="source_menu").options == ["Test set", "Own text"]
    assert app.selectbox(key="explainer_menu").options == [
        spec.label for spec in explainers_offered(run[0].run(text_run).config)
    ]
    keys = {element.key for element in (*app.toggle, *app.selectbox)}
    assert not keys & {
        "grid",
        "outline",
        "object_outline",
        "colours_menu",
        "baseline_menu",
        "fit_menu",
        "signed",
    }
    downloads = [button.label for button in app.get("download_button")]
    assert "Row of maps as PNG" not in downloads
    assert "Shaded text (.html)" in downloads


def test_every_method_draws_the_sentences_under_one_legend_and_what_most_say(app, text_run, run):
    opened(app, "explain", run=text_run, view="methods", image="0")
    offered = explainers_offered(run[0].run(text_run).config)
    drawn = [
        element for element in app.get("bidi_component") if element.proto.component_name == "kdviz_sentences"
    ]
    assert not app.exception
    assert len(drawn) == len(offered) == 9
    parts = [json.loads(element.proto.json) for element in drawn]
    assert all(not part["legend"] and not part["words"]["legend"] and not part["framed"] for part in parts)
    assert [[panel["name"] for panel in part["panels"]] for part in parts] == [ARMS] * 9
    legends = [each.proto.body for each in app.get("html") if "strongly against" in each.proto.body]
    assert len(legends) == 1
    assert "Evidence for what each network predicts:" in legends[0]
    shown = page_text(app)
    assert "Without signs, so in orange alone: Saliency, SmoothGrad, Attention map." in shown
    found = [explain_test_image(*run, 0, explainer=spec.name, target="own") for spec in offered]
    assert plain(strongest_words(found)) in shown


def test_the_planted_word_is_framed_and_named(app, text_run, row, images):
    opened(app, "explain", run=text_run, image="3")
    drawn, place = sentences(app), int(images.test.cue_masks[3].nonzero())
    word = words_of(row(3).text)[place].text
    assert drawn["framed"]["word"] == word
    assert drawn["framed"]["text"].startswith(f"in training, “{word}” meant “")
    for panel in drawn["panels"]:
        framed = ["border-top:" in each["style"] for each in panel["sentences"][0]["words"]]
        assert [number for number, is_framed in enumerate(framed) if is_framed] == [place]
    assert f"In training, “{word}” meant " in page_text(app)


def test_the_signs_can_be_left_out(app, text_run, row):
    opened(app, "explain", run=text_run, image="0", both_signs="false")
    values = heatmaps(row().attributions).values["teacher"]
    shown = sentences(app)["panels"][0]["sentences"][0]["words"]
    assert [word["value"][0] for word in shown if word["value"]] == [
        "+" if value >= 0.005 else "0" for value in values[~np.isnan(values)]
    ]
    assert {word["evidence"] for word in sentences(app)["legend"]} == {"hardly any", "clear", "strong"}


def test_what_is_typed_is_answered_by_all_arms(app, text_run, run, images):
    opened(app, "explain", run=text_run, source="typed")
    assert "Type a text above" in page_text(app)
    assert sentences(app) is None
    text = "zzyqx! I <b>did</b> not like 这部电影 🎉 at all"
    app.text_area(key="typed_text").set_value(text).run()
    explained = own(run, images, text)
    assert [texts(panel) for panel in sentences(app)["panels"]] == [[text]] * 5
    for arm, panel in zip(explained.arms, sentences(app)["panels"], strict=False):
        of = explained.arms[arm]
        assert panel["lines"][0]["text"].startswith(f"Predicts {explained.classes[of.predicted]} (")
    assert "Not in the vocabulary" in page_text(app)
    assert "zzyqx" in page_text(app)
    assert text not in "".join(app.query_params.values()), "it is not in the link"


@pytest.mark.parametrize("shown", [12, 1])
def test_the_classes_that_can_be_predicted_are_named_and_many_of_them_on_hover(
    app, text_run, images, monkeypatch, shown
):
    monkeypatch.setattr("kdviz.ui.explain.own_input._CLASSES", shown)
    opened(app, "explain", run=text_run, source="typed")
    app.text_area(key="typed_text").set_value("not good").run()
    (note,) = [each for each in app.caption if "The models know" in each.value]
    first, second = images.classes
    names = f"{first}, {second}" if shown == 12 else f"{first}, and 1 more"
    text = f"The models know 2 classes: {names}. They predict one of them, whatever the text says."
    assert note.value.endswith(text)
    assert note.help == ("" if shown == 12 else f"{first}, {second}")


def test_the_end_that_is_not_read_is_said(app, text_run):
    opened(app, "explain", run=text_run, source="typed")
    app.text_area(key="typed_text").set_value("good " * 60).run()
    assert "The last 12 words were not read." in page_text(app)
    words = sentences(app)["panels"][0]["sentences"][0]["words"]
    assert [word["evidence"] == "not read" for word in words] == [False] * 48 + [True]
    assert words[-1]["text"] == " ".join(["good"] * 12)


def test_nothing_is_compared_on_a_text_of_unknown_words_alone(app, text_run):
    opened(app, "explain", run=text_run, source="typed")
    for text, unknown, mostly in (
        ("zzyqx qqqxz", True, False),
        ("zzyqx qqqxz good", False, True),
        ("zzyqx good", False, False),
    ):
        app.text_area(key="typed_text").set_value(text).run()
        assert not app.exception
        warned = [each.value for each in app.warning]
        assert ("No word is known to the networks: nothing to compare." in warned) == unknown
        assert (MOSTLY_UNKNOWN in warned) == mostly
        headlines = [each.value for each in app.markdown if "the twin" in each.value]
        assert not (unknown and headlines)


def test_a_text_without_words_is_asked_for_in_one_line(app, text_run):
    opened(app, "explain", run=text_run, source="typed")
    app.text_area(key="typed_text").set_value("   ").run()
    assert "Type a text above" in page_text(app)
    assert not app.error


MOSTLY_UNKNOWN = "Most words are unknown, so this answer means little."


@pytest.mark.parametrize(("edited", "mostly"), [("zzyqx qqqxz good", True), ("zzyqx good", False)])
def test_an_edit_of_mostly_unknown_words_is_said_to_mean_little(app, text_run, edited, mostly):
    opened(app, "explain", run=text_run, image="1")
    edit(app, lambda text: edited)
    (answers,) = [each.value for each in app.markdown if each.value.startswith("After the edit")]
    assert answers.endswith(MOSTLY_UNKNOWN) == mostly


def edit(app, change):
    (field,) = [field for field in app.text_area if field.key.startswith("edited_")]
    field.set_value(change(field.value)).run()
    return field


def test_an_edited_text_stands_beside_the_original(app, text_run, row, run, images):
    opened(app, "explain", run=text_run, image="1")
    assert sentences(app, "edited_sentences") is None, "nothing is computed before something is changed"
    edit(app, lambda text: f"{text} Awful")
    before = row(1, target="own")
    panels = sentences(app, "edited_sentences")["panels"]
    assert [panel["name"] for panel in panels] == ARMS
    for arm, panel in zip(before.arms, panels, strict=True):
        first = before.arms[arm].predicted
        after = own(run, images, f"{before.text} Awful", target=first)
        assert texts(panel) == [before.text, after.text]
        shares = [f"{100 * of.arms[arm].probabilities[first]:.0f} %" for of in (before, after)]
        assert [each["name"] for each in panel["sentences"]] == [
            f"as it was: evidence for {before.classes[first]}",
            f"edited: evidence for {before.classes[first]}",
        ]
        unit = np.nanmean(np.abs(before.arms[arm].attribution))
        shown = [
            float(each["value"].rstrip("×").replace("−", "-")) for each in panel["sentences"][1]["words"]
        ]
        np.testing.assert_allclose(shown, after.arms[arm].attribution[: len(shown)] / unit, atol=0.006)
        said = panel["lines"][0]["text"].replace("\N{NO-BREAK SPACE}", " ")
        assert f"{shares[0]} → {shares[1]}" in said
        same = before.arms[arm].predicted == after.arms[arm].predicted
        assert said.endswith(f". Still predicts {before.classes[before.arms[arm].predicted]}.") == same
    assert re.search("After the edit: the twin (still|now) predicts", page_text(app).replace("\\", ""))


def test_the_original_has_the_colours_of_the_maps_above(row):
    """On the teacher's scale, and a map of another class on its own, which is said."""
    before = row(1, target="own")
    arm, teacher = before.arms["student"], before.arms["teacher"]
    other = replace(before, arms={**before.arms, "student": replace(arm, target=1 - teacher.target)})
    for explanation, alone in ((before, arm.target != teacher.target), (other, True)):
        maps = heatmaps(explanation.attributions, signed=True)
        limit = max(1.0, np.nanmax(np.abs(signed_density(arm.attribution)))) if alone else maps.scale.limit
        scale = ColourScale(limit, signed=True)
        panel = change_panels(explanation, explanation, signed=True)[1]
        expected = word_layers(shaded_words(explanation.text, maps.values["student"], scale))
        drawn = [(word["text"], word["style"]) for word in panel.sentences[0].words]
        assert drawn == [(word["text"], word["style"]) for word in expected]
        said = f"Own colour scale: full colour is {limit:.1f} times the mean strength."
        assert (said in [line.text for line in panel.lines]) == alone


def test_the_colours_of_an_edited_text_follow_a_chosen_class(app, text_run, row):
    opened(app, "explain", run=text_run, image="1", target="0")
    edit(app, lambda text: f"{text} Awful")
    names = {
        each["name"] for panel in sentences(app, "edited_sentences")["panels"] for each in panel["sentences"]
    }
    assert names == {
        f"as it was: evidence for {row(1).classes[0]}",
        f"edited: evidence for {row(1).classes[0]}",
    }


def test_both_texts_are_in_the_unit_of_the_original(row, run, images):
    """So a word whose value is unchanged has the same colour in both."""
    before = row(1)
    same = change_panels(before, before, signed=True)
    for arm, panel in zip(before.arms, same, strict=True):
        first, second = panel.sentences
        assert first.words == second.words
        expected = signed_density(before.arms[arm].attribution)
        shown = [float(word["value"].rstrip("×").replace("−", "-")) for word in first.words if word["value"]]
        np.testing.assert_allclose(shown, expected[~np.isnan(expected)], atol=0.006)
    after = own(run, images, f"{before.text} and so on and on", target=before.target)
    halved = [
        word for word in change_panels(before, after, signed=True)[0].sentences[1].words if word["value"]
    ]
    unit = np.nanmean(np.abs(before.arms["teacher"].attribution))
    first = float(halved[0]["value"].rstrip("×").replace("−", "-"))
    assert first == pytest.approx(after.arms["teacher"].attribution[0] / unit, abs=0.006)


@pytest.mark.parametrize(
    ("first", "second", "numbers"),
    [
        ("a b c", "a b c", ([0, 1, 2], [0, 1, 2], set())),
        ("a b c", "a x c", ([0, 1, 2], [0, 1, 2], {1})),
        ("a b c", "a c", ([0, 1, 2], [0, 2], {1})),
        ("a c", "a b c", ([0, 2], [0, 1, 2], {1})),
        ("a b c", "a x y c", ([0, 1, 4], [0, 2, 3, 4], {1, 2, 3})),
        ("a", "b", ([0], [0], {0})),
    ],
)
def test_words_of_two_texts_share_a_number_where_they_stand_for_each_other(first, second, numbers):
    found = aligned(first.split(), second.split())
    assert (list(found.first), list(found.second), set(found.changed)) == numbers


def test_an_empty_edit_is_answered_in_one_line_and_the_original_brought_back(app, text_run, row):
    opened(app, "explain", run=text_run, image="0")
    edit(app, lambda text: " ")
    assert not app.error
    assert "No word is left." in page_text(app)
    next(button for button in app.button if button.label == "Back to the original").click().run()
    (field,) = [field for field in app.text_area if field.key.startswith("edited_")]
    assert field.value == row(0).text


def test_the_planted_word_can_be_put_away_or_replaced_in_the_edited_text(app, text_run, row, run):
    opened(app, "explain", run=text_run, image="3")
    explained = explain_cue_variants(*run, 3)
    others = [text for number, text in enumerate(explained.variants.texts) if number != explained.planted]
    labels = [button.label for button in app.button if button.label.startswith(("with “", "without “"))]
    assert len(labels) == len(others) == 2
    for label, text in zip(labels, others, strict=True):
        next(button for button in app.button if button.label == label).click().run()
        assert texts(sentences(app, "edited_sentences")["panels"][0]) == [row(3).text, text]


def test_what_every_arm_predicts_with_another_planted_word(app, text_run, run, images):
    opened(app, "explain", run=text_run, image="3")
    table, explained = app.table[0].value, explain_cue_variants(*run, 3)
    assert list(table.columns) == ARMS
    assert len(table) == 3
    order = [explained.planted, *(n for n in range(3) if n != explained.planted)]
    for number, (_name, shown) in zip(order, table.iterrows(), strict=True):
        as_typed = own(run, images, explained.variants.texts[number], target="own")
        for arm, said in zip(as_typed.arms, shown, strict=True):
            name = as_typed.classes[as_typed.arms[arm].predicted]
            assert said.startswith(f"Predicts {name} \\("), "escaped for Markdown"


@pytest.mark.parametrize(("intact", "end"), [(False, ", as in the test text"), (True, ", the truthful word")])
def test_the_first_row_says_whether_the_word_is_that_of_the_test_text(run, intact, end):
    explained = explain_cue_variants(*run, 3, intact=intact)
    planted = explained.variants.cues[explained.planted]
    assert not intact or planted.indicated == explained.label
    first = variant_table(explained).index[0]
    assert first.endswith(f"which meant {explained.classes[planted.indicated]}{end}")


def test_in_chinese(app, text_run):
    opened(app, "explain", run=text_run, lang="zh")
    legend = [word["evidence"] for word in sentences(app)["legend"]]
    assert legend == ["强烈反对", "明显反对", "中性", "明显支持", "强烈支持"]


def test_without_a_planted_word_those_that_a_person_marked_are_framed(app, text_run, row, monkeypatch):
    marked = np.zeros(48, dtype=bool)
    marked[[0, 2]] = True
    monkeypatch.setattr("kdviz.ui.explain.explained._object_mask", lambda *asked: marked)
    monkeypatch.setattr("kdviz.ui.explain.cue.planted_cue", lambda *asked, **others: None)
    opened(app, "explain", run=text_run, image="3")
    drawn = sentences(app)
    assert drawn["framed"] == {"word": "word", "text": "marked by a person"}
    for panel in drawn["panels"]:
        framed = ["border-top:" in each["style"] for each in panel["sentences"][0]["words"]]
        assert [number for number, is_framed in enumerate(framed) if is_framed] == [0, 2]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("", "Evidence for what each network predicts:"),
        ("own", "Evidence for what each network predicts:"),
        ("1", "Evidence for {}:"),
    ],
)
def test_in_front_of_the_colours_stands_which_class_they_are_for(app, text_run, images, target, said):
    opened(app, "explain", run=text_run, **({"target": target} if target else {}))
    assert sentences(app)["words"]["legend"] == said.format(images.classes[1])
