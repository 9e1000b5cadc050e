"""The Learn page: every lesson of a run that was really trained, with its controls at work."""

import math
import re
import shutil
from dataclasses import replace

import pytest
from scipy.special import softmax
from scipy.stats import entropy

from kdviz.comparison.across_runs.lambda_curve import LADDER, Dot, dots, experiment, measured_curve, missing
from kdviz.comparison.input.unrelated_maps import chance_walkthrough, shuffled
from kdviz.comparison.input.walkthroughs import (
    grad_cam_walkthrough,
    integration_walkthrough,
    predictions,
)
from kdviz.config import make_config
from kdviz.errors import StoreError
from kdviz.explainers import baselines_for
from kdviz.glossary import terms
from kdviz.jobs import channels as jobs
from kdviz.jobs import channels_job
from kdviz.progress import Message
from kdviz.store import Store
from kdviz.store.lambda_ladder import prepared_ladder
from kdviz.types import Preparing
from kdviz.ui.learn import LESSONS
from kdviz.ui.learn.best_lambda import course_sentence
from kdviz.ui.learn.experiments import all_experiments
from kdviz.ui.learn.where_they_look import questions
from kdviz.ui.widgets.field_keys import settings_link
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened, page_text
from tests.ui.test_every_page import pictures

QUICK = [name for name in LESSONS if name != "channels"]


def lesson(app, name, **link):
    return opened(app, "learn", lesson=name, **link)


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


@pytest.mark.parametrize("name", QUICK)
def test_each_lesson_stands_and_every_picture_has_a_text(app, finished, name):
    lesson(app, name, run=finished)
    assert not app.exception
    assert app.subheader[0].value == LESSONS[name].title
    assert all(picture.alt.strip() for picture in pictures(app))
    assert name in ("where-they-look", "questions", "museum", "plan", "glossary") or pictures(app)


def test_a_link_to_no_lesson_opens_the_first(app, finished):
    opened(app, "learn", run=finished, lesson="12 Everything", ln_temperature="x", image="-1")
    assert not app.exception
    assert app.subheader[0].value == LESSONS["where-they-look"].title
    shown = "lesson: there is no '12 Everything' here. Shown instead: 1 Where do they look?."
    assert [each.value for each in app.warning] == [shown]


def test_without_a_run_there_is_a_way_to_one(app, store):
    lesson(app, "soft-labels")
    assert "No finished run" in page_text(app)


def test_a_run_without_students_says_that_there_is_no_snapshot_yet(app, live_run):
    lesson(app, "soft-labels", run=live_run)
    assert not app.exception
    assert "No snapshot yet" in page_text(app)


def test_the_lessons_can_be_read_one_after_the_other(app, store):
    names = list(LESSONS)
    lesson(app, "claims")
    press(app, f"Next lesson → · {LESSONS['museum'].label}")
    assert app.subheader[0].value == LESSONS["museum"].title
    assert app.query_params["lesson"] == "museum"
    assert app.radio(key="lesson_list").value == "museum"
    press(app, f"← Back · {LESSONS['claims'].label}")
    assert app.subheader[0].value == LESSONS["claims"].title
    lesson(app, names[-1])
    assert not [button for button in app.button if button.label.startswith("Next")]


def test_the_list_of_narrow_screens_opens_a_lesson(app, store):
    lesson(app, "plan")
    contents = app.radio(key="lesson_list")
    assert contents.options == [each.listed for each in LESSONS.values()]
    hard = [option for option in contents.options if option.endswith(" (hard)")]
    assert hard == ["3 Grad-CAM (hard)", "4 Gradients (hard)", "7 Channels (hard)"]
    contents.set_value("claims").run()
    assert app.subheader[0].value == LESSONS["claims"].title


@pytest.mark.parametrize(
    ("name", "easier"),
    [("grad-cam", "chance"), ("integrated-gradients", "chance"), ("channels", "questions")],
)
def test_a_hard_lesson_says_so_and_leads_around_itself(app, finished, name, easier):
    lesson(app, name, run=finished)
    assert not app.exception
    assert "**Hard**" in page_text(app)
    press(app, f"{LESSONS[easier].label} →")
    assert app.query_params["lesson"] == easier
    assert LESSONS[easier].title in [each.value for each in app.subheader]


CHECKS = {
    "soft-labels": ("soft", "It becomes flatter"),
    "grad-cam": ("cam", "It lowers it"),
    "integrated-gradients": ("ig", "The score of the image minus that of the baseline"),
    "chance": ("chance", "0.20"),
    "best-lambda": ("lambda", "The test would no longer be of new images"),
    "channels": ("channels", "No"),
}


@pytest.mark.parametrize("name", CHECKS)
def test_each_lesson_of_a_run_has_a_question_that_is_judged(app, finished, name):
    key, right = CHECKS[name]
    lesson(app, name)
    question = app.radio(key=f"ln_check_{key}")
    question.set_value(right).run()
    assert app.success[0].value.startswith("Correct.")
    wrong = next(option for option in question.options if option != right)
    app.radio(key=f"ln_check_{key}").set_value(wrong).run()
    assert app.warning[-1].value.startswith("Not quite.")


def test_an_exercise_starts_the_runs_that_it_needs_once(app, trained, tmp_path, monkeypatch):
    directory = shutil.copytree(trained[0], tmp_path / "copied")
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    lesson(app, "soft-labels", run=trained[1])
    opened_store = Store(directory)
    before = {run.id for run in opened_store.runs()}
    app.button(key="ln_start_soft").click().run()
    started = [run for run in opened_store.runs() if run.id not in before]
    assert sorted(run.config.temperature for run in started) == [1.0, 20.0]
    assert not [button for button in app.button if button.key == "ln_start_soft"]
    links = [link.proto.query_string for link in app.get("page_link")]
    assert any(all(run.id in query for run in started) for query in links)


def test_a_projector_has_the_lessons_in_one_menu_and_no_tabs(app, store):
    lesson(app, "claims", projector="true")
    menu = app.selectbox(key="lesson_menu")
    assert menu.options == [each.label for each in LESSONS.values()]
    assert not [each for each in app.get("button_group") if each.key == "lesson_menu"]
    menu.select("glossary").run()
    assert not app.exception
    assert app.query_params["lesson"] == "glossary"


def test_the_lesson_on_lambda_says_that_its_accuracies_are_of_the_test(app, finished):
    """It asks why the best λ must not be chosen by them."""
    lesson(app, "best-lambda", run=finished)
    assert "Highest test accuracy so far" in page_text(app)
    assert "To choose a λ, use validation images." in page_text(app)
    assert "Best so far" not in page_text(app)


def test_a_picture_s_baselines_are_those_of_pictures(app, finished):
    lesson(app, "integrated-gradients", run=finished)
    offered = next(each for each in app.get("button_group") if each.key == "ln_baseline").options
    assert offered == [spec.label for spec in baselines_for("image").values()]
    assert not {"No word", "Silence"} & {*offered}


def test_the_words_of_each_lesson_are_in_the_glossary(app, store):
    assert {word for each in LESSONS.values() for word in each.words} <= set(terms())
    lesson(app, "claims")
    assert terms()["seed"].text in page_text(app)


def test_the_answers_of_the_first_lesson_follow_from_the_students():
    ladder = prepared_ladder()
    looks, chance, enough = questions(ladder)
    assert looks.right == "at the patch"
    assert chance.right == "about as good as guessing"
    assert "Yet it does not guess: it follows the patch, on 6 of the 6 images here" in chance.because
    assert float(enough.right) == min(
        weight for weight, share in zip(ladder.weights, ladder.accuracies, strict=True) if share > 0.5
    )
    honest = replace(ladder, accuracies=(0.9, *ladder.accuracies[1:]))
    assert questions(honest)[1].right == "better than guessing"
    right = [replace(image, students=(image.teacher, *image.students[1:])) for image in ladder.images]
    assert "does not guess" not in questions(replace(ladder, images=tuple(right)))[1].because


LOOKS = "At λ = 0 the student looks at the patch on 5 of 6 images"


def test_a_question_answers_at_once_and_what_is_right_unfolds(app, store):
    lesson(app, "where-they-look")
    app.radio(key="ln_look_1").set_value("at the shape").run()
    assert app.warning[0].value == "Not quite. Look again, or read why."
    (why,) = (box for box in app.expander if box.label == "Why")
    assert why.markdown[0].value.startswith(LOOKS)
    app.radio(key="ln_look_1").set_value("at the patch").run()
    assert app.success[0].value.startswith(f"Correct. {LOOKS}")


@pytest.mark.parametrize("temperature", [1, 20])
def test_the_slider_softens_the_answer(app, finished, trained, temperature):
    lesson(app, "soft-labels", run=finished, image="2")
    app.slider(key="ln_temperature").set_value(temperature).run()
    logits = predictions(Store(trained[0]), finished, 2).logits
    teacher, student = (softmax(logits[arm] / temperature) for arm in ("teacher", "student"))
    bits, loss = (metric.value for metric in app.metric)
    assert bits == f"{entropy(teacher, base=2):.2f} bits"
    assert float(loss) == pytest.approx(temperature**2 * entropy(teacher, student), abs=1e-3)


def test_a_sum_without_channels_is_an_undefined_map(app, finished):
    lesson(app, "grad-cam", run=finished)
    next(each for each in app.get("button_group") if each.key == "ln_channels").set_value([]).run()
    assert not app.exception
    assert "Undefined" in app.warning[0].value
    assert page_text(app).count("left out") >= 5


def test_each_channel_is_shown_with_its_weight(app, finished, trained):
    lesson(app, "grad-cam", run=finished)
    steps = grad_cam_walkthrough(Store(trained[0]), finished, 0, "teacher")
    strengths = abs(steps.weighted).mean((1, 2))
    strongest = sorted(range(len(strengths)), key=lambda channel: -strengths[channel])[:5]
    weights = [f"× α = {steps.weights[channel]:.3g}".replace("-", "−") for channel in strongest]
    assert [each.value for each in app.markdown if each.value.startswith("× α")] == weights


@pytest.mark.parametrize(("step", "share"), [(0, "0"), (7, None), (32, "100")])
def test_the_attributions_are_shown_with_their_sum_and_the_rise(app, finished, trained, step, share):
    lesson(app, "integrated-gradients", run=finished, ln_step=str(step), ln_baseline="Black")
    path = integration_walkthrough(Store(trained[0]), finished, 0, "teacher", "black")
    total, rise = (f"{float(each[-1]):.3g}".replace("-", "−") for each in (path.sums, path.rises))
    assert f"the attributions sum to **{total}**; the score rose by **{rise}**" in page_text(app)
    percents = share or f"{100 * float(path.positions[step]):.0f}"
    assert f"Input at **{percents}\N{NO-BREAK SPACE}%** of the path" in page_text(app)
    gap = abs(float(path.sums[-1]) - float(path.rises[-1])) / abs(float(path.rises[-1]))
    assert f"The completeness gap is {100 * gap:.1f}\N{NO-BREAK SPACE}%" in page_text(app)


def test_each_click_adds_pairs_and_the_level_is_the_mean_of_all(app, finished, trained):
    lesson(app, "chance", run=finished)
    press(app, "Add a pair")
    press(app, "Add 25 pairs")
    assert app.slider(key="ln_draws").value == 25 + 1 + 25
    found = chance_walkthrough(Store(trained[0]), finished, "student")
    scores = [found.scores[i, j] for i, j in shuffled(len(found.pairs), 51)]
    defined = [score for score in scores if not math.isnan(score)]
    mean = f"{sum(defined) / len(defined):.3f}" if defined else "undefined"
    assert re.search(rf"\*\*chance\*\* {re.escape(mean)} · {len(defined)} random pairs?", page_text(app))


def test_what_is_missing_is_queued_once_and_can_be_stopped(app, finished, trained):
    store = Store(trained[0])
    seed = next(seed for seed in range(99) if missing(measured_curve("image").dots, seed))
    lesson(app, "best-lambda", run=finished)
    press(app, "Measure here")
    queued = [run for run in store.runs() if run.state == "queued"]
    expected = {experiment("image", weight, seed).key for weight in LADDER}
    assert sorted(run.record.config_key for run in queued) == sorted(expected)
    assert not [button for button in app.button if button.label == "Measure here"]
    press(app, "Stop")
    assert not {run.id for run in queued} & {run.id for run in store.runs(include_deleted=True)}


@pytest.mark.parametrize(
    ("accuracies", "sentence"),
    [
        (
            (0.1, 0.94, 0.96, 0.95),
            "From λ = 10 to 300 it is flat: within 3 points of the best. A λ that is clearly too large is not among "
            "those measured.",
        ),
        ((0.1, 0.94, 0.96, 0.50), "It is within 3 points of the best from λ = 10 to 30, and lower beyond."),
        ((0.1, 0.5, 0.7, 0.9), "It still rises at the largest λ measured, 300."),
    ],
)
def test_the_course_of_accuracy_is_what_the_students_say(accuracies, sentence):
    found = [Dot(weight, 0, share, 0.5) for weight, share in zip((0, 10, 30, 300), accuracies, strict=True)]
    assert course_sentence(found) == sentence


def test_the_chosen_run_s_own_curve_has_its_student_and_its_twin(app, finished, trained):
    lesson(app, "best-lambda", run=finished, ln_curve="Runs like the selected one")
    assert not app.exception
    found = dots([Store(trained[0]).run(finished)])
    assert f"{len(found)} students have the settings of the selected run" in page_text(app)
    chart = app.get("plotly_chart")[0].proto
    for dot in found:
        assert f"λ {dot.weight:g}: accuracy" in chart.alt


@pytest.mark.parametrize(
    ("modality", "question"), [*(("image", number) for number in range(3)), ("text", 0), ("audio", 2)]
)
def test_an_experiment_opens_distill_with_its_settings(app, store, modality, question):
    wanted = make_config(all_experiments(modality)[question].settings)
    opened(app, "distill", **settings_link(wanted))
    app.button(key="start").click().run()
    assert not app.exception
    assert store.runs()[0].config == wanted


def test_channels_are_found_in_the_background_and_then_shown(app, finished, trained):
    lesson(app, "channels", run=finished)
    assert not app.exception
    job = channels_job(Store(trained[0]), finished, 0)
    assert job.wait(PATIENCE_S).state == "done"
    app.run()
    assert not app.exception
    assert len(pictures(app)) == 6
    assert all(picture.alt.strip() for picture in pictures(app))
    app.slider(key="ln_rank").set_value(3).run()
    assert not app.exception


def test_a_search_that_was_stopped_can_be_begun_again(app, finished, trained, monkeypatch):
    store = Store(trained[0])
    monkeypatch.setattr("kdviz.ui.learn.channels.known_channels", lambda *asked: None)
    monkeypatch.setattr(
        jobs, "_made", lambda *asked: iter([Preparing(Message("Searching the test images"), 0.5)])
    )
    first = jobs.SurveyJob(lambda: jobs._made())
    first.stop()
    first.run()
    monkeypatch.setattr(jobs._JOBS, "_jobs", {(store.directory, finished, 0): first})
    lesson(app, "channels", run=finished)
    assert "The search was stopped." in page_text(app)
    press(app, "Try again")
    assert channels_job(store, finished, 0) is not first


def test_a_failure_is_told_in_one_line(app, finished, trained, monkeypatch):
    def failing():
        yield Preparing(Message("Searching the test images"))
        raise StoreError("run: its weights are damaged.")

    job = jobs.SurveyJob(failing)
    job.run()
    monkeypatch.setattr("kdviz.ui.learn.channels.known_channels", lambda *asked: None)
    monkeypatch.setattr(jobs._JOBS, "_jobs", {(Store(trained[0]).directory, finished, 0): job})
    lesson(app, "channels", run=finished)
    assert [error.value for error in app.error] == ["run: its weights are damaged."]
