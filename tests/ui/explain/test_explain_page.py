"""Explain: every view, every control, an own picture, and links to all of it."""

import base64
import io
import json
import math
import os
import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from kdviz.comparison import (
    chance_levels,
    cue_effects,
    evidence_on,
    explain_image,
    explain_test_image,
    explainers_offered,
    planted_cue,
    run_images,
)
from kdviz.comparison.input import own_image as own
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import (
    COLOUR_MAPS,
    ColourScale,
    density,
    divider_percent,
    heatmaps,
    map_layer,
    mask_outline,
    signed_density,
    symmetric_limit,
)
from kdviz.figures.style import ARM_STYLES, percent, score
from kdviz.narrative import brightest_spots, cue_headline, cue_meaning, method_line, why_sentence
from kdviz.report import explanation_npz
from kdviz.store import Store
from kdviz.ui.explain import one_image
from kdviz.ui.explain.captions import weights_words
from kdviz.ui.frame.formatting import plain
from kdviz.ui.widgets import caveat
from tests.ui.conftest import opened
from tests.ui.distill.test_distill_page import shown
from tests.ui.home.test_home_page import prepared

__all__ = ["prepared"]

ARMS = ["teacher", "student", "twin (λ = 0)", "placebo"]


def comparers(app):
    """What the browser is given to draw, a comparer each."""
    assert not app.exception
    return [
        json.loads(element.proto.json)
        for element in app.get("bidi_component")
        if element.proto.component_name == "kdviz_comparer"
    ]


def values_of(heatmap):
    """A map as the browser gets it."""
    return map_layer(heatmap, ColourScale(1))["values"]


def names(app):
    (drawn,) = comparers(app)
    return [panel["name"] for panel in drawn["panels"]]


def panel(app, name):
    (drawn,) = comparers(app)
    (found,) = [panel for panel in drawn["panels"] if panel["name"] == name]
    return found


def texts(panel):
    return [line["text"] for line in panel["lines"]]


def menu(app, name):
    return app.selectbox(key=f"{name}_menu")


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


@pytest.fixture
def row(trained, finished):
    return lambda index=0, **asked: explain_test_image(Store(trained[0]), finished, index, **asked)


@pytest.fixture
def images(trained, finished):
    return run_images(Store(trained[0]).run(finished).config)


# --- the views ----------------------------------------------------------------------------------


def test_the_row_is_input_teacher_student_twin_placebo_and_difference(app, finished):
    opened(app, "explain", run=finished)
    (drawn,) = comparers(app)
    assert drawn["mode"] == "row"
    assert names(app) == ["image", *ARMS, "student − teacher"]
    assert "One scale for all maps of " in shown(app)


def test_every_picture_says_in_words_what_is_seen(app, finished):
    opened(app, "explain", run=finished)
    alts = [panel["alt"] for panel in comparers(app)[0]["panels"]]
    assert alts[0].startswith("Test image 0: ")
    for arm, alt in zip(ARMS, alts[1:5], strict=True):
        assert alt.startswith(arm)
    assert all(len(alt) > 20 for alt in alts[1:])
    assert len(set(alts)) == len(alts)


def test_what_is_drawn_is_the_arms_map_on_the_teachers_scale(app, finished, row):
    opened(app, "explain", run=finished, image="2")
    maps = heatmaps(row(2).attributions)
    assert panel(app, "twin (λ = 0)")["heat"] == map_layer(maps.values["twin"], maps.scale)


@pytest.mark.parametrize(
    "asked",
    [{}, {"target": "label"}, {"target": "own"}, {"target": "0"}, {"signed": "true"}, {"intact": "true"}],
)
def test_saved_files_are_the_maps_targets_and_scales_that_are_shown(app, prepared, monkeypatch, asked):
    saved = []
    monkeypatch.setattr(
        one_image, "explanation_downloads", lambda shown, maps, **how: saved.append((shown, maps(), how))
    )
    opened(app, "explain", run=prepared, image="1", colours="viridis", opacity="50", grid="true", **asked)
    ((shown, maps, how),) = saved
    assert maps.explanation is shown
    (drawn,) = comparers(app)
    by_name = {each["name"]: each for each in drawn["panels"]}
    for arm, of in maps.explanation.arms.items():
        panel = by_name[ARM_STYLES[arm].label]
        panel = panel["own"] if drawn["ownFirst"] and panel["own"] else panel
        assert panel["heat"] == map_layer(maps.values[arm], maps.scales[arm], grid=True)
        (explained,) = [each["target"] for each in panel["shares"] if each["explained"]]
        assert of.target == explained
    assert (how["grid"], how["opacity"], drawn["opacity"]) == (True, 0.5, 50)
    with np.load(io.BytesIO(explanation_npz(maps.explanation))) as arrays:
        for arm, of in maps.explanation.arms.items():
            assert arrays[f"target_{arm}"] == of.target


def test_every_method_that_both_networks_can_do_can_be_chosen(app, finished, trained):
    offered = explainers_offered(Store(trained[0]).run(finished).config)
    opened(app, "explain", run=finished)
    assert menu(app, "explainer").options == [spec.label for spec in offered]


def test_two_arms_can_be_swiped_over_one_another(app, finished):
    opened(app, "explain", run=finished, view="swipe")
    assert names(app) == ["student", "twin (λ = 0)", "twin (λ = 0) − student"]
    menu(app, "left").set_value("teacher").run()
    menu(app, "right").set_value("student").run()
    assert names(app) == ["teacher", "student", "student − teacher"]
    assert "teacher" not in menu(app, "right").options, "an arm is not compared with itself"
    assert app.query_params["left"] == "teacher"
    assert app.query_params["right"] == "student"


def test_the_difference_has_the_full_colour_of_the_maps_and_says_so(app, finished, row):
    opened(app, "explain", run=finished)
    top = max(1.0, density(row().arms["teacher"].attribution).max())
    said = texts(panel(app, "student − teacher"))
    assert f"Full colour is, as in the maps, {top:.1f} times an even spread." in said


def test_a_map_that_is_faint_on_the_teachers_scale_says_so(app, finished, monkeypatch):
    """The teacher's has one cell, the student's four of sixteen times less."""

    def peaked(*asked, **others):
        row = explain_test_image(*asked, **others)
        one, four = np.zeros((8, 8), np.float32), np.zeros((8, 8), np.float32)
        one[3, 3], four[::2, ::2] = 1, 1
        sure, arms = np.eye(len(row.classes), dtype=np.float32)[row.target], dict(row.arms)
        for arm, heat in (("teacher", one), ("student", four)):
            arms[arm] = replace(arms[arm], attribution=heat, probabilities=sure, target=row.target)
        return replace(row, arms=arms)

    monkeypatch.setattr("kdviz.ui.explain.explained.explain_test_image", peaked)
    opened(app, "explain", run=finished)
    faint = f"Faint here: at most {percent(4 / 64, 0)} of full colour."
    assert faint in texts(panel(app, "student"))
    assert not any(line.startswith("Faint") for line in texts(panel(app, "teacher")))


def test_all_methods_are_shown_a_row_each_on_a_scale_of_its_own(app, finished, row, trained):
    offered = explainers_offered(Store(trained[0]).run(finished).config)
    opened(app, "explain", run=finished, view="methods")
    drawn = comparers(app)
    assert len(drawn) == len(offered) > 10
    for spec, each in zip(offered, drawn, strict=True):
        assert [panel["name"] for panel in each["panels"]] == [*ARMS, "student − teacher"]
        assert not any(panel["shares"] for panel in each["panels"])
        score_of = row(explainer=spec.name).arms["student"].scores["cosine"]
        for arm, drawn_panel in zip(row().arms, each["panels"], strict=False):
            heat = density(row(explainer=spec.name).arms[arm].attribution)
            thinly = {
                "text": "Nearly even: this map hardly points anywhere.",
                "about": f"Its highest value is {heat.max():.1f} times an even spread.",
                "folded": False,
            }
            assert (thinly in drawn_panel["lines"]) == (heat.max() < 2)
        line = each["panels"][1]["lines"][1]
        known = f"Raw cosine {score(score_of)}" in line["about"]
        assert (
            known
            or line["text"] == "No agreement: chance is not measured for this method."
            or line["text"] == "No agreement: one of the two maps has no evidence for this class."
            or "Undefined" in line["text"]
        )
    assert not any(each["controls"] for each in drawn)
    assert "explainer_menu" not in {box.key for box in app.selectbox}, "there is nothing to choose"


@pytest.mark.parametrize("view", ["row", "swipe", "methods"])
def test_a_map_on_the_border_has_a_warning(app, finished, monkeypatch, view):
    def bordered(*asked, **others):
        row = explain_test_image(*asked, **others)
        ring = np.ones((8, 8), np.float32)
        ring[1:-1, 1:-1] = 0
        student = replace(row.arms["student"], attribution=ring)
        return replace(row, arms={**row.arms, "student": student})

    monkeypatch.setattr("kdviz.ui.explain.explained.explain_test_image", bordered)
    opened(app, "explain", run=finished, view=view, left="student", right="teacher")
    warning = "100\N{NO-BREAK SPACE}% of the evidence is at the border, 44\N{NO-BREAK SPACE}% of the image"
    panels = {
        panel["name"]: [line["about"] for line in panel["lines"]] for panel in comparers(app)[0]["panels"]
    }
    assert any(line.startswith(warning) for line in panels["student"])
    assert not any(line.startswith(warning) for line in panels["teacher"])


def test_a_map_on_a_patch_at_the_border_has_no_warning(app, finished, trained, monkeypatch):
    """The student's on the patch, the twin's in the opposite corner."""
    cue = planted_cue(Store(trained[0]).run(finished).config, 0)
    on_cue = (cue.mask.numpy().reshape(8, 2, 8, 2).mean((1, 3)) > 0).astype(np.float32)

    def cornered(*asked, **others):
        row = explain_test_image(*asked, **others)
        heats = {"student": on_cue, "twin": on_cue[::-1, ::-1].copy()}
        arms = {arm: replace(row.arms[arm], attribution=heat) for arm, heat in heats.items()}
        return replace(row, arms={**row.arms, **arms})

    monkeypatch.setattr("kdviz.ui.explain.explained.explain_test_image", cornered)
    opened(app, "explain", run=finished)
    warned = {
        each: "Most of it at the edge: this may be an artefact." in texts(panel(app, each))
        for each in ARMS[1:3]
    }
    assert warned == {"student": False, "twin (λ = 0)": True}


def test_a_method_of_all_can_be_opened_by_itself(app, finished):
    opened(app, "explain", run=finished, view="methods", image="3")
    press(app, "**Saliency**")
    assert names(app)[0] == "image"
    assert menu(app, "explainer").value == "saliency"
    assert app.number_input(key="image").value == 3


# --- what can be asked --------------------------------------------------------------------------


def test_scores_and_answers_are_those_of_the_lens(app, finished, row, trained):
    opened(app, "explain", run=finished, image="2")
    assert not app.dataframe
    app.session_state["numbers_open"] = True
    app.run()
    student = row(2).arms["student"]
    predicted = row(2).classes[student.predicted]
    answers, measured = (table.value for table in app.dataframe)
    assert sorted(answers["class"]) == sorted(row(2).classes)
    assert answers["teacher"].is_monotonic_decreasing
    answers, measured = answers.set_index("class"), measured.set_index("Measure")
    assert answers.loc[predicted, "student"] == pytest.approx(100 * student.probabilities.max(), rel=1e-7)
    assert measured.loc["Cosine", "student"] == pytest.approx(student.scores["cosine"], abs=0)
    raw, level = student.scores["cosine"], chance_levels(Store(trained[0]), finished)["student"]["cosine"]
    drawn, corrected = panel(app, "student"), (raw - level) / (1 - level)
    below = "Below chance: less like the teacher's map than those of other images are."
    about = below if corrected < 0 else "Agreement with the teacher, corrected for chance."
    assert {
        "text": f"Agreement: {score(corrected)}",
        "about": f"{about} Raw cosine {score(raw)}, chance {score(level)}; 0 is chance, 1 the same map.",
        "folded": False,
    } in drawn["lines"]
    shares = {each["name"]: each["share"] for each in drawn["shares"]}
    assert shares == pytest.approx(dict(zip(row(2).classes, student.probabilities, strict=True)), rel=1e-5)


@pytest.mark.parametrize("method", ["integrated-gradients", "saliency", "occlusion", "attention"])
def test_every_method_draws_a_row(app, finished, method):
    opened(app, "explain", run=finished, explainer=method)
    assert names(app) == ["image", *ARMS, "student − teacher"]
    assert menu(app, "explainer").value == method
    assert not any("being measured" in line for line in texts(panel(app, "student")))


def test_a_method_can_also_be_asked_for_by_its_label(app, finished):
    opened(app, "explain", run=finished, explainer="Integrated gradients")
    assert menu(app, "explainer").value == "integrated-gradients"
    assert app.query_params["explainer"] == "integrated-gradients"


def test_a_complete_method_tells_how_nearly_its_parts_make_the_sum(app, finished):
    opened(app, "explain", run=finished, explainer="integrated-gradients")
    assert any("Completeness gap: " in line for line in texts(panel(app, "teacher")))
    menu(app, "explainer").set_value("saliency").run()
    assert not any("Completeness gap: " in line for line in texts(panel(app, "teacher")))


def test_a_baseline_is_offered_where_the_method_takes_one(app, finished, row):
    opened(app, "explain", run=finished)
    assert "baseline_menu" not in {box.key for box in app.selectbox}
    menu(app, "explainer").set_value("occlusion").run()
    menu(app, "baseline").set_value("black").run()
    heat = {
        arm: density(of.attribution) for arm, of in row(explainer="occlusion", baseline="black").arms.items()
    }
    assert panel(app, "teacher")["heat"]["values"] == values_of(heat["teacher"])
    assert app.query_params["baseline"] == "black"
    assert "Baseline: Black." in shown(app)


def test_a_class_can_be_asked_about_that_nobody_predicted(app, finished):
    opened(app, "explain", run=finished)
    menu(app, "target").set_value("1").run()
    assert "the evidence for **below**" in shown(app)
    assert app.query_params["target"] == "1"


def test_the_label_can_be_asked_about(app, finished, row):
    opened(app, "explain", run=finished, target="label", image="1")
    assert f"the evidence for **{row(1).classes[row(1).label]}**, the label." in shown(app)


def test_each_models_own_answer_is_not_compared_across_classes(app, finished, monkeypatch):
    def apart(*asked, target, **others):
        """What a look is where the twin says "below", which a tiny run's never does."""
        assert target == "own"
        row = explain_test_image(*asked, target=target, **others)
        twin = replace(row.arms["twin"], target=1, scores={"cosine": math.nan})
        teacher = replace(row.arms["teacher"], target=0)
        return replace(row, arms={**row.arms, "teacher": teacher, "twin": twin})

    monkeypatch.setattr("kdviz.ui.explain.explained.explain_test_image", apart)
    monkeypatch.setattr("kdviz.ui.explain.one_image.tables", lambda *asked, **named: None)
    opened(app, "explain", run=finished, target="own", view="swipe", left="teacher", right="twin")
    _teacher, drawn, difference = comparers(app)[0]["panels"]
    assert "Evidence for below, another class: agreement is undefined." in texts(drawn)
    assert difference["heat"]["values"] is None
    assert texts(difference) == ["Undefined: the two are explained for different classes."]
    assert "Shown: each network's evidence for its own prediction." in shown(app)


def test_an_arm_that_predicts_another_class_can_be_explained_for_it(app, finished, row):
    """On its own scale, without a rerun: what the browser shows instead is sent along."""
    opened(app, "explain", run=finished, target="1", image="2")
    explained, own = row(2, target=1), row(2, target="own")
    assert not comparers(app)[0]["ownFirst"], "a class was chosen"
    for arm, name in zip(explained.arms, ARMS, strict=True):
        drawn, predicted = panel(app, name), own.arms[arm].predicted
        if predicted == 1:
            assert drawn["own"] is None
            continue
        assert drawn["choice"] == [own.classes[predicted], "below"]
        heat = density(own.arms[arm].attribution)
        assert drawn["own"]["heat"] == map_layer(heat, ColourScale(max(1.0, heat.max())))
        said = texts(drawn["own"])
        scale = f"Own colour scale: full colour is {max(1.0, heat.max()):.1f} times an even spread."
        assert [line for line in said if line.startswith("Own")] == [scale] * bool(np.isfinite(heat).all())
        assert ("Nearly even: this map hardly points anywhere." in said) == (heat.max() < 2)
        if arm != "teacher" and np.isfinite(density(explained.arms[arm].attribution)).all():
            compared = math.isfinite(explained.arms[arm].scores["cosine"])
            told = [line["about"] for line in drawn["own"]["lines"]]
            assert any("By the maps for below." in about for about in told) == compared
            assert ("No agreement: one of the two maps has no evidence for this class." in said) != compared
        marked = [share["target"] for share in drawn["own"]["shares"] if share["explained"]]
        assert marked == [predicted]
    assert any(panel(app, name)["own"] for name in ARMS)


def test_a_network_that_is_wrong_is_first_explained_for_what_it_predicts(app, finished, monkeypatch):
    """Unless a class was chosen; side by side and under a divider."""

    def wrong(*asked, target, **others):
        """What a look is where the twin predicts "below", which a tiny run's never does."""
        row = explain_test_image(*asked, target=target, **others)
        twin = replace(
            row.arms["twin"], probabilities=np.array([0.2, 0.8]), target=1 if target == "own" else 0
        )
        return replace(row, arms={**row.arms, "twin": twin})

    monkeypatch.setattr("kdviz.ui.explain.explained.explain_test_image", wrong)
    opened(app, "explain", run=finished)
    assert comparers(app)[0]["ownFirst"]
    assert panel(app, "twin (λ = 0)")["choice"] == ["below", "above"]
    assert "Shown: each network's evidence for its own prediction." in shown(app)
    assert "Agreement and the difference compare maps for above, the teacher's." in shown(app)
    menu(app, "target").set_value("0").run()
    assert not comparers(app)[0]["ownFirst"]
    opened(app, "explain", run=finished, view="swipe", target="teacher")
    assert comparers(app)[0]["ownFirst"]
    assert comparers(app)[0]["panels"][1]["choice"] == ["below", "above"]


def test_by_every_method_each_network_is_shown_for_its_own_answer_with_the_cue_outlined(
    app, finished, monkeypatch
):
    """As side by side; agreement and difference say for which class they are."""

    def wrong(*asked, target, **others):
        row = explain_test_image(*asked, target=target, **others)
        teacher = replace(row.arms["teacher"], probabilities=np.array([0.9, 0.1]))
        student = replace(
            row.arms["student"], probabilities=np.array([0.2, 0.8]), target=1 if target == "own" else 0
        )
        return replace(row, arms={**row.arms, "teacher": teacher, "student": student})

    monkeypatch.setattr("kdviz.ui.explain.explained.explain_test_image", wrong)
    opened(app, "explain", run=finished, view="methods", image="2")
    first, correct = comparers(app)[0], {True: "✓ correct", False: "✗ wrong"}
    _teacher, student, *_others, difference = first["panels"]
    assert not student["own"], "one map each: which class is the page's own choice"
    assert texts(student)[0] == f"Predicts below (80.0\N{NO-BREAK SPACE}%), {correct[label_of(app) == 1]}"
    (agreement,) = [line["about"] for line in student["lines"] if line["text"].startswith("Agreement: ")]
    assert "By the maps for above." in agreement
    assert texts(difference)[-1] == "Both maps are for above."
    assert all(each["cue"]["text"].startswith("in training, ") for each in comparers(app))


def label_of(app):
    """The number of the class of the test image that is shown."""
    return ["above", "below"].index(re.search(r"Label \*\*(\w+)\*\*", shown(app))[1])


def test_an_undefined_map_is_hatched_and_says_why(app, finished, row, images):
    index, place = next(
        (index, place)
        for index in range(len(images.test))
        for place, of in enumerate(row(index, target=1).arms.values(), start=1)
        if of.attribution.max() <= 0
    )
    opened(app, "explain", run=finished, target="1", image=str(index))
    if place == 1:
        assert "the maximum of all arms, as the teacher's map is undefined." in shown(app)
    drawn = comparers(app)[0]["panels"][place]
    assert drawn["heat"]["values"] is None
    assert "Undefined: no positive evidence for this class." in texts(drawn)
    assert drawn["alt"].endswith("the map is undefined.")


def test_a_link_with_a_setting_that_the_page_lacks_says_so_once(app, finished):
    said = "method: there is no such setting here, so the link's is left out."
    opened(app, "explain", run=finished, method="foo", view="swipe", signed="true")
    assert said in [warning.value for warning in app.warning]
    assert set(app.query_params) == {"run", "view", "signed"}
    press(app, "Next")
    menu(app, "explainer").set_value("saliency").run()
    assert not app.warning


def test_the_cue_can_be_put_back(app, finished):
    opened(app, "explain", run=finished)
    before = comparers(app)[0]["image"]["url"]
    app.toggle(key="intact").set_value(True).run()
    assert comparers(app)[0]["image"]["url"] != before


def test_next_and_previous_go_round_the_test_set(app, finished, images):
    opened(app, "explain", run=finished)
    press(app, "Next")
    assert app.number_input(key="image").value == 1
    press(app, "Previous")
    press(app, "Previous")
    assert app.number_input(key="image").value == len(images.test) - 1


# --- how it is drawn ----------------------------------------------------------------------------


def test_the_real_grid_sends_the_maps_own_cells(app, finished, row):
    opened(app, "explain", run=finished, grid="true")
    drawn = panel(app, "student")
    size = drawn["heat"]["height"], drawn["heat"]["width"]
    assert size == row().arms["student"].attribution.shape
    assert drawn["heat"]["grid"]


def test_outlines_are_drawn_on_request_the_teachers_on_the_others_maps_as_well(app, finished):
    opened(app, "explain", run=finished)
    assert not any(panel["outlines"] for panel in comparers(app)[0]["panels"])
    app.toggle(key="outline").set_value(True).run()
    lines = {panel["name"]: len(panel["outlines"]) for panel in comparers(app)[0]["panels"]}
    assert lines == dict(zip(["image", *ARMS, "student − teacher"], [4, 1, 2, 2, 2, 2], strict=True))


def test_the_object_is_outlined_where_its_mask_is_known_unless_that_is_switched_off(app, prepared, store):
    mask = run_images(store.run(prepared).config).object_mask(3)
    opened(app, "explain", run=prepared, image="3")
    assert [each["outlines"] for each in comparers(app)[0]["panels"]] == [[mask_outline(mask)]] * 6
    app.toggle(key="object_outline").set_value(False).run()
    assert not any(each["outlines"] for each in comparers(app)[0]["panels"])


def legend(app):
    """The names of the lines in the legend, of each one on the page."""
    drawn = [each.value for each in app.html if "data:image/svg" in each.value or "border:3px" in each.value]
    return [list(filter(None, re.split("<[^>]*>", each))) for each in drawn]


def test_under_the_maps_stands_what_is_outlined_on_them(app, finished):
    opened(app, "explain", run=finished)
    assert legend(app) == [["Solid: the patch"]]
    app.toggle(key="outline").set_value(True).run()
    highest = [f"{arm}: the highest 20 % of its map" for arm in ARMS]
    assert legend(app) == [["Solid: the patch", *highest]]
    opened(app, "explain", run=finished, view="swipe", outline="true")
    swiped = [f"{arm}: the highest 20 % of its map" for arm in ARMS[:3]]
    assert legend(app) == [["Solid: the patch", *swiped]]
    opened(app, "explain", run=finished, view="methods", outline="true")
    assert legend(app) == [["Solid: the patch", *highest]], "once, not in every row"


def test_the_legend_has_the_object_while_it_is_outlined(app, prepared):
    opened(app, "explain", run=prepared, image="3")
    assert legend(app) == [["Solid: the patch", "Thin: the object"]]
    app.toggle(key="object_outline").set_value(False).run()
    assert legend(app) == [["Solid: the patch"]]


def test_among_all_methods_it_is_said_where_the_highest_cells_are_above_full_colour(app, finished, row):
    opened(app, "explain", run=finished, view="methods")
    assert (
        "In maps of many cells, the teacher's highest 0.5\N{NO-BREAK SPACE}% are above full colour."
        in shown(app)
    )
    limits = []
    for spec in explainers_offered(Store(os.environ["KDVIZ_RUNS_DIR"]).run(finished).config):
        maps = heatmaps(row(explainer=spec.name).attributions, clip=True)
        limits += [maps.scale.limit] if maps.clipped else []
    said = [each.value for each in app.caption if each.value.startswith("Full colour: ")]
    assert [each.split()[2] for each in said] == [f"{limit:.1f}" for limit in limits]


@pytest.mark.parametrize("colours", COLOUR_MAPS)
def test_colours_can_be_chosen(app, finished, row, colours):
    opened(app, "explain", run=finished, colours=colours)
    maps = heatmaps(row().attributions, colours=colours)
    assert maps.scale.palette == colours
    assert panel(app, "teacher")["heat"] == map_layer(maps.values["teacher"], maps.scale)


def test_what_speaks_against_the_class_is_shown_on_request(app, finished, row):
    opened(app, "explain", run=finished, explainer="occlusion", signed="true")
    maps = {arm: signed_density(of.attribution) for arm, of in row(explainer="occlusion").arms.items()}
    scale = ColourScale(symmetric_limit([maps["teacher"]]), signed=True)
    expected = map_layer(maps["twin"], scale)
    assert panel(app, "twin (λ = 0)")["heat"] == expected
    assert "Orange is evidence for the class, purple against it." in shown(app)
    menu(app, "explainer").set_value("saliency").run()
    assert "signed" not in {toggle.key for toggle in app.toggle}, "saliency has no sign"
    assert "Positive part only." in shown(app)


# --- links --------------------------------------------------------------------------------------


def test_a_link_opens_the_same_view(app, finished):
    link = {
        "view": "swipe", "left": "teacher", "right": "placebo", "explainer": "occlusion", "target": "own",
        "baseline": "blur", "opacity": "35", "divider": "80", "apart": "yes", "colours": "greys",
    }  # fmt: skip
    opened(app, "explain", run=finished, image="4", grid="true", outline="true", intact="true", **link)
    (drawn,) = comparers(app)
    assert names(app) == ["teacher", "placebo", "placebo − teacher"]
    assert (drawn["opacity"], drawn["divider"], drawn["apart"]) == (35, 80, True)
    assert app.number_input(key="image").value == 4
    for name, value in link.items():
        assert app.query_params[name] == value, name
    assert all(app.toggle(key=key).value for key in ("grid", "outline", "intact"))


def test_a_link_with_nonsense_falls_back_to_the_defaults(app, finished):
    nonsense = {"opacity": "101", "divider": "-1", "apart": "perhaps", "colours": "jet"}
    nonsense |= {"image": "banana", "explainer": "x", "target": "y", "view": "z", "source": "moon"}
    opened(app, "explain", run=finished, **nonsense)
    (drawn,) = comparers(app)
    assert (drawn["mode"], drawn["opacity"], drawn["divider"], drawn["apart"]) == ("row", 90, 50, False)
    assert app.number_input(key="image").value == 0
    assert not set(nonsense) & set(app.query_params)


def test_an_unknown_value_in_a_link_is_said_until_something_is_chosen(app, finished):
    opened(app, "explain", run=finished, explainer="grad-scam")
    said = [r"explainer: there is no 'grad\-scam' here. Shown instead: Grad\-CAM."]
    assert [each.value for each in app.warning] == said
    app.run()
    assert [each.value for each in app.warning] == said
    menu(app, "explainer").set_value("saliency").run()
    assert not app.warning


def test_what_is_as_usual_is_not_in_the_address(app, finished):
    opened(app, "explain", run=finished)
    assert set(app.query_params) == {"run"}


def test_a_run_without_students_says_that_there_is_no_snapshot_yet(app, live_run):
    opened(app, "explain", run=live_run)
    assert "No snapshot yet" in shown(app)


# --- one's own picture --------------------------------------------------------------------------


def as_png(size=(40, 30)):
    pixels = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


def uploaded(app, content, **link):
    opened(app, "explain", source="upload", **link)
    assert not app.get("bidi_component")
    assert "stays in memory" in shown(app)
    return app.file_uploader(key="picture").upload("mine.png", content, "image/png").run()


@pytest.mark.parametrize("view", ["row", "swipe", "methods"])
def test_an_own_picture_is_explained_as_the_networks_see_it(app, finished, trained, images, view):
    uploaded(app, as_png(), run=finished, view=view, left="teacher")
    image, _enlarged = own.prepare_image(as_png(), images)
    seen = explain_image(Store(trained[0]), finished, image)
    first = comparers(app)[0]
    picture = Image.open(io.BytesIO(base64.b64decode(first["image"]["url"].split(",")[1])))
    np.testing.assert_array_equal(np.asarray(picture), seen.image)
    teacher = next(panel for panel in first["panels"] if panel["name"] == "teacher")
    assert teacher["heat"]["values"] == values_of(density(seen.arms["teacher"].attribution))
    assert "the centre, 16 × 16 pixels." in shown(app)


def test_all_of_an_own_picture_can_be_shown_to_the_networks(app, finished, images):
    uploaded(app, as_png(), run=finished, fit="letterbox")
    image, _enlarged = own.prepare_image(as_png(), images, letterbox=True)
    picture = Image.open(io.BytesIO(base64.b64decode(comparers(app)[0]["image"]["url"].split(",")[1])))
    np.testing.assert_array_equal(np.asarray(picture), image[0].permute(1, 2, 0).numpy())
    assert "all of it, 16 × 16 pixels with bars" in shown(app)
    assert menu(app, "fit").value == "letterbox"


def test_nobody_knows_whether_an_answer_to_an_own_picture_is_right(app, finished):
    uploaded(app, as_png(), run=finished, target="label")
    assert "the label" not in menu(app, "target").options
    assert menu(app, "target").value == "teacher"
    said = [line for panel in comparers(app)[0]["panels"] for line in texts(panel)]
    assert not any("✓" in line or "✗" in line for line in said)
    assert "intact" not in {toggle.key for toggle in app.toggle}, "it has no cue"


def test_a_small_picture_is_enlarged_and_that_is_told(app, finished):
    uploaded(app, as_png((8, 8)), run=finished)
    assert "Its shorter side has fewer pixels than that, so this part has been enlarged." in shown(app)


def test_a_file_that_is_no_picture_is_refused_in_one_line(app, finished):
    uploaded(app, b"nonsense", run=finished)
    assert not app.exception
    (error,) = app.error
    assert error.value.startswith("Own picture: this file cannot be read as a picture.")
    assert not app.get("bidi_component")


@pytest.mark.parametrize(("brightest", "warned"), [(39, True), (40, False)])
def test_a_picture_that_is_almost_black_is_warned_of(app, finished, brightest, warned):
    """As 12-bit values in a 16-bit file are."""
    buffer = io.BytesIO()
    Image.new("L", (32, 32), brightest).save(buffer, "PNG")
    uploaded(app, buffer.getvalue(), run=finished)
    assert any("almost black" in warning.value for warning in app.warning) is warned


def test_the_camera_is_asked_for_only_when_it_is_chosen(app, finished):
    opened(app, "explain", run=finished)
    assert not app.get("camera_input")
    opened(app, "explain", run=finished, source="camera")
    assert app.get("camera_input")
    assert "Take a picture above." in shown(app)


# --- the planted cue ----------------------------------------------------------------------------


@pytest.mark.parametrize("index", [0, 1])
def test_the_cue_is_outlined_on_the_maps_and_the_reason_stands_above_them(app, finished, trained, row, index):
    opened(app, "explain", run=finished, image=str(index))
    cue = planted_cue(Store(trained[0]).run(finished).config, index)
    explanation = row(index, target="own")
    (drawn,) = comparers(app)
    top, left, bottom, right = (edge / 16 for edge in cue.box)
    outline = drawn["cue"]
    assert (outline["top"], outline["left"]) == (top, left)
    assert (outline["height"], outline["width"]) == (bottom - top, right - left)
    assert outline["text"] == cue_meaning(cue, explanation)
    assert bytes.fromhex(outline["colour"][1:]) == explanation.image[cue.box[0], cue.box[1]].tobytes()
    assert plain(why_sentence(explanation, cue)) in shown(app)
    effects = cue_effects(Store(trained[0]), finished, index, arms=("twin", "student", "teacher"))
    assert plain(cue_headline(explanation, cue, effects)) in shown(app)


def test_a_helping_cue_is_said_to_be_one_and_can_be_taken_back(app, finished):
    opened(app, "explain", run=finished, intact="true")
    assert "The patch helps here, as in training" in shown(app)
    press_key(app, "cue_undo")
    assert app.toggle(key="intact").value is False
    assert "The patch helps here" not in shown(app)


def test_the_headline_leads_to_the_panel_that_moves_the_cue(app, finished):
    opened(app, "explain", run=finished)
    app.session_state["what_if_open"] = False
    press_key(app, "to_what_if")
    assert app.session_state["what_if_open"]


def test_a_run_opens_where_only_the_twin_is_wrong_and_a_button_leads_to_the_next(app, finished, monkeypatch):
    module = "kdviz.comparison.test_set.only_twin_wrong"
    monkeypatch.setattr(f"{module}.known_only_twin_wrong", lambda store, run: (3, 5))
    opened(app, "explain", run=finished)
    assert app.number_input(key="image").value == 3
    press_key(app, "only_twin_wrong")
    assert app.number_input(key="image").value == 5
    app.number_input(key="image").set_value(0).run()
    assert app.number_input(key="image").value == 0, "what a visitor chooses stays"


def test_a_link_to_an_image_is_followed_although_the_twin_is_wrong_on_another(app, finished, monkeypatch):
    monkeypatch.setattr("kdviz.ui.explain.only_twin_wrong.first_only_twin_wrong", lambda store, run: 3)
    opened(app, "explain", run=finished, image="4")
    assert app.number_input(key="image").value == 4


def test_a_patch_that_is_right_by_luck_is_said_to_be(app, finished, trained, images):
    config = Store(trained[0]).run(finished).config
    opened(app, "explain", run=finished)
    for index in range(6):
        app.number_input(key="image").set_value(index).run()
        lucky = planted_cue(config, index).variant.indicated == int(images.test.labels[index])
        assert ("the patch tells the truth, by luck" in shown(app).replace("\\", "")) == lucky


def test_the_divider_begins_where_something_is_seen_of_both_maps(app, finished, row):
    opened(app, "explain", run=finished, view="swipe", image="2")
    maps = row(2, target="own").arms
    expected = divider_percent(maps["student"].attribution, maps["twin"].attribution)
    assert comparers(app)[0]["divider"] == expected
    opened(app, "explain", run=finished, view="swipe", image="2", divider="70")
    assert comparers(app)[0]["divider"] == 70


def test_an_example_is_the_first_test_image_before_its_patch_until_a_file_is_given(app, finished, images):
    opened(app, "explain", run=finished, source="upload")
    (box,) = app.info
    assert all(name in box.value for name in images.classes), "the classes are named before anything is given"
    press(app, "Try an example")
    (drawn,) = comparers(app)
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(drawn["image"]["url"].split(",")[1]))))
    first = images.plain.images[0].movedim(0, -1).numpy()
    np.testing.assert_array_equal(pixels.reshape(first.shape), first)
    assert not np.array_equal(first, images.test.images[0].movedim(0, -1).numpy())
    assert "An example: the first test image, as it was before anything was planted in it." in shown(app)
    app.file_uploader[0].upload("own.png", as_png()).run()
    assert "An example: the first test image, as it was before anything was planted in it." not in shown(app)


def test_an_own_picture_of_one_colour_is_warned_about(app, finished):
    opened(app, "explain", run=finished, source="upload")
    file = io.BytesIO()
    Image.new("RGB", (20, 20), (128, 128, 128)).save(file, "PNG")
    app.file_uploader[0].upload("grey.png", file.getvalue()).run()
    assert [each for each in app.warning if "almost a single colour" in each.value]
    assert "The evidence is strongest" not in shown(app)


@pytest.mark.parametrize("doubtful", [True, False])
def test_of_an_own_picture_that_is_warned_about_nothing_is_concluded(app, finished, monkeypatch, doubtful):
    monkeypatch.setattr("kdviz.ui.explain.own_input.is_unlike", lambda image, images: doubtful)
    monkeypatch.setattr("kdviz.ui.explain.one_image.brief_twin", lambda *asked: "A conclusion.")
    monkeypatch.setattr("kdviz.ui.explain.one_image.places_sentence", lambda own: "A place.")
    uploaded(app, as_png(), run=finished)
    assert "A place" in shown(app)
    assert (
        bool([each for each in app.warning if "No test image looks like this one" in each.value]) == doubtful
    )
    assert ("A conclusion" in shown(app)) == (not doubtful)


def test_a_button_asks_for_an_own_picture_with_the_controls_open(app, finished):
    opened(app, "explain", run=finished)
    press_key(app, "try_own")
    assert menu(app, "source").value == "upload"
    assert app.toggle(key="explain_controls_switch").value
    assert app.file_uploader
    assert "try_own" not in {button.key for button in app.button}


def test_all_methods_begin_with_where_their_brightest_spots_are(app, finished, trained):
    store = Store(trained[0])
    opened(app, "explain", run=finished, view="methods", image="2")
    cue, peaks = planted_cue(store.run(finished).config, 2), []
    for spec in explainers_offered(store.run(finished).config):
        own = explain_test_image(store, finished, 2, explainer=spec.name, target="own")
        peaks.append({arm: found.peak for arm, found in evidence_on(cue, own).items()})
    assert plain(brightest_spots(peaks, cue, own)) in shown(app)
    assert EXPLAINERS["guided-backprop"].warning in shown(app)
    assert "trust_badge_button" not in {button.key for button in app.button}


def test_a_method_that_a_narrow_screen_folds_has_its_line_and_the_chosen_one_is_open(app, finished, trained):
    store = Store(trained[0])
    opened(app, "explain", run=finished, view="methods", image="2", explainer="occlusion")
    offered, cue = explainers_offered(store.run(finished).config), planted_cue(store.run(finished).config, 2)
    switches = {each.key: each for each in app.toggle if each.key.startswith("method_")}
    assert [each.label for each in switches.values()] == [spec.label for spec in offered]
    assert [key for key, each in switches.items() if each.value] == ["method_occlusion_switch"]
    captions = [each.value for each in app.caption]
    lines = []
    for spec in offered:
        shown_, own = (
            explain_test_image(store, finished, 2, explainer=spec.name, target=target)
            for target in ("teacher", "own")
        )
        lines.append(plain(method_line(shown_, own, cue, {})))
    assert [each for each in captions if each.startswith("student\\:")] == lines, "on narrow screens"
    assert [each for each in captions if each.startswith("Brightest")] == [
        f"Brightest\\: {line}" for line in lines
    ]


def press_key(app, key):
    app.button(key=key).click().run()
    assert not app.exception


def test_an_own_picture_has_no_cue(app, finished):
    opened(app, "explain", run=finished, source="upload")
    file = io.BytesIO()
    Image.new("RGB", (20, 20), (200, 30, 60)).save(file, "PNG")
    app.file_uploader[0].upload("mine.png", file.getvalue()).run()
    assert comparers(app)[0]["cue"] is None
    assert "In training" not in shown(app)


def test_a_stopped_run_says_after_which_epoch_its_weights_were_taken(store, live_run):
    store.set_state(live_run, "cancelled")
    stopped = store.run(live_run)
    said = weights_words(stopped)
    assert said == f"weights after epoch 1 of {stopped.config.epochs}"
    finished = replace(stopped, record=replace(stopped.record, state="finished"))
    assert weights_words(finished) == "weights after the last epoch"


def test_a_teacher_that_only_guesses_is_said_before_its_maps(app, finished, monkeypatch):
    said = "The teacher is not clearly better than guessing, so there is little to learn from it."
    notes = [each.value for each in opened(app, "explain", run=finished).markdown]
    assert notes.count(f":material/warning: {said}") == 1
    monkeypatch.setattr(caveat, "test_counts", lambda run: ())  # unknown
    assert not any(said in each.value for each in app.run().markdown)
