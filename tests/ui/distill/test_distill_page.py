import base64
import json
import re
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from kdviz.comparison import run_images
from kdviz.config import LAMBDA_LADDER, RunConfig, bounds, changed, filled, for_training_inputs
from kdviz.datasets import DATASETS, counted
from kdviz.figures.style import ARM_STYLES, interval_text, percent
from kdviz.jobs.countdown import SLOWED
from kdviz.metrics import METRICS
from kdviz.narrative import accuracy_interval, percent_range
from kdviz.progress import Message
from kdviz.store import Progress, Store
from kdviz.types import ELAPSED, UNDEFINED_GAIN, Agreement, ArmResult, Gain, Measured
from kdviz.ui.distill import result
from kdviz.ui.distill.epoch_film import thinned
from kdviz.ui.distill.result import equal_run
from kdviz.ui.distill.tiles import against_twin
from kdviz.ui.widgets import submitting
from kdviz.ui.widgets.field_keys import settings_link
from kdviz.ui.widgets.metric_columns import column_value
from tests.ui.conftest import opened, page_text
from tests.ui.distill.test_own_inputs import sounds

MINI = "fashion-mnist-mini"


def shown(app):
    """All text of a page."""
    kinds = (app.markdown, app.caption, app.info, app.error, app.warning, app.subheader)
    return "\n".join(element.value for kind in kinds for element in kind)


def film(app):
    """What the browser is given to draw the overlays from."""
    (drawn,) = [each.proto for each in app.get("bidi_component") if each.proto.component_name == "kdviz_film"]
    content, at = json.loads(drawn.json)
    return {**json.loads(content), "at": at}


def start(app):
    next(button for button in app.button if button.label == "Start").click().run()


def open_form(app):
    """The form of a new run, which is folded away while a run is open."""
    app.button(key="open_form").click().run()


def test_a_first_visitor_reads_what_to_press_and_has_nothing_to_fill_in(app):
    opened(app, "distill")
    assert "Press **Start**" in shown(app)
    start(app)
    assert not app.exception


def test_start_queues_a_run_with_the_defaults_of_its_data_set_and_shows_it(app, store):
    opened(app, "distill")
    start(app)
    (run,) = store.runs()
    assert run.state == "queued"
    assert run.config == RunConfig()
    assert app.query_params["run"] == run.id
    assert "Next in the queue" in app.get("progress")[0].proto.text


def test_the_second_run_waits_behind_the_first(app, store):
    opened(app, "distill")
    start(app)
    open_form(app)
    app.select_slider[0].set_value(3.0).run()
    start(app)
    assert [run.config.explanation_weight for run in store.queued()] == [
        RunConfig().explanation_weight,
        3.0,
    ]
    assert "Number 2 in the queue" in app.get("progress")[0].proto.text


@pytest.mark.parametrize("dataset", DATASETS)
def test_each_data_set_comes_with_its_recipe(app, store, tiny_folder, tmp_path, dataset):
    (tmp_path / "texts.csv").write_text(
        "text,label\n" + "".join(f"word{n} is it,{n % 2}\n" for n in range(200))
    )
    (tmp_path / "tones.zip").write_bytes(sounds())
    files = {
        "folder": str(tiny_folder),
        "text-file": str(tmp_path / "texts.csv"),
        "audio-folder": str(tmp_path / "tones.zip"),
    }
    opened(app, "distill", dataset=DATASETS[dataset].label)
    if dataset in files:
        app.text_input(key=f"{dataset}.data").set_value(files[dataset]).run()
    start(app)
    (run,) = store.runs()
    given = {} if dataset == MINI else {"dataset": dataset}  # the page opens with the opening experiment
    if dataset in files:
        given |= {"data": files[dataset]}
        given |= for_training_inputs(counted(dataset, files[dataset]).train, filled(given))
    assert run.config == RunConfig(**given)


def test_a_link_carries_settings(app, store):
    link = {
        "dataset": "Shapes",
        "shapes.cue": "Coloured patch",
        "shapes.epochs": "7",
        "shapes.placebo": "true",
    }
    opened(app, "distill", **link)
    start(app)
    (run,) = store.runs()
    assert (run.config.cue, run.config.epochs) == ("hue-patch", 7)
    assert run.config.arms == ("student", "twin", "placebo")


def test_another_lambda_may_be_typed(app, store):
    opened(app, "distill")
    ladder = f"{MINI}.explanation_weight"
    assert not app.select_slider(key=ladder).disabled
    usual = app.select_slider(key=ladder).value
    assert any(f"**λ = {usual:g}**" in each.value for each in app.markdown)
    app.number_input(key=f"{MINI}.lambda").set_value(4.2).run()
    assert any("**λ = 4.2**" in each.value for each in app.markdown)
    assert not any(f"**λ = {usual:g}**" in each.value for each in app.markdown)
    assert app.select_slider(key=ladder).disabled
    start(app)
    assert store.runs()[0].config.explanation_weight == 4.2


def test_at_lambda_zero_the_twin_is_not_offered_because_the_student_is_it(app, store):
    opened(app, "distill")
    app.select_slider[0].set_value(0.0).run()
    assert app.checkbox(key=f"{MINI}.twin").disabled
    start(app)
    assert store.runs()[0].config.arms == ("student",)


def test_only_losses_that_both_networks_can_do_are_offered(app):
    opened(app, "distill")
    offered = app.selectbox(key=f"{MINI}.explanation_loss").options
    assert len(offered) > 1
    app.selectbox(key=f"{MINI}.teacher").set_value("vit-tiny").run()
    assert not app.exception
    assert app.selectbox(key=f"{MINI}.explanation_loss.grad-cam").options == offered
    app.selectbox(key=f"{MINI}.student").set_value("vit-tiny").run()
    more = app.selectbox(key=f"{MINI}.explanation_loss.grad-cam").options
    assert set(offered) < set(more)


def test_the_usual_loss_follows_the_networks_and_the_usual_lambda_the_loss(app, store):
    opened(app, "distill")
    assert "class attention" in shown(app)
    app.selectbox(key=f"{MINI}.student").set_value("simple-cnn").run()
    assert "Here it is Grad-CAM" in shown(app)
    start(app)
    open_form(app)
    app.selectbox(key=f"{MINI}.explanation_loss.grad-cam").set_value("class-shape").run()
    start(app)
    configs = [run.config for run in reversed(store.runs())]
    assert [(c.explanation_loss, c.explanation_weight) for c in configs] == [
        ("grad-cam", 3.0), ("class-shape", 30.0),
    ]  # fmt: skip


@pytest.mark.parametrize("network", [{}, {f"{MINI}.student": "Simple CNN"}], ids=["pooled", "dense"])
def test_a_link_from_before_losses_had_a_usual_lambda_of_their_own_keeps_both(app, store, network):
    link = {f"{MINI}.explanation_loss": "Attention transfer", f"{MINI}.explanation_weight": "30"}
    opened(app, "distill", **link, **network)
    start(app)
    (run,) = store.runs()
    assert (run.config.explanation_loss, run.config.explanation_weight) == ("attention-transfer", 30.0)


def test_a_share_of_the_gradient_may_be_chosen(app, store):
    opened(app, "distill")
    app.number_input(key=f"{MINI}.explanation_share").set_value(0.5).run()
    start(app)
    assert store.runs()[0].config.explanation_share == 0.5


def test_gain_and_noise_are_not_offered_for_images(app):
    opened(app, "distill", dataset="Shapes")
    assert "shapes.augmentation" not in {box.key for box in app.selectbox}


def test_gain_and_noise_may_be_chosen_for_sounds(app, store):
    opened(app, "distill", dataset=DATASETS["speech-commands-mini"].label)
    boxes = [*app.selectbox, *app.button_group, *app.radio]
    (box,) = (box for box in boxes if box.key == "speech-commands-mini.augmentation")
    assert box.options == ["Usual", "Gain", "Noise", "Gain and noise"]
    box.set_value("gain-noise").run()
    start(app)
    (run,) = store.runs()
    assert (run.config.dataset, run.config.augmentation) == ("speech-commands-mini", "gain-noise")


def test_networks_that_need_larger_images_are_not_offered(app):
    opened(app, "distill")
    assert "ResNet-50" not in app.selectbox(key=f"{MINI}.teacher").options
    assert "ResNet-56" in app.selectbox(key=f"{MINI}.teacher").options


def test_a_wrong_setting_is_one_line_and_nothing_can_be_started(app):
    opened(app, "distill", **{"dataset": "Your own images", "folder.data": "/no/where"})
    assert [error.value for error in app.error] == [
        "Your files: no folder or zip '/no/where'. Give the path of a folder or zip of images."
    ]
    assert next(button for button in app.button if button.label == "Start").disabled


def test_own_pictures_are_asked_for_before_anything_is_called_wrong(app):
    opened(app, "distill", dataset="Your own images")
    assert not app.error
    assert [info.value for info in app.info] == [
        "Add your pictures under *Your pictures*: one folder for each class."
    ]
    assert next(button for button in app.button if button.label == "Start").disabled


def test_a_run_of_too_few_steps_to_learn_anything_is_advised_against(app):
    few = {f"{MINI}.train_count": "100", f"{MINI}.epochs": "3"}
    opened(app, "distill", **few)
    told = [caption.value for caption in app.caption if "too few to learn much" in caption.value]
    assert len(told) == 1
    assert "Only 3 training steps" in told[0]
    app.number_input(key=f"{MINI}.epochs").set_value(30).run()
    assert not [caption for caption in app.caption if "too few to learn much" in caption.value]


def test_bounds_defaults_and_help_are_those_of_the_config(app):
    opened(app, "distill")
    epochs = app.number_input(key=f"{MINI}.epochs")
    assert (epochs.min, epochs.max) == bounds("epochs")
    assert epochs.value == RunConfig().epochs
    assert epochs.help == RunConfig.model_fields["epochs"].description
    assert app.select_slider[0].options == [f"{value:g}" for value in LAMBDA_LADDER]


def test_parameters_and_compression_stand_under_the_networks(app):
    opened(app, "distill")
    assert "smaller**" in shown(app)
    assert "Multiply-adds per image" in shown(app)


def test_a_live_run_shows_time_left_curves_and_overlays_of_all_arms(app, live_run):
    opened(app, "distill", run=live_run)
    assert app.get("progress")[0].proto.text == "The students learn: epoch 2 of 3, 1 min 20 s left"
    alts = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert alts[0] == (
        "Validation accuracy after 1 epochs: teacher 90.0\N{NO-BREAK SPACE}%, student 60.0\N{NO-BREAK SPACE}%, "
        "twin (λ = 0) 50.0\N{NO-BREAK SPACE}%."
    )
    assert len(alts) == 2, "the loss terms are folded"
    assert "teacher looks mostly at the upper left" in film(app)["images"][0]["frames"][1]["alt"]
    assert "Explanation loss: 25.0\N{NO-BREAK SPACE}% of the gradient" in shown(app)


def test_the_time_in_the_queue_is_not_counted_as_training(app, store, live_run):
    created, started = time.time() - 3 * 3600, time.time() - 3600
    with closing(sqlite3.connect(store.directory / "kdviz.sqlite", isolation_level=None)) as database:
        database.execute("UPDATE runs SET created = ?, started = ?", (created, started))
    assert "started 1 h ago" in shown(opened(app, "distill", run=live_run))


def test_the_loss_terms_are_drawn_when_they_are_opened(app, live_run):
    app.session_state["losses_open"] = True
    opened(app, "distill", run=live_run)
    assert len(app.get("plotly_chart")) == 5


def test_the_film_holds_every_epoch_and_says_what_each_shows(app, live_run):
    opened(app, "distill", run=live_run)
    shown = film(app)
    assert (shown["epochs"], shown["at"], len(shown["arms"])) == ([0, 1], None, 3)
    before, after = shown["images"][0]["frames"]
    assert "student: the map is undefined." in before["alt"]
    assert "student looks mostly at the upper left" in after["alt"]
    assert [layer["values"] is not None for layer in before["maps"]] == [True, False, True]
    layer = after["maps"][0]
    assert (layer["height"], layer["width"], layer["limit"]) == (4, 4, 16)
    assert np.frombuffer(base64.b64decode(layer["values"]), "<f4").tolist() == [16] + 15 * [0]


def test_a_projector_has_what_the_signs_of_a_live_film_mean_behind_its_question_mark(app, live_run):
    signs = "✓ right, ✗ wrong after this epoch."
    assert signs in shown(opened(app, "distill", run=live_run))
    app.toggle(key="projector").set_value(True).run()
    assert signs not in shown(app)
    (about,) = [each.proto.help for each in app.subheader if each.value == "Where they look"]
    assert signs in about
    assert app.get("progress")[0].proto.text == "The students learn: epoch 2 of 3, 1 min 20 s left"
    assert len(app.get("plotly_chart")) == 2


def test_the_film_marks_which_networks_are_right_and_is_in_the_order_of_the_images(app, store, live_run):
    opened(app, "distill", run=live_run)
    probe = store.probe(live_run, 1)
    labels = run_images(store.run(live_run).config).test.labels[probe.indices].tolist()
    shown = film(app)["images"]
    numbers = [int(re.search(r"Test image (\d+)", each["frames"][1]["caption"])[1]) for each in shown]
    assert numbers == sorted(numbers)
    for number, image in zip(numbers, shown, strict=True):
        place = probe.indices.tolist().index(number)
        right = [int(probe.predicted[arm][place]) == labels[place] for arm in probe.maps]
        assert image["frames"][1]["right"] == right
        assert ("✓ all correct" in image["frames"][1]["caption"]) == all(right)


def test_a_link_carries_the_epoch_of_the_film(app, live_run):
    opened(app, "distill", run=live_run, epoch="0")
    assert film(app)["at"] == 0
    opened(app, "distill", run=live_run, epoch="banana")
    assert film(app)["at"] is None


@pytest.mark.parametrize(("epochs", "kept"), [(3, [0, 1, 2]), (7, [0, 2, 4, 6]), (101, [0, 33, 67, 100])])
def test_a_long_film_keeps_its_ends_and_epochs_between_evenly(epochs, kept):
    assert thinned(range(epochs), 4) == kept


@pytest.mark.parametrize(("label", "request_made"), [("Pause", "pause"), ("Stop", "stop")])
def test_pause_and_stop_are_asked_for(app, store, live_run, label, request_made):
    with store.hold(live_run):
        opened(app, "distill", run=live_run)
        app.button(key=f"live_{label}").click().run()
        assert not app.exception
        assert store.requested(live_run) == request_made
        assert "at the next batch …" in app.get("progress")[0].proto.text


def test_an_interrupted_run_can_be_resumed(app, store, live_run):
    store.set_state(live_run, "interrupted", "The process that trained it ended.")
    opened(app, "distill", run=live_run)
    assert "The process that trained it ended." in shown(app)
    app.button(key="live_Resume").click().run()
    assert store.run(live_run).state == "queued"


def test_a_failure_is_told_line_by_line_and_what_was_measured_stays(app, store, live_run):
    store.set_state(live_run, "failed", "loss: stopped being finite.\nTry a smaller λ.")
    opened(app, "distill", run=live_run)
    assert [error.value for error in app.error] == ["loss: stopped being finite.", "Try a smaller λ."]
    assert app.get("plotly_chart")


def test_curves_over_time_are_not_offered_where_no_times_were_kept(app, store, live_run):
    opened(app, "distill", run=live_run)
    assert app.toggle(key="over_time").disabled


def test_a_link_may_ask_for_curves_over_time(app, store, live_run):
    for arm in ("student", "twin"):
        for epoch in (0.0, 0.5, 1.0):
            store.add_metrics(live_run, Measured("students", epoch, arm, {ELAPSED: 30.0 + 7 * epoch}))
    opened(app, "distill", run=live_run, over_time="true")
    chart = json.loads(app.get("plotly_chart")[0].proto.spec)
    student = next(trace for trace in chart["data"] if trace["name"] == "student")
    assert student["x"] == [0.0, 7.0]


@pytest.mark.parametrize(("within_s", "runs"), [(60.0, 1), (-1.0, 2)])
def test_a_double_click_starts_one_run_and_a_later_one_another(app, store, monkeypatch, within_s, runs):
    monkeypatch.setattr(submitting, "_DOUBLE_CLICK_S", within_s)
    opened(app, "distill")
    start(app)
    open_form(app)
    start(app)
    assert len(store.runs()) == runs


def test_what_was_skipped_while_reading_the_images_is_told(app, store, live_run):
    store.save_notes(live_run, ["1 file was skipped: broken"])
    opened(app, "distill", run=live_run)
    assert r"1 file was skipped\: broken" in shown(app)


def test_a_reload_in_mid_run_comes_back_to_it(app, store, config, live_run):
    store.create(config.model_dump(mode="json"))
    opened(app, "distill", run=live_run)
    assert app.session_state["run"] == live_run
    assert "epoch 2 of 3" in app.get("progress")[0].proto.text


def test_a_finished_run_is_summed_up_in_a_sentence_and_a_table(app, finished):
    app.session_state["figures_open"] = True
    opened(app, "distill", run=finished)
    (found,) = re.findall("### (So far the student is right on .*)", shown(app))
    assert found.endswith("so there is little to learn from it.")
    assert "(" not in found, "the intervals are below it"
    assert "Student against twin: agreement " in shown(app)
    assert "One run: the intervals are over images, not over seeds." in shown(app)
    table = app.dataframe[0].value
    assert list(table["arm"]) == ["teacher", "student", "twin (λ = 0)", "placebo"]
    assert {"accuracy_intact", "agreement_chance", "cue_share"} <= set(table.columns)


def test_the_tiles_have_the_figures_of_the_run(app, finished, trained):
    results = Store(trained[0]).run(finished).results
    opened(app, "distill", run=finished)
    assert not app.dataframe, "the table is folded"
    arms = ("student", "twin", "placebo")
    shown = [(each.label, each.value, each.delta) for each in app.metric]
    assert shown == [
        figure
        for arm in arms
        for figure in (
            ("Test accuracy", percent(results[arm].accuracy), percent_range(accuracy_interval(results[arm]))),
            ("Follows a wrong patch", percent(results[arm].cue_followed), ""),
            (
                "Agreement with the teacher",
                f"{results[arm].cosine.corrected:.2f}".replace("-", "\N{MINUS SIGN}"),
                interval_text(results[arm].cosine.low, results[arm].cosine.high),
            ),
        )
    ]
    assert all(delta for _label, _value, delta in shown[::3])
    assert {each.key for each in (*app.button, *app.get("download_button"))} & {"report", "report_start"}
    texts = [each.value for each in app.html if "font-size:.875rem" in each.value]
    for arm, text in zip(arms, texts, strict=False):
        assert ARM_STYLES[arm].color in text
        assert ARM_STYLES[arm].glyph in text


@pytest.mark.parametrize(
    ("accuracy", "gain", "words"),
    [
        (0.9, Gain(0.25, 0.2, 0.3, 50), "12.5 points more accurate than the twin. Agreement higher by 0.25 (0.20 to 0.30)."),
        (0.7, Gain(-0.25, -0.3, -0.1, 50), "7.5 points less accurate than the twin. Agreement lower by 0.25 (0.10 to 0.30)."),
        (
            0.7751,
            Gain(0.01, -0.02, 0.04, 50),
            "As accurate as the twin. Agreement not clearly different: +0.01 (\N{MINUS SIGN}0.02 to 0.04).",
        ),
        (0.9, UNDEFINED_GAIN, "12.5 points more accurate than the twin."),
    ],
)  # fmt: skip
def test_a_tile_says_how_far_its_arm_is_from_the_twin(accuracy, gain, words):
    results = {"student": ArmResult(1, accuracy), "twin": ArmResult(1, 0.775)}
    assert against_twin("student", results, gain) == words
    assert against_twin("twin", results, gain) == (
        "The same student without maps to match (λ = 0): the others are compared with it."
    )
    assert against_twin("student", {"student": ArmResult(1, accuracy)}, gain) == ""


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        (Gain(0.4375, 0.1875, 0.6875, 16), "43.8 points (18.8 to 68.8) more accurate than the twin."),
        (Gain(-0.1, -0.2, -0.05, 16), "10.0 points (5.0 to 20.0) less accurate than the twin."),
        (
            Gain(0.0625, -0.0625, 0.1875, 16),
            "Accuracy not clearly different: +6.3 points (\N{MINUS SIGN}6.3 to 18.8).",
        ),
    ],
)
def test_a_tile_says_how_sure_the_difference_in_accuracy_is(gain, words):
    results = {"student": ArmResult(1, 0.9), "twin": ArmResult(1, 0.5)}
    assert against_twin("student", results, UNDEFINED_GAIN, gain) == words


@pytest.mark.parametrize(
    ("maps", "agreement", "difference"),
    [
        (8, ["–", "too few maps (8 of 600)"], ""),
        (45, ["0.33", "0.10 to 0.50"], "Agreement lower by 0.42 (0.12 to 0.60) on the same 45 images."),
        (400, ["0.33", "0.10 to 0.50"], "Agreement lower by 0.42 (0.12 to 0.60)."),
    ],
)
def test_a_tile_says_on_how_few_images_an_agreement_is(maps, agreement, difference):
    """As many as are defined of 600, recounted from the share that is left out."""
    found = Agreement(0.9, 0.8, 0.33, 0.1, 0.5, maps, 1 - maps / 600)
    twin = Agreement(0.9, 0.8, 0.67, 0.6, 0.7, 600, 0.0)
    results = {
        "student": ArmResult(1, 0.5, agreement={"cosine": twin}),
        "twin": ArmResult(1, 0.5, agreement={"cosine": twin}),
        "placebo": ArmResult(1, 0.5, agreement={"cosine": found}),
    }
    gains = {"placebo": Gain(-0.42, -0.6, -0.12, maps).of(600)}

    def page(results, gains):
        from kdviz.ui.distill.tiles import tiles

        tiles(results, gains, {}, cue="none", any_maps="")

    app = AppTest.from_function(page, args=(results, gains)).run()
    card = app.metric[-1]
    assert [card.value, card.delta] == agreement
    said = app.caption[-1].value
    assert said.endswith(difference or "As accurate as the twin.")
    assert (f"Only on {maps} of 600 images" in said) == (maps < 300)


def test_the_form_is_folded_away_once_a_run_is_open(app, store, live_run):
    opened(app, "distill", run=live_run)
    assert "start" not in {button.key for button in app.button}
    open_form(app)
    assert app.query_params["new"] == "1"
    app.button(key="close_form").click().run()
    assert "start" not in {button.key for button in app.button}
    assert "new" not in app.query_params


def test_the_form_is_above_a_run_that_has_ended_and_beside_one_that_is_training(app, store, live_run):
    opened(app, "distill", run=live_run)
    open_form(app)
    assert len(app.columns) > 0
    beside = {each.proto.weight for each in app.columns}
    assert 0.3 in beside
    store.set_state(live_run, "finished")
    app.run()
    assert not app.exception
    assert 0.3 not in {each.proto.weight for each in app.columns}
    assert "start" in {button.key for button in app.button}


def test_a_first_visit_has_the_form_beside_the_prepared_run_until_a_run_is_started(app, live_run):
    opened(app, "distill")
    assert app.session_state["run"] == live_run
    start(app)
    assert "start" not in {button.key for button in app.button}
    app.run()
    assert "start" not in {button.key for button in app.button}, "what the form left in the URL opens nothing"


def test_a_link_with_settings_opens_the_form_beside_a_run(app, live_run):
    opened(app, "distill", run=live_run, **{f"{MINI}.epochs": "7"})
    assert app.number_input(key=f"{MINI}.epochs").value == 7
    app.button(key="close_form").click().run()
    assert "start" not in {button.key for button in app.button}


@pytest.mark.parametrize("link", [{"new": "1"}, {"dataset": "Shapes"}, {"new": "1", f"{MINI}.epochs": "7"}])
def test_a_link_to_the_form_that_names_no_run_shows_none(app, live_run, link):
    """The last run may be another visitor's."""
    opened(app, "distill", **link)
    for _again in range(2):
        assert not app.exception
        assert "start" in {button.key for button in app.button}
        assert app.selectbox(key="run_menu").value is None
        assert "run" not in app.query_params
        assert "Distill your first student" not in page_text(app), "there is a run already"
        app.run()
    app.selectbox(key="run_menu").set_value(live_run).run()
    assert app.query_params["run"] == live_run
    assert app.query_params["new"] == "1"
    assert "close_form" in {button.key for button in app.button}, "beside the run"


def test_a_link_to_the_form_leaves_other_pages_their_run(app, store, live_run, config):
    second = store.create(config.model_dump(mode="json"))
    opened(app, "distill", run=live_run)
    app.query_params.clear()  # as a link does
    opened(app, "distill", new="1")
    assert app.selectbox(key="run_menu").value is None
    app.query_params.clear()
    opened(app, "agreement")
    assert app.query_params["run"] == live_run != second


def test_settings_that_were_run_already_can_be_opened_instead(app, store):
    opened(app, "distill")
    start(app)
    (run,) = store.runs()
    store.set_state(run.id, "finished")
    open_form(app)
    next(button for button in app.button if button.label == "Open the run with these settings").click().run()
    assert len(store.runs()) == 1


def test_another_network_comes_at_its_own_width(app):
    opened(app, "distill")
    assert app.number_input(key="fashion-mnist-mini.student_width").value == 0.5
    app.selectbox(key="fashion-mnist-mini.student").set_value("simple-cnn").run()
    assert app.number_input(key="fashion-mnist-mini.student_width.simple-cnn").value == 1.0


def to_fixed(value, digits):
    """JavaScript's toFixed of a number above 0: of two decimals that are equally near, the larger one."""
    unit = Decimal(1).scaleb(-digits)
    below = Decimal(value).quantize(unit, ROUND_FLOOR)
    return str(below if Decimal(value) - below < unit / 2 else below + unit)


def test_the_table_rounds_as_the_sentences_do():
    """The table's column has the format %.1f, which the browser fills in."""
    shares = [0.4645, 0.4825, 0.7825, 0.0005, *(count / 2000 for count in range(0, 2001, 7))]
    shown_in_table = [to_fixed(column_value(METRICS["accuracy"], share), 1) for share in shares]
    assert shown_in_table == [percent(share).split("\N{NO-BREAK SPACE}")[0] for share in shares]
    assert to_fixed(48.25, 1) == "48.3"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (5, "Paused. The students learn: epoch 2 of 3, 1 min 20 s left"),
        (
            12,
            "Paused. The students are tested, about 1 min 20 s left: Measuring …",
        ),  # between two stages, where nothing is being trained
    ],
)
def test_a_paused_run_says_so_wherever_it_was_paused(app, store, live_run, step, words):
    at = Progress("students", 3, 1.5, step, 12, doing=Message("Measuring"), seconds=20.0, seconds_left=80.0)
    store.set_progress(live_run, at)
    store.set_state(live_run, "paused")
    opened(app, "distill", run=live_run)
    assert [each.proto.text for each in app.get("progress")] == [words]


def test_a_run_that_a_busy_computer_slows_down_says_so_in_place_of_the_time_left(app, store, live_run):
    at = Progress("students", 3, 1.5, 5, 12, doing=SLOWED, seconds=20.0)
    store.set_progress(live_run, at)
    opened(app, "distill", run=live_run)
    assert [each.proto.text for each in app.get("progress")] == [
        "The students learn: epoch 2 of 3. Slower than usual: the computer is busy"
    ]


def map_sources(app):
    return [each for each in app.selectbox if each.label == "Maps to match"]


def test_masks_are_offered_where_they_come_with_the_images(app, store):
    opened(app, "distill")
    assert map_sources(app) == []
    app.selectbox(key="dataset").set_value("shapes").run()
    (menu,) = map_sources(app)
    assert menu.options == ["Teacher's maps", "Masks", "Teacher's maps on the object"]
    menu.set_value("both").run()
    start(app)
    (run,) = store.runs()
    assert run.config.map_source == "both"


def test_a_loss_that_knows_no_places_offers_no_masks(app, store):
    opened(app, "distill", dataset="Shapes")
    app.selectbox(key="shapes.explanation_loss").set_value("class-level").run()
    assert map_sources(app) == []
    app.selectbox(key="shapes.explanation_loss").set_value("input-gradient").run()
    assert map_sources(app)[0].options == ["Teacher's maps", "Teacher's maps on the object"]


def test_a_link_to_masks_of_the_data_opens_them_and_no_other_link_names_them(app, store):
    opened(app, "distill", **{"dataset": "Shapes", "shapes.map_source": "Masks"})
    assert not app.exception
    assert map_sources(app)[0].value == "mask"
    start(app)
    (run,) = store.runs()
    assert settings_link(run.config)["shapes.map_source"] == "Masks"
    assert "shapes.map_source" not in settings_link(changed(run.config, map_source="teacher"))


def test_a_run_with_the_settings_and_results_of_another_is_said_to_equal_it(trained, finished):
    run = Store(trained[0]).run(finished)
    twice = replace(run, record=replace(run.record, id="again", name="The *same*"))
    store = SimpleNamespace(runs=lambda: [twice, run])
    assert equal_run(store, run).startswith(r"The same settings, seed and results as **The \*same\***: ")
    other_seed = replace(twice, config=twice.config.model_copy(update={"seed": 99}))
    store.runs = lambda: [other_seed, run]
    assert equal_run(store, run) == ""


def test_a_random_cue_that_is_right_by_luck_is_said_without_a_survey(app, finished, trained, monkeypatch):
    monkeypatch.setattr(result, "finding_surveys", lambda store, run: {})
    run = Store(trained[0]).run(finished)
    classes = len(run_images(run.config).classes)
    opened(app, "distill", run=finished)
    assert not app.exception
    assert f"A random patch is right by luck in 1 of {classes}." in shown(app)
    assert result.agreement_counts(run.results) in shown(app)


def test_each_agreement_has_its_number_of_images_where_these_differ():
    def of(n):
        return ArmResult(1, 0.5, agreement={"cosine": Agreement(0.5, 0.2, 0.4, 0.3, 0.5, n, 0.0)})

    results = {"teacher": ArmResult(1, 0.5), "student": of(2000), "twin": of(1894), "placebo": of(2000)}
    assert result.agreement_counts(results) == (
        "Agreement on the test images for which teacher and network both have a map: student 2,000, twin "
        "(λ = 0) 1,894, placebo 2,000."
    )
    assert result.agreement_counts(results | {"twin": of(2000)}) == "Agreement on 2,000 test images."
