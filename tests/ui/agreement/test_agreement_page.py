"""The Agreement page: empty, computing, failed, stopped and finished; and what it lets one pick."""

import json
import math
import re
import sys
from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import pytest

from kdviz.agreement import MEASURES, share_interval
from kdviz.comparison import (
    ImageFilter,
    UnseenCue,
    alike_above,
    between_explainers,
    between_measures,
    box_counts,
    by_measure,
    calibration,
    confusion_difference,
    cue_removals,
    cue_split,
    explain_test_image,
    explainers_offered,
    known_survey,
    known_trust_card,
    label_counts,
    localization_table,
    map_pairs,
    survey_cue_classes,
    triage,
)
from kdviz.explainers import EXPLAINERS
from kdviz.figures.charts import BOX_STYLES, confusion_alt, confusion_info
from kdviz.figures.style import ARM_STYLES, percent, score
from kdviz.jobs import SurveyJob, start_survey, survey_job
from kdviz.jobs.surveys import SurveyProgress
from kdviz.narrative import (
    Grounds,
    accuracy_gains,
    accuracy_range_text,
    figure_columns,
    figures_caption,
    group_name,
    hardly_ever,
    localization_sentence,
    one_class_sentence,
    percent_text,
    rank_correlation_sentence,
    survey_answer,
    survey_headline,
    training_caveat,
    unseen_cue_warning,
)
from kdviz.narrative import conclusions as conclusions_of
from kdviz.progress import Message, run_to_end
from kdviz.store import Store, grouped
from kdviz.types import BOXES, Interval
from kdviz.ui.agreement import conclusions, one_arm, rank_correlation, summary, survey_progress
from kdviz.ui.agreement.measures import measures_table
from kdviz.ui.agreement.one_arm import images_table
from kdviz.ui.agreement.scatter import packed, unpacked
from kdviz.ui.frame.formatting import plain
from kdviz.ui.widgets import selectable_charts
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened
from tests.ui.distill.test_distill_page import shown
from tests.ui.test_every_page import pictures

NBSP = "\N{NO-BREAK SPACE}"
EXPLAINING = Message("Explaining {count} images: {arm}", {"count": 48, "arm": "twin"})


@pytest.fixture
def graded(trained, finished):
    """The run's surveys by both explainers, made before the page is opened."""
    store = Store(trained[0])
    for explainer in ("grad-cam", "integrated-gradients", "saliency"):
        assert start_survey(store, finished, explainer).wait(PATIENCE_S).state == "done"
    return known_survey(store, finished, "grad-cam")


@pytest.fixture(autouse=True)
def learned(monkeypatch):
    """The teacher of the tiny run only guesses, of which nothing would be concluded."""
    for module in (summary, conclusions):
        monkeypatch.setattr(module, "teacher_guesses", lambda *asked: "")


@pytest.fixture
def job(monkeypatch):
    """A survey that never gets further by itself."""
    made = SurveyJob(lambda: iter(()))
    monkeypatch.setattr(survey_progress, "known_survey", lambda *asked: None)
    monkeypatch.setattr(survey_progress, "survey_job", lambda *asked: made)
    return made


def ended(job, progress):
    job._progress = progress
    job._ended.set()


def subheaders(app):
    return [each.value for each in app.subheader]


def test_without_a_run_the_page_says_what_it_will_hold(app):
    opened(app, "agreement")
    assert subheaders(app) == [":material/compare: No results yet"]


def test_a_run_in_training_is_evaluated_later(app, live_run):
    opened(app, "agreement", run=live_run)
    assert subheaders(app) == [":material/hourglass_empty: Still training"]
    assert not app.exception


def test_a_run_without_students_says_that_there_is_no_snapshot_yet(app, store, live_run):
    store.set_state(live_run, "failed", "loss: stopped being finite.")
    opened(app, "agreement", run=live_run)
    assert subheaders(app) == [":material/hourglass_empty: No snapshot yet"]
    reason = next(each.value for each in app.markdown if each.value.startswith("No student of this run"))
    assert live_run in reason
    assert not app.exception


def test_while_it_computes_there_is_a_bar_with_the_time_left_and_a_stop(app, finished, job):
    job._progress = SurveyProgress("running", EXPLAINING, 0.4, 12.0)
    opened(app, "agreement", run=finished)
    assert not app.exception
    (bar,) = app.get("progress")
    assert bar.proto.value == 40
    assert bar.proto.text == "Grad-CAM: Explaining 48 images: twin, about 12 s left …"
    next(button for button in app.button if button.label == "Stop").click().run()
    assert job._stopping


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (SurveyProgress("running", EXPLAINING, 0.9, 0.4), "Grad-CAM: Explaining 48 images: twin …"),
        (
            SurveyProgress("running", EXPLAINING, 0.4, slowed=True),
            "Grad-CAM: Explaining 48 images: twin. Slower than usual: the computer is busy …",
        ),
    ],
)
def test_a_bar_gives_no_time_below_a_second_and_none_on_a_busy_computer(app, finished, job, progress, text):
    job._progress = progress
    opened(app, "agreement", run=finished)
    assert [bar.proto.text for bar in app.get("progress")] == [text]


def test_a_survey_that_failed_says_why_and_can_be_made_again(app, finished, job, monkeypatch):
    asked = []
    monkeypatch.setattr(survey_progress, "start_survey", lambda store, *what: asked.append(what))
    ended(job, SurveyProgress("failed", message="data: the folder has gone."))
    opened(app, "agreement", run=finished)
    assert [error.value for error in app.error] == ["Grad-CAM: Your files: the folder has gone."]
    assert asked == []
    next(button for button in app.button if button.label == "Try again").click().run()
    assert asked == [(finished, "grad-cam")]


def test_one_that_was_stopped_does_not_begin_again_by_itself(app, finished, job):
    ended(job, SurveyProgress("stopped"))
    opened(app, "agreement", run=finished)
    assert "Evaluate with Grad-CAM" in [button.label for button in app.button]
    assert "The evaluation with Grad-CAM was stopped." in [each.value for each in app.caption]
    assert not app.exception


def test_a_new_survey_is_made_in_the_background_and_appears(app, finished, trained):
    opened(
        app, "agreement", run=finished, ag_by=EXPLAINERS["layer-cam"].label
    )  # by which no other test grades this run
    survey_job(Store(trained[0]), finished, "layer-cam").wait(PATIENCE_S)
    app.run()
    assert not app.exception
    assert "lowest agreement first" in shown(app)


def test_the_list_begins_with_errors_those_that_look_alike_or_the_lowest_agreement(
    app, finished, graded, monkeypatch
):
    """Against orders of the survey's own numbers. Every map above the lowest of unrelated ones is alike."""
    monkeypatch.setattr(sys.modules[triage.__module__], "ALIKE_QUANTILE", 0.0)
    rows = triage(graded)
    lowest = [row.index for row in sorted(rows, key=lambda row: row.score)]
    alike = [row for row in rows if row.box == "wrong-alike" and row.predicted != row.label]
    errors = [row.index for row in sorted(alike, key=lambda row: row.score, reverse=True)]
    errors_first = [*errors, *(index for index in lowest if index not in errors)]
    wrong = [row.index for row in sorted(rows, key=lambda row: (row.predicted == row.label, row.score))]
    assert len({tuple(order[:6]) for order in (errors_first, wrong, lowest)}) == 3
    opened(app, "agreement", run=finished)
    assert listed(app) == wrong[:6]
    assert "errors first, each part with the lowest agreement first" in shown(app)
    app.selectbox(key="ag_sort").set_value("alike").run()
    assert listed(app) == errors_first[:6]
    assert any("two maps look alike above that" in each.value for each in app.caption)
    app.selectbox(key="ag_sort").set_value("lowest").run()
    assert listed(app) == lowest[:6]
    assert "**, lowest agreement first" in shown(app)
    app.segmented_control(key="ag_answer").set_value("right").run()
    assert not app.exception
    assert "ag_sort" not in [each.key for each in app.selectbox]


@pytest.mark.parametrize("undefined", [False, True])
def test_the_gallery_says_what_hatched_means_where_a_map_is_undefined(
    app, finished, graded, monkeypatch, undefined
):
    def found(*asked, **how):
        rows = triage(*asked, **how)
        return (
            [replace(row, score=math.nan, corrected=math.nan, box=None) for row in rows]
            if undefined
            else rows
        )

    monkeypatch.setattr(one_arm, "triage", found)
    opened(app, "agreement", run=finished)
    assert not app.exception
    assert ("Hatched: nothing speaks for that class" in shown(app)) == undefined


def listed(app) -> list[int]:
    """The numbers of the images of the gallery."""
    links = [each.proto.label for each in app.get("page_link")]
    return [int(found[1]) for label in links if (found := re.match(r"Image (\d+) ·", label))]


def test_the_headline_is_made_from_the_numbers_of_both_explainers(app, finished, trained, graded):
    opened(app, "agreement", run=finished)
    assert not app.exception
    store = Store(trained[0])
    held_out = store.run(finished).results["student"].held_out_explainer
    second = known_survey(store, finished, held_out)
    caveat = "The teacher is not clearly better than guessing, so there is little to learn from it."
    answer = survey_answer(graded, second, early=True)
    headline = survey_headline(graded, second, trained_on="grad-cam", early=True)
    one_class = one_class_sentence(store.run(finished).results)
    assert app.markdown[0].value == f"### {answer} {one_class}".strip()
    assert app.markdown[1].value == caveat
    assert app.markdown[2].value.startswith(headline)


def scatters(app):
    """What the browser is given to draw: a scatter of each arm, which one is shown, what is selected."""
    (drawn,) = [
        json.loads(each.proto.json)
        for each in app.get("bidi_component")
        if each.proto.component_name == "kdviz_selectable_charts"
    ]
    return {**drawn, "charts": json.loads(drawn["charts"])}


def test_every_picture_chart_and_table_has_a_text(app, finished, graded):
    opened(app, "agreement", run=finished)
    open_drawer(app, "ag_spread")
    charts = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert [alt.partition(":")[0].partition(",")[0] for alt in charts] == [
        "Agreement with the teacher",
        "Brightest spot on the cue",
        "Agreement per image",
        "Agreement by class",
    ]
    alts = [chart["alt"] for chart in scatters(app)["charts"]]
    assert [alt.partition(":")[0] for alt in alts] == [
        f"Agreement and confidence, {arm}" for arm in ("student", "twin (λ = 0)", "placebo")
    ]
    assert all(picture.alt.strip() for picture in pictures(app))


def test_the_worst_image_comes_first_and_leads_to_explain(app, finished, graded):
    opened(app, "agreement", run=finished)
    arm, measure = app.session_state["ag_arm"], app.session_state["ag_measure"]
    assert (arm, measure) == ("student", "cosine")
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
    next(button for button in app.button if button.label.startswith("Clear the selection of 3")).click().run()
    assert f"**{len(graded):,} of {len(graded):,} images**" in shown(app)


def test_a_link_holds_the_selection_and_the_chart_shows_it(app, finished, graded):
    chosen = frozenset(int(index) for index in graded.indices[2:7])
    opened(app, "agreement", run=finished, ag_chosen=packed(chosen))
    assert f"**5 of {len(graded):,} images**" in shown(app)
    assert scatters(app)["selected"] == sorted(chosen)
    next(button for button in app.button if button.label.startswith("Clear the selection of 5")).click().run()
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
    assert app.info[0].value.startswith("No image meets all conditions.")


def test_every_measure_can_be_chosen(app, finished, graded):
    opened(app, "agreement", run=finished)
    assert app.selectbox(key="ag_measure").options == [spec.label for spec in MEASURES.values()]


def test_measures_of_other_inputs_are_not_offered(app, finished, graded, monkeypatch):
    monkeypatch.setitem(MEASURES, "ssim", replace(MEASURES["ssim"], dimensions=frozenset({1})))
    opened(app, "agreement", run=finished)
    assert not app.exception
    assert "SSIM" not in app.selectbox(key="ag_measure").options
    assert len(app.selectbox(key="ag_measure").options) == len(MEASURES) - 1


def images(app):
    return [image.alt for element in app.get("image") for image in element.proto.imgs]


def table_of(app, column):
    return next(table.value for table in app.dataframe if column in table.value.columns)


def test_every_arm_says_how_well_it_is_calibrated(app, finished, graded):
    opened(app, "agreement", run=finished)
    said = shown(app)
    for arm in ("student", "twin", "placebo"):
        assert f"Calibration error {percent(calibration(graded, arm))} (teacher " in said


def test_signed_maps_are_compared_without_their_signs_too(graded, finished, trained):
    assert measures_table(graded)["Absolute values"].isna().all()
    signed = known_survey(Store(trained[0]), finished, "integrated-gradients")
    wanted = [row.unsigned.corrected for row in by_measure(signed)]
    np.testing.assert_array_equal(measures_table(signed)["Absolute values"], wanted)


def test_where_the_cue_is_known_maps_are_compared_with_it(app, finished, graded):
    opened(app, "agreement", run=finished)
    open_drawer(app, "ag_every")
    rows = localization_table(graded)
    assert [row.arm for row in rows] == ["teacher", "student", "twin", "placebo"]
    table = table_of(app, "Pointing game, %")
    assert table["Arm"].to_list() == ["teacher", "student", "twin (λ = 0)", "placebo"]
    for column, values in {
        "Pointing game, %": [row.hit.value for row in rows],
        "Pointing game, low": [row.hit.low for row in rows],
        "Pointing game, high": [row.hit.high for row in rows],
        "Chance, %": [row.chance for row in rows],
        "Evidence, %": [row.share.value for row in rows],
        "Evidence, low": [row.share.low for row in rows],
        "Evidence, high": [row.share.high for row in rows],
        "Area, %": [row.area for row in rows],
    }.items():
        np.testing.assert_array_equal(table[column], 100 * np.array(values), err_msg=column)
    assert table["Images"].to_list() == [row.n for row in rows]
    assert localization_sentence(graded, "cue") in shown(app)


def test_the_page_begins_with_a_bar_of_agreement_for_each_arm(app, finished, graded):
    opened(app, "agreement", run=finished)
    alt = app.get("plotly_chart")[0].proto.alt
    for row in by_measure(graded):
        if row.measure == "cosine":
            assert f"{ARM_STYLES[row.arm].label} {score(row.score.corrected)}" in alt


def test_titles_of_drawers_state_what_is_found_in_them(app, finished, graded, trained):
    opened(app, "agreement", run=finished)
    titles = [drawer.label for drawer in app.expander]
    student, twin = (percent(float(graded.right(arm).mean())) for arm in ("student", "twin"))
    gain = accuracy_gains(Store(trained[0]).run(finished).results)["student"]
    difference = f"difference {accuracy_range_text(gain)}"
    assert gain.n > 0
    assert f"Accuracy: student {student}, twin (λ = 0) {twin}, {difference}" in titles
    found = {(row.arm, row.measure): row.score.corrected for row in by_measure(graded)}
    ahead = sum(found["student", name] > found["twin", name] for name in graded.measures)
    said = f"Every measure: the student is ahead of its twin by {ahead} of {len(graded.measures)}"
    assert said in titles


def test_then_it_shows_the_maxima_on_the_cue(app, finished, graded):
    opened(app, "agreement", run=finished)
    first = app.get("plotly_chart")[1].proto
    assert first.alt.startswith("Brightest spot on the cue: teacher ")
    rows = localization_table(graded)
    for row in rows:
        assert percent(row.hit.value) in first.alt
    assert first.alt.endswith(f"chance {percent(rows[0].chance)}.")


def test_bars_that_are_all_near_zero_are_put_into_words(app, finished, graded, monkeypatch):
    cue = graded.localization["cue"]
    arms = {arm: replace(each, hit=np.zeros_like(each.hit)) for arm, each in cue.arms.items()}
    never = replace(graded, localization={"cue": replace(cue, arms=arms)})
    monkeypatch.setattr(survey_progress, "known_survey", lambda *asked: never)
    opened(app, "agreement", run=finished)
    assert not app.exception
    assert not [
        chart for chart in app.get("plotly_chart") if chart.proto.alt.startswith("Brightest spot on the cue")
    ]
    assert hardly_ever(never, "cue") in shown(app)


def test_nothing_is_said_of_masks_where_there_are_none(app, finished, graded, monkeypatch):
    monkeypatch.setattr(survey_progress, "known_survey", lambda *asked: replace(graded, localization={}))
    opened(app, "agreement", run=finished)
    open_drawer(app, "ag_every")
    assert not app.exception
    assert ["Measure" in table.value.columns for table in app.dataframe] == [True]


def open_drawer(app, key="ag_order"):
    app.session_state[key] = True
    app.run()
    assert not app.exception


def test_confusions_are_drawn_only_in_an_open_drawer(app, finished, graded):
    opened(app, "agreement", run=finished, ag_arm="placebo")
    alts = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert not any(alt.startswith("Other answers") for alt in alts)
    open_drawer(app, "ag_answers")
    (alt,) = (chart.proto.alt for chart in app.get("plotly_chart") if chart.proto.alt not in alts)
    info = confusion_info("placebo", graded.classes, confusion_difference(graded, "placebo"))
    assert alt == confusion_alt(info)
    assert info.about in [each.value for each in app.caption]


def test_orders_are_compared_only_in_an_open_drawer(app, finished, graded):
    opened(app, "agreement", run=finished)
    alts = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert not any(alt.startswith("Rank correlations") for alt in alts)
    open_drawer(app)
    found = between_measures(graded, "student")
    assert rank_correlation_sentence(found) in shown(app)
    (alt,) = (chart.proto.alt for chart in app.get("plotly_chart") if chart.proto.alt not in alts)
    assert alt.startswith("Rank correlations: Cosine and Pearson correlation ")
    (drawn,) = (chart.proto for chart in app.get("plotly_chart") if chart.proto.alt == alt)
    cells = next(trace["z"] for trace in json.loads(drawn.spec)["data"] if "z" in trace)
    np.testing.assert_array_equal(np.array(cells, dtype=float), found.cells)


def test_explainers_that_have_graded_are_compared_likewise(app, finished, trained, graded, monkeypatch):
    opened(app, "agreement", run=finished, ag_arm="twin (λ = 0)", ag_measure="SSIM")
    app.session_state["ag_order_between"] = "explainers"
    open_drawer(app)
    store = Store(trained[0])
    offered = explainers_offered(store.run(finished).config)
    known = [each for spec in offered if (each := known_survey(store, finished, spec.name)) is not None]
    assert rank_correlation_sentence(between_explainers(known, "twin", measure="ssim")) in shown(app)
    monkeypatch.setattr(
        rank_correlation, "known_survey", lambda store, run, name: graded if name == "grad-cam" else None
    )
    app.run()
    assert app.info[-1].value.startswith("Only Grad-CAM has been evaluated.")


@pytest.mark.parametrize("arm", ["twin (λ = 0)", "placebo"])
def test_every_arm_can_be_looked_at(app, finished, graded, arm):
    opened(app, "agreement", run=finished, ag_arm=arm, ag_measure="SSIM", ag_by="Saliency")
    assert not app.exception
    assert app.selectbox(key="ag_by").value == "saliency"
    drawn = scatters(app)
    assert drawn["charts"][drawn["at"]]["alt"].startswith(f"Agreement and confidence, {arm}:")
    assert images(app)
    assert all(f"{arm} looks" in alt or f"{arm}:" in alt for alt in images(app)), images(app)


def test_a_link_with_nonsense_falls_back(app, finished, graded):
    opened(app, "agreement", run=finished, ag_by="x", ag_arm="y", ag_measure="z", ag_class="?", ag_box="9")
    assert not app.exception
    assert f"**{len(graded):,} of {len(graded):,} images**" in shown(app)


def test_tables_hold_every_row(graded):
    rows = triage(graded, ImageFilter(correct=False))
    table = images_table(graded, rows, "cosine")
    assert table["image"].tolist() == [row.index for row in rows]
    assert (table["arm"] == "student").all()
    assert "cue" not in table
    with_cue = images_table(graded, rows, "cosine", "twin", cue=True)
    named = dict(zip(graded.indices, survey_cue_classes(graded), strict=True))
    assert with_cue["cue"].tolist() == [graded.classes[named[row.index]] for row in rows]
    assert (with_cue["arm"] == "twin").all()
    assert len(measures_table(graded)) == len(MEASURES) * len(graded.scores)


@pytest.mark.parametrize("points", [[7, 7.0, None, [1], "x"], [7]])
def test_a_selected_point_names_its_image(points, monkeypatch):
    monkeypatch.setattr(selectable_charts.st, "session_state", {"chart": {"points": points}})
    assert selectable_charts.chosen_points("chart") == {7}


@pytest.mark.parametrize("explainer", ["grad-cam", "saliency"])
def test_a_gallerys_maps_are_those_of_explain(finished, trained, explainer):
    store = Store(trained[0])
    for pair in map_pairs(store, finished, (3, 0), "twin", explainer=explainer):
        row = explain_test_image(store, finished, pair.index, explainer=explainer)
        assert (pair.image == row.image).all()
        assert pair.teacher == pytest.approx(row.arms["teacher"].attribution, rel=1e-3, abs=1e-6)
        assert pair.other == pytest.approx(row.arms["twin"].attribution, rel=1e-3, abs=1e-6)


def test_an_unknown_explainer_or_measure_in_a_link_is_said_and_dropped(app, finished):
    opened(app, "agreement", run=finished, ag_by="grad-scam", ag_measure="likeness")
    said = [each.value for each in app.warning]
    assert r"ag_by: there is no 'grad\-scam' here. Shown instead: Grad\-CAM." in said
    assert "ag_measure: there is no 'likeness' here. Shown instead: Cosine." in said
    assert not {"ag_by", "ag_measure"} & set(app.query_params)


def test_answers_that_a_cue_decides_without_the_maps_on_it_are_warned_of(app, finished, graded, monkeypatch):
    found = (UnseenCue("twin", 40, Interval(0.05, 0.01, 0.2), 0.03, example=7),)
    for module in (conclusions, summary):
        monkeypatch.setattr(module, "unseen_cues", lambda survey: found)
    opened(app, "agreement", run=finished)
    assert not app.exception
    assert unseen_cue_warning(found) in [each.value for each in app.warning]
    assert f"run={finished}&explainer=grad-cam&image=7&view=row&to=what-if" in [
        each.proto.query_string for each in app.get("page_link")
    ]


def test_what_may_be_concluded_is_in_three_groups_with_the_figures_behind_them(
    app, finished, graded, trained
):
    store = Store(trained[0])
    run = store.run(finished)
    removals = run_to_end(cue_removals(store, finished))
    opened(app, "agreement", run=finished, ag_figures="true")
    assert not app.exception
    known = [known_trust_card(store, finished, arm=arm) for arm in graded.predictions]
    given = Grounds(
        run,
        graded,
        graded,
        cards=[card for card in known if card is not None],
        other=known_survey(store, finished, "integrated-gradients"),
        removals=removals,
        caveat=training_caveat(run, grouped(store.metrics(finished)), label_counts(run.config)),
    )
    text = shown(app)
    for group, found in conclusions_of(given).items():
        assert f"**{group_name(group, early=bool(given.caveat))}**" in text
        assert all(plain(each.text) in text for each in found)
    columns = figure_columns(given)
    concluded, by_cue = (each.value for each in app.table)
    assert list(concluded.columns) == [each.title for each in columns]
    for column in columns:
        spoken = {arm: percent_text(share).replace(" ", NBSP) for arm, share in column.shares.items()}
        assert list(concluded[column.title]) == [spoken.get(arm, "–") for arm in graded.predictions]
    assert any(each.value.startswith(plain(figures_caption(given))) for each in app.caption)
    assert by_cue.shape == (len(graded.predictions), 4)
    assert by_cue.iloc[0, 0] == percent_text(cue_split(graded)[0].wrong)


def test_a_link_stands_beside_the_first_sentence_that_it_belongs_to(app, finished, graded):
    opened(app, "agreement", run=finished)
    labels = [each.proto.label for each in app.get("page_link")]
    assert all(labels.count(each) == 1 for each in ("Check the maps", "Change the cue", "Several seeds"))


def test_the_cue_is_changed_in_an_image_on_which_the_twin_alone_errs(app, finished, graded, monkeypatch):
    monkeypatch.setattr("kdviz.ui.agreement.conclusions.only_twin_wrong", lambda survey, has_cue: (7, 9))
    opened(app, "agreement", run=finished)
    (link,) = (each.proto for each in app.get("page_link") if each.proto.label == "Change the cue")
    assert parse_qs(link.query_string)["image"] == ["7"]


def test_a_box_has_the_share_of_the_chosen_arm_in_bold_and_the_others_in_its_help(app, finished, graded):
    opened(app, "agreement", run=finished, ag_arm="twin (λ = 0)")
    assert not app.exception
    drawn = [each for each in app.caption if "**" in each.value]
    counts = {arm: box_counts(graded, arm) for arm in graded.scores}
    for caption, box in zip(drawn, filter(counts["twin"].get, BOXES), strict=True):
        name = ARM_STYLES["twin"].label.replace(" ", "\N{NO-BREAK SPACE}")
        of = counts["twin"]
        share = percent_text(share_interval(of[box], sum(of[each] for each in BOXES)))
        level = score(alike_above(graded, "twin", corrected=True))
        rule = f"agreement above {level}" if box.endswith("alike") else f"agreement of {level} or less"
        assert (
            caption.value
            == f"{ARM_STYLES['twin'].glyph}\N{NO-BREAK SPACE}{name} **{share}** of the images with a map are here  \n"
            f"{rule}, by Grad-CAM"
        )
        assert all(ARM_STYLES[arm].glyph in caption.help for arm in counts if arm != "twin")


def test_empty_boxes_are_a_line_unless_one_of_them_is_chosen(app, finished, graded):
    empty = [box for box, held in box_counts(graded).items() if box and not held]
    assert empty, "else this tests nothing"
    opened(app, "agreement", run=finished)

    def buttons():
        keys = [button.key or "" for button in app.button]
        return {key.removeprefix("ag_box_") for key in keys if key.startswith("ag_box_")}

    assert buttons() == {*BOXES} - {*empty}
    assert "No image is in: " in shown(app)
    assert all(BOX_STYLES[box].label in shown(app) for box in empty)
    app.selectbox(key="ag_box").set_value(empty[0]).run()
    assert empty[0] in buttons()


def test_a_box_chosen_with_another_run_hides_nothing_of_this_one(app, finished, graded):
    opened(app, "agreement", run=finished)
    box = next(box for box, held in box_counts(graded).items() if box and held)
    app.button(key=f"ag_box_{box}").click().run()
    app.session_state["ag_filtered"] = "another"
    app.run()
    assert app.selectbox(key="ag_box").value == "any"
    assert f"**{len(graded):,} of {len(graded):,} images**" in shown(app)
