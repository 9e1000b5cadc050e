"""The guided tour: each step on its page, true of the prepared run, and no further than it is asked for."""

import re
from dataclasses import replace

import pytest
import torch

from kdviz.comparison import finding_surveys, localization_table, paired_levels, run_images
from kdviz.figures.maps import own_scale
from kdviz.figures.style import percent, score
from kdviz.jobs import SurveyJob
from kdviz.ui.explain.controls import ImageQuery
from kdviz.ui.explain.explained import alone_without_help, explained
from kdviz.ui.explain.explanation_view import ExplanationView
from kdviz.ui.frame.tour import STEPS, TourRun
from kdviz.ui.frame.tour_example import example
from tests.comparison.made import RAW, made
from tests.ui.conftest import opened
from tests.ui.distill.test_distill_page import shown
from tests.ui.home.test_home_page import prepared

__all__ = ["prepared"]


@pytest.fixture(autouse=True)
def asked_for(monkeypatch):
    """The surveys that are started; none is made."""
    asked = []

    def started(store, run_id, *explainer):
        asked.append(run_id)
        return SurveyJob(lambda: iter(()))

    for module in ("kdviz.jobs", "kdviz.ui.agreement.survey_progress"):
        monkeypatch.setattr(f"{module}.start_survey", started)
    return asked


@pytest.fixture
def tour(store, prepared) -> TourRun:
    run = store.run(prepared)
    return TourRun(run, example(store, run), run.results, finding_surveys(store, run))


def has(app, key):
    return any(button.key == key for button in app.button)


def press(app, key):
    app.button(key=key).click().run()
    assert not app.exception


def test_it_leads_from_home_to_the_image_with_the_patch_put_back(app, prepared, tour, asked_for):
    opened(app, "home")
    press(app, "take_tour")
    for at, title in enumerate(("Explain", "Explain", "Agreement", "Distill"), start=1):
        if at > 1:
            press(app, f"tour_next_{at - 1}")
        assert app.title[0].value == title
        assert (app.query_params["tour"], app.query_params["run"]) == (str(at), prepared)
        assert f"Step {at} of 4" in shown(app)
        assert STEPS[at - 1].words(tour)[1] in shown(app)
        if app.title[0].value == "Explain":
            assert app.number_input(key="image").value == tour.example.index
            assert app.toggle(key="intact").value is (at == 2)
    assert set(asked_for) == {prepared}, "evaluated while the first steps are read"


def test_the_way_back_takes_the_patch_back(app, prepared, tour):
    opened(app, "explain", run=prepared, tour="2", image=str(tour.example.index), intact="true")
    press(app, "tour_back_2")
    assert app.toggle(key="intact").value is False
    assert STEPS[0].words(tour)[1] in shown(app)


@pytest.mark.parametrize("leave", ["tour_next_2", "tour_end"])
def test_the_helping_patch_of_a_step_goes_with_it(app, prepared, tour, leave):
    opened(app, "explain", run=prepared, tour="2", image=str(tour.example.index), intact="true")
    press(app, leave)
    opened(app, "explain", run=prepared, image=str(tour.example.index))
    assert app.toggle(key="intact").value is False
    assert "intact" not in app.query_params


def test_a_step_says_nothing_of_an_image_that_is_not_shown(app, prepared, tour):
    opened(app, "explain", run=prepared, tour="1", image=str(tour.example.index))
    app.number_input(key="image").set_value(7).run()
    assert STEPS[0].words(tour)[1] not in shown(app)
    assert f"This step is about test image {tour.example.index}" in shown(app)
    press(app, "tour_show_again")
    assert app.number_input(key="image").value == tour.example.index
    assert STEPS[0].words(tour)[1] in shown(app)


@pytest.mark.parametrize("at", range(1, len(STEPS) + 1))
def test_what_a_step_speaks_of_is_ringed(app, prepared, tour, at):
    step = STEPS[at - 1]
    opened(app, step.page, run=prepared, tour=str(at))
    assert f".st-key-{step.about} {{ outline" in "".join(html.proto.body for html in app.get("html"))


def test_a_reload_keeps_the_step_and_its_view(app, prepared, tour):
    opened(app, "explain", run=prepared, tour="2", image=str(tour.example.index), intact="true")
    assert STEPS[1].words(tour)[0] in shown(app)
    assert app.toggle(key="intact").value is True


def test_it_ends_where_it_is_and_leaves_the_page_as_it_was(app, prepared):
    opened(app, "distill", run=prepared, tour="4")
    press(app, "tour_end")
    assert app.title[0].value == "Distill"
    assert not has(app, "tour_next_4")
    assert "tour" not in app.query_params


@pytest.mark.parametrize("step", ["0", "5", "banana", "-1", "²"])
@pytest.mark.parametrize("page", ["distill", "explain"])
def test_a_step_that_does_not_exist_is_said_to_and_the_first_is_shown_on_its_page(app, prepared, page, step):
    opened(app, page, run=prepared, tour=step)
    assert not app.exception
    (warning,) = (each.value for each in app.warning if each.value.startswith("tour: "))
    assert warning.startswith("tour: there is no step ")
    assert has(app, "tour_next_1") is (page == "explain")


def test_an_empty_step_shows_nothing(app, prepared):
    opened(app, "distill", run=prepared, tour="")
    assert not has(app, "tour_end")
    assert not app.warning


def test_a_step_of_another_page_shows_nothing(app, prepared):
    opened(app, "agreement", run=prepared, tour="1")
    assert not app.exception
    assert not has(app, "tour_end")


def test_without_the_prepared_run_there_is_no_tour(app, store, prepared, live_run):
    store.delete(prepared)
    opened(app, "distill", tour="4")
    assert not app.exception
    assert not has(app, "tour_end")


def test_every_number_is_one_of_the_run(tour):
    """Read from its results, not written down: a number that is in no result would be news."""
    figures = tour.figures.values()
    known = {str(tour.example.index), f"{tour.run.config.explanation_weight:g}", "0", "1"}
    for of in figures:
        known |= {percent(of.accuracy)[:-2], percent(of.intact_accuracy)[:-2]}
        known |= {score(of.cosine.corrected), percent(of.cue_followed)[:-2]}
    for survey in tour.surveys.values():
        known |= set(map(score, paired_levels(survey)))
        known |= {percent(row.hit.value)[:-2] for row in localization_table(survey)}
    for step in STEPS:
        told = re.findall(r"[0-9]+(?:\.[0-9]+)?", step.words(tour)[1])
        assert set(told) <= known


def test_its_level_of_agreement_is_that_of_the_answer_below_it(tour):
    """The survey's, over the images that the answer is about."""
    survey = made(raw=RAW)
    text = STEPS[2].words(replace(tour, surveys={**tour.surveys, "grad-cam": survey}))[1]
    assert f"**{score(paired_levels(survey)[0])}**" in text


@pytest.mark.parametrize("step", STEPS[2:], ids=["agreement", "distill"])
def test_the_steps_with_charts_are_two_sentences_with_one_number(tour, step):
    text = step.words(tour)[1]
    assert len(re.findall(r"[.?](?= |$)", text)) == 2
    assert len(re.findall(r"[0-9]+(?:\.[0-9]+)?", text)) == 1
    assert len(text.split()) <= 40


def test_what_it_says_without_a_number_is_true_of_the_prepared_run(tour):
    student, twin = tour.figures["student"], tour.figures["twin"]
    assert abs(student.intact_accuracy - student.accuracy) < 0.01, "hardly changes"
    assert student.cosine.corrected > 0.9, "close to its teacher's"
    assert abs(twin.cosine.corrected) < 0.1, "near chance"
    assert student.accuracy - twin.accuracy > 0.5, "far fewer"


def test_where_the_patch_is_set_right_a_map_keeps_the_kind_of_its_scale(store, prepared, tour):
    """Else the spot on the patch would seem to grow, where only its colours are others."""
    run = store.run(prepared)
    tested = ImageQuery(
        layout="row", source="test", file=None, letterbox=False, index=tour.example.index, explainer="grad-cam",
        target="teacher", baseline="mean", pair=("teacher", "student"), opacity=90, divider=None, apart=False,
        signed=False, grid=False, outline=False, object_outline=False, colours="cividis", intact=False,
    )  # fmt: skip
    helped = replace(tested, intact=True)
    shown = explained(store, run, helped, None, "grad-cam")
    alone = alone_without_help(store, run, helped, shown)
    assert {"twin"} <= alone <= {"twin", "placebo"}, "those that predict another class with the wrong patch"
    view = replace(ExplanationView.of(shown, helped), alone=alone)
    assert view.drawn("twin").maps.scale == own_scale(shown.arms["twin"].attribution)
    assert view.drawn("student").maps.scale == view.maps.scale != view.drawn("twin").maps.scale
    assert not alone_without_help(store, run, tested, shown)
    assert not alone_without_help(store, run, replace(helped, target="label"), shown)


def test_it_is_read_in_about_a_minute(tour):
    """A slow reader reads some 200 words a minute, a quick one 300."""
    counts = [len(step.words(tour)[1].split()) for step in STEPS]
    assert max(counts) <= 65
    assert sum(counts) <= 240


def test_in_its_second_step_only_the_colour_of_the_patch_is_another(tour):
    """On the images of the run itself, that of the tour is the same outside its patch."""
    images, index = run_images(tour.run.config), tour.example.index
    wrong, right = images.split(intact=False), images.split(intact=True)
    assert torch.equal(wrong.cue_masks[index], right.cue_masks[index])
    beside = ~wrong.cue_masks[index]
    assert torch.equal(wrong.images[index][:, beside], right.images[index][:, beside])
    assert not torch.equal(wrong.images[index], right.images[index])
