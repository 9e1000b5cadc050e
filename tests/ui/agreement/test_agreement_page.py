"""The Agreement page: empty, computing, failed, stopped and finished; and what it lets one pick."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from kdviz.agreement import MEASURES
from kdviz.comparison import (
    Wanted,
    between_explainers,
    between_measures,
    box_counts,
    calibration,
    explain_test_image,
    explainers_offered,
    known_survey,
    localization_sentence,
    localization_table,
    map_pairs,
    same_order_sentence,
    survey_headline,
    triage,
)
from kdviz.explainers import EXPLAINERS
from kdviz.figures.style import percent
from kdviz.jobs import SurveyJob, start_survey, survey_job
from kdviz.jobs.surveys import SurveyProgress
from kdviz.store import Store
from kdviz.ui.agreement import rank_correlation as same_order
from kdviz.ui.agreement import summary as agreement
from kdviz.ui.agreement.localization import exact_ground
from kdviz.ui.agreement.measures import measures_table
from kdviz.ui.agreement.triage import images_table, packed, selected, unpacked
from tests.ui.conftest import opened
from tests.ui.distill.test_distill_page import shown
from tests.ui.test_every_page import pictures


@pytest.fixture
def graded(trained, finished):
    """The run's surveys by both explainers, made before the page is opened."""
    store = Store(trained[0])
    for explainer in ("grad-cam", "integrated-gradients", "saliency"):
        assert start_survey(store, finished, explainer).wait(60).state == "done"
    return known_survey(store, finished, "grad-cam")


@pytest.fixture
def job(monkeypatch):
    """A survey that never gets further by itself."""
    made = SurveyJob(lambda: iter(()))
    monkeypatch.setattr(agreement, "known_survey", lambda *asked: None)
    monkeypatch.setattr(agreement, "survey_job", lambda *asked: made)
    return made


def ended(job, progress):
    job._progress = progress
    job._ended.set()


def test_without_a_run_the_page_says_what_it_will_hold(app):
    opened(app, "agreement")
    assert "Nothing to grade yet" in shown(app)


def test_a_run_that_still_learns_is_graded_later(app, live_run):
    opened(app, "agreement", run=live_run)
    assert "Still learning" in shown(app)
    assert not app.exception


def test_a_run_without_students_says_that_there_is_no_snapshot_yet(app, store, live_run):
    store.set_state(live_run, "failed", "loss: stopped being finite.")
    opened(app, "agreement", run=live_run)
    assert "No snapshot yet" in shown(app)
    assert not app.exception


def test_while_it_computes_there_is_a_bar_with_the_time_left_and_a_stop(app, finished, job):
    job._progress = SurveyProgress("running", "Explaining 48 images: twin", 0.4, 12.0)
    opened(app, "agreement", run=finished)
    assert not app.exception
    (bar,) = app.get("progress")
    assert bar.proto.value == 40
    assert bar.proto.text == "Grad-CAM: Explaining 48 images: twin, about 12 s left …"
    next(button for button in app.button if button.label == "Stop").click().run()
    assert job._stopping


def test_a_survey_that_failed_says_why_and_can_be_made_again(app, finished, job, monkeypatch):
    asked = []
    monkeypatch.setattr(agreement, "start_survey", lambda store, *what: asked.append(what))
    ended(job, SurveyProgress("failed", message="data: the folder has gone."))
    opened(app, "agreement", run=finished)
    assert [error.value for error in app.error] == ["Grad-CAM: data: the folder has gone."]
    assert asked == []
    next(button for button in app.button if button.label == "Try again").click().run()
    assert asked == [(finished, "grad-cam")]


def test_one_that_was_stopped_does_not_begin_again_by_itself(app, finished, job):
    ended(job, SurveyProgress("stopped"))
    opened(app, "agreement", run=finished)
    assert "Grade by Grad-CAM" in [button.label for button in app.button]
    assert "Grading by Grad-CAM was stopped" in shown(app)
    assert not app.exception


def test_a_new_survey_is_made_in_the_background_and_appears(app, finished, trained):
    opened(
        app, "agreement", run=finished, ag_by=EXPLAINERS["layer-cam"].label
    )  # by which no other test grades this run
    survey_job(Store(trained[0]), finished, "layer-cam").wait(60)
    app.run()
    assert not app.exception
    assert "the worst agreement first" in shown(app)


def test_the_headline_is_made_from_the_numbers_of_both_explainers(app, finished, trained, graded):
    opened(app, "agreement", run=finished)
    assert not app.exception
    store = Store(trained[0])
    sayings = [
        survey_headline(graded, known_survey(store, finished, other), trained_on="grad-cam")
        for other in ("integrated-gradients", "saliency")
    ]
    assert any(saying in shown(app) for saying in sayings)


def test_every_picture_chart_and_table_has_a_text(app, finished, graded):
    opened(app, "agreement", run=finished)
    charts = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert [alt.partition(":")[0].partition(",")[0] for alt in charts] == [
        "Agreement",
        "Agreement by class",
        "Agreement and confidence",
        "Other answers than the teacher's",
    ]
    assert all(picture.alt.strip() for picture in pictures(app))


def test_the_worst_image_comes_first_and_leads_to_explain(app, finished, graded):
    opened(app, "agreement", run=finished)
    worst = triage(graded)[0]
    first = next(image for element in app.get("image") for image in element.proto.imgs)
    assert first.alt.startswith(f"Test image {worst.index}: ")
    link = app.get("image")[0].proto.link
    assert link == f"explain?run={finished}&image={worst.index}&explainer=grad-cam"
    assert link.partition("?")[2] in [each.proto.query_string for each in app.get("page_link")]


def test_a_box_is_a_filter_and_pressing_it_again_shows_all(app, finished, graded):
    opened(app, "agreement", run=finished)
    box, held = next((box, held) for box, held in box_counts(graded).items() if box and held)
    app.button(key=f"ag_box_{box}").click().run()
    assert app.selectbox(key="ag_box").value == box
    assert f"**{held:,} of {len(graded):,} images**" in shown(app)
    app.button(key=f"ag_box_{box}").click().run()
    assert f"**{len(graded):,} of {len(graded):,} images**" in shown(app)


def test_a_selection_outlives_the_chart_and_can_be_dropped(app, finished, graded):
    chosen = frozenset(int(index) for index in graded.indices[:3])
    opened(app, "agreement", run=finished)
    app.session_state[f"ag_chosen.{finished}"] = chosen
    app.selectbox(key="ag_measure").set_value("pearson").run()
    assert f"**3 of {len(graded):,} images**" in shown(app)
    next(button for button in app.button if button.label.startswith("Drop the selection of 3")).click().run()
    assert f"**{len(graded):,} of {len(graded):,} images**" in shown(app)


def test_a_link_holds_the_selection_and_the_chart_shows_it(app, finished, graded):
    chosen = frozenset(int(index) for index in graded.indices[2:7])
    opened(app, "agreement", run=finished, ag_chosen=packed(chosen))
    assert f"**5 of {len(graded):,} images**" in shown(app)
    figure = json.loads(
        next(each.proto.spec for each in app.get("plotly_chart") if "scatter" in each.proto.id)
    )
    assert sum(len(trace["selectedpoints"]) for trace in figure["data"]) == 5
    next(button for button in app.button if button.label.startswith("Drop the selection of 5")).click().run()
    assert "ag_chosen" not in app.query_params


@pytest.mark.parametrize("places", [{0}, {0, 7, 8}, {9_999}, set(range(0, 2000, 3))], ids=len)
def test_a_selection_is_a_short_word_and_comes_back_from_it(places):
    word = packed(frozenset(places))
    assert unpacked(word) == places
    assert len(word) < 500
    assert re.fullmatch(r"[\w-]+", word)


@pytest.mark.parametrize("word", ["", "x", "nonsense!", "eJwDAAAAAAE", "é"])
def test_a_word_that_is_no_selection_selects_nothing(word):
    assert unpacked(word) == frozenset()


def test_filters_that_nothing_meets_say_so(app, finished, graded):
    opened(app, "agreement", run=finished)
    app.session_state[f"ag_chosen.{finished}"] = frozenset({10**6})
    app.run()
    assert not app.exception
    assert app.info[0].value.startswith("No image meets all of this.")


def test_every_measure_can_be_chosen(app, finished, graded):
    opened(app, "agreement", run=finished)
    assert app.selectbox(key="ag_measure").options == [spec.label for spec in MEASURES.values()]


def table_of(app, column):
    return next(table.value for table in app.dataframe if column in table.value.columns)


def test_every_arm_says_how_well_it_is_calibrated(app, finished, graded):
    opened(app, "agreement", run=finished)
    said = shown(app)
    for arm in ("student", "twin", "placebo"):
        assert f"Calibration error {percent(calibration(graded, arm))} (teacher " in said


def test_signed_maps_are_compared_without_their_signs_too(graded, finished, trained):
    assert measures_table(graded)["Without signs"].isna().all()
    signed = measures_table(known_survey(Store(trained[0]), finished, "integrated-gradients"))
    assert signed["Without signs"].notna().any()


def test_where_the_cue_is_known_maps_are_held_against_it(app, finished, graded):
    opened(app, "agreement", run=finished)
    table = table_of(app, "Points at it")
    rows = localization_table(graded)
    assert len(table) == len(rows) == 4
    assert table["Points at it"].to_list() == [float(f"{100 * row.hit.value:.1f}") for row in rows]
    assert table["Area"].to_list() == [float(f"{100 * row.area:.1f}") for row in rows]
    assert localization_sentence(graded, "cue") in shown(app)
    assert exact_ground(graded)["share_value"].to_list() == [row.share.value for row in rows]


def test_nothing_is_said_of_masks_where_there_are_none(app, finished, graded, monkeypatch):
    monkeypatch.setattr(agreement, "known_survey", lambda *asked: replace(graded, localization={}))
    opened(app, "agreement", run=finished)
    assert not app.exception
    assert all("Points at it" not in table.value.columns for table in app.dataframe)


def open_drawer(app):
    app.session_state["ag_order"] = True
    app.run()
    assert not app.exception


def test_orders_are_compared_only_in_an_open_drawer(app, finished, graded):
    opened(app, "agreement", run=finished)
    alts = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert not any(alt.startswith("Rank correlations") for alt in alts)
    open_drawer(app)
    found = between_measures(graded, "student")
    assert same_order_sentence(found) in shown(app)
    (alt,) = (chart.proto.alt for chart in app.get("plotly_chart") if chart.proto.alt not in alts)
    assert alt.startswith("Rank correlations: Cosine and Pearson correlation ")
    table = table_of(app, "Pearson correlation")
    np.testing.assert_allclose(table, np.round(found.cells, 3))


def test_explainers_that_have_graded_are_compared_likewise(app, finished, trained, graded, monkeypatch):
    opened(app, "agreement", run=finished, ag_arm="twin (λ = 0)", ag_measure="SSIM")
    app.session_state["ag_order_between"] = "explainers"
    open_drawer(app)
    store = Store(trained[0])
    offered = explainers_offered(store.run(finished).config)
    known = [each for spec in offered if (each := known_survey(store, finished, spec.name)) is not None]
    assert same_order_sentence(between_explainers(known, "twin", measure="ssim")) in shown(app)
    monkeypatch.setattr(
        same_order, "known_survey", lambda store, run, name: graded if name == "grad-cam" else None
    )
    app.run()
    assert app.info[-1].value.startswith("Only Grad-CAM has graded this run.")


@pytest.mark.parametrize("arm", ["twin (λ = 0)", "placebo"])
def test_every_arm_can_be_looked_at(app, finished, graded, arm):
    opened(app, "agreement", run=finished, ag_arm=arm, ag_measure="SSIM", ag_by="Saliency")
    assert not app.exception
    assert app.selectbox(key="ag_by").value == "saliency"
    assert any(arm in chart.proto.alt for chart in app.get("plotly_chart"))


def test_a_link_with_nonsense_falls_back(app, finished, graded):
    opened(app, "agreement", run=finished, ag_by="x", ag_arm="y", ag_measure="z", ag_class="?", ag_box="9")
    assert not app.exception
    assert f"**{len(graded):,} of {len(graded):,} images**" in shown(app)


def test_tables_hold_every_row(graded):
    rows = triage(graded, Wanted(right=False))
    table = images_table(graded, rows, "cosine")
    assert table["image"].tolist() == [row.index for row in rows]
    assert len(measures_table(graded)) == len(MEASURES) * len(graded.scores)


@pytest.mark.parametrize("data", [7, 7.0, [7], (7, "x")])
def test_a_selected_point_names_its_image(data):
    assert selected([{"customdata": data}, {"customdata": None}, {}]) == {7}


@pytest.mark.parametrize("explainer", ["grad-cam", "saliency"])
def test_a_gallerys_maps_are_those_of_explain(finished, trained, explainer):
    store = Store(trained[0])
    for pair in map_pairs(store, finished, (3, 0), "twin", explainer=explainer):
        row = explain_test_image(store, finished, pair.index, explainer=explainer)
        assert (pair.image == row.image).all()
        assert pair.teacher == pytest.approx(row.arms["teacher"].attribution, rel=1e-3, abs=1e-6)
        assert pair.other == pytest.approx(row.arms["twin"].attribution, rel=1e-3, abs=1e-6)
