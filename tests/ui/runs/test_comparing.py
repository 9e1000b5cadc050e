"""Several runs side by side: from a link, with whatever they have, in numbers that are the runs' own."""

import json
import math
import re
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from kdviz.comparison import answer_changes, difference, explain_test_image, known_survey
from kdviz.comparison.test_set.known_surveys import keep_survey
from kdviz.figures.maps import ColourScale, density, map_layer
from kdviz.jobs import import_run, start_survey
from kdviz.metrics import METRICS
from kdviz.narrative import accuracy_lead_text, answers_gained_text, verdict_with_images
from kdviz.store import Store
from kdviz.ui.runs import compare
from kdviz.ui.runs.answer_changes import ComparedPair, classes_table
from kdviz.ui.runs.compare import parents_first
from kdviz.ui.runs.compare_narrow import figures_by_arm
from kdviz.ui.runs.compare_tables import (
    effects_table,
    metrics_columns,
    metrics_table,
    run_labels,
    settings_table,
)
from kdviz.ui.runs.run_selection import table_key
from kdviz.ui.widgets.metric_columns import with_intervals
from kdviz.ui.widgets.parent_run import epochs_before
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened, page_text
from tests.ui.test_every_page import pictures


@pytest.fixture
def many(store, config):
    """Seven runs that wait, which differ in their seed."""
    return [store.create({**config.model_dump(mode="json"), "seed": seed}) for seed in range(7)]


def headings(app):
    return [element.value for element in (*app.header, *app.warning)]


def frame(app, *columns):
    return next(table.value for table in app.dataframe if {*columns} <= {*table.value.columns})


def test_a_link_opens_the_comparison_with_its_rows_marked(app, store, many):
    opened(app, "runs", compare=f"{many[1]},{many[4]}")
    assert not app.exception
    assert headings(app) == ["2 runs compared"]
    listed = sorted(store.runs(), key=lambda run: run.id not in {many[1], many[4]})
    assert app.session_state[table_key(listed)]["selection"]["rows"] == [0, 1], (
        "those in comparison come first"
    )
    assert app.query_params["compare"] == f"{many[1]},{many[4]}"
    table = frame(app, "setting")
    assert table.to_numpy().tolist() == [["Seed", "1", "4"]]


def test_one_run_in_the_link_is_opened_and_is_the_run_of_other_pages(app, many):
    opened(app, "runs", compare=many[2])
    assert "Open in Distill" in [button.label for button in app.button]
    assert app.session_state["run"] == many[2]


def test_more_than_six_are_one_line(app, many):
    opened(app, "runs", compare=",".join(many))
    assert not app.exception
    assert headings(app) == ["compare: at most 6 runs fit side by side, 7 are chosen. Choose fewer."]


def test_six_fit(app, many):
    opened(app, "runs", compare=",".join(many[:6]))
    assert not app.exception
    assert headings(app) == ["6 runs compared"]
    assert all(picture.alt.strip() for picture in pictures(app))


def test_runs_of_a_link_that_are_gone_are_named_and_the_others_stay(app, many):
    opened(app, "runs", compare=f"{many[0]},gone-1,{many[1]}")
    assert headings(app) == [
        "2 runs compared",
        r"compare: 1 run in this link does not exist: gone\-1. It may have been deleted.",
    ]


def test_choosing_none_clears_link_and_rows(app, store, many):
    opened(app, "runs", compare=f"{many[0]},{many[1]}")
    next(button for button in app.button if button.label == "Clear selection").click().run()
    assert not app.exception
    assert "compare" not in app.query_params
    assert "Choose a run" in page_text(app)
    assert app.session_state[table_key(store.runs())]["selection"]["rows"] == []


def test_chosen_runs_that_a_filter_hides_stay_chosen_and_it_says_so(app, many):
    opened(app, "runs", compare=f"{many[0]},{many[1]}", runs_filter="nowhere")
    assert "The filter hides 2 of them." in page_text(app)
    assert "2 runs compared" in headings(app)


def test_runs_on_other_images_are_said_not_to_be_comparable(app, store, config, many):
    other = store.create({**config.model_dump(mode="json"), "cue": "hue-patch"})
    opened(app, "runs", compare=f"{many[0]},{other}")
    assert app.warning[0].value.startswith("These runs are tested on different images")


def test_a_run_that_is_still_trained_takes_part_with_what_it_has(app, store, live_run, many):
    opened(app, "runs", compare=f"{live_run},{many[0]}", arms="student")
    assert not app.exception
    table = frame(app, "arm", "validation")
    row = table[table["arm"] == "student"].iloc[0]
    assert (row["validation"], row["state"]) == (60.0, "Running")
    assert math.isnan(row["accuracy"])
    charts = {chart.proto.alt for chart in app.get("plotly_chart")}
    assert charts == {
        "Validation accuracy: A student 60.0\N{NO-BREAK SPACE}%.",
        "Agreement on validation images: A student 0.50.",
    }


def test_arms_are_chosen_in_the_link_by_their_names(app, live_run, many):
    opened(app, "runs", compare=f"{live_run},{many[0]}", arms="twin,nonsense")
    assert app.session_state["compare_arms"] == ["twin"]
    assert app.query_params["arms"] == "twin"


def test_finished_runs_are_compared_to_the_last_digit(trained_twice, app, monkeypatch):
    directory, finished, second = trained_twice
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    store = Store(directory)
    for run_id in (finished, second):
        assert start_survey(store, run_id).wait(PATIENCE_S).state == "done"
    opened(app, "runs", compare=f"{finished},{second}")
    assert not app.exception
    runs = [store.run(finished), store.run(second)]
    names = run_labels(runs)
    table = metrics_table(runs, [[], []], names).set_index(["run", "arm"])
    for run, name in zip(runs, names, strict=True):
        for arm in ("student", "placebo"):
            result = run.results[arm]
            expected = {
                "accuracy": 100 * result.accuracy,
                "agreement": result.cosine.corrected,
                "agreement_low": result.cosine.low,
                "agreement_high": result.cosine.high,
                "fidelity": 100 * result.fidelity,
                "fidelity_kl": result.fidelity_kl,
                "calibration_error": 100 * result.calibration_error,
                "agreement_raw": result.cosine.raw,
                "agreement_chance": result.cosine.chance,
                "images": result.cosine.n or math.nan,
            }
            found = table.loc[(name, arm), list(expected)].astype(float).to_dict()
            assert found == pytest.approx(expected, rel=0, abs=0, nan_ok=True)
    found = [difference(known_survey(store, run.id)) for run in runs]
    effects = effects_table(found, names)
    assert effects["agreement"].to_list() == [each.agreement.value for each in found]
    assert effects["verdict"].to_list() == [
        verdict_with_images(each.verdict, images=each.n) for each in found
    ]
    page = frame(app, "verdict")
    gains = [run.results["student"].accuracy_gain for run in runs]
    for column, end in (("accuracy", "value"), ("accuracy_low", "low"), ("accuracy_high", "high")):
        assert page[column].to_list() == [100 * getattr(gain, end) for gain in gains], "as on Distill"
    assert "2 seeds (0, 1): accuracy" in page_text(app)


def test_the_effect_is_there_before_the_test_set_was_explained(trained_twice, app, monkeypatch):
    directory, finished, second = trained_twice
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    monkeypatch.setattr(compare, "known_surveys", lambda store, runs: {})
    opened(app, "runs", compare=f"{finished},{second}")
    assert not app.exception
    gains = [Store(directory).run(run_id).results["student"].accuracy_gain for run_id in (finished, second)]
    assert frame(app, "verdict")["accuracy"].to_list() == [100 * gain.value for gain in gains]


def test_equal_runs_are_said_to_be_equal(trained_twice, app, monkeypatch):
    directory, finished, second = trained_twice
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    store = Store(directory)
    archive = store.export(finished, directory.parent / "copy.zip")
    copy = import_run(store, archive)
    try:
        opened(app, "runs", compare=f"{finished},{second},{copy}")
        assert not app.exception
        assert [each.value for each in app.info] == [
            "**A, C**: same settings, same results. Their curves cover each other."
        ]
    finally:
        store.delete(copy)
        store.purge(copy)


def test_maps_of_one_image_are_shown_of_each_student_on_one_scale(trained_twice, app, monkeypatch):
    directory, finished, second = trained_twice
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    store = Store(directory)
    app.session_state["compare_maps"] = True
    opened(app, "runs", compare=f"{finished},{second}", image="1")
    assert not app.exception
    (drawn,) = [
        json.loads(each.proto.json)
        for each in app.get("bidi_component")
        if each.proto.component_name == "kdviz_comparer"
    ]
    shared = store.weights_hash(finished, "teacher") == store.weights_hash(second, "teacher")
    teachers = ["A · teacher"] if shared else ["A · teacher", "B · teacher"]
    names = [panel["name"] for panel in drawn["panels"]]
    assert names[0] == "image"
    assert sorted(names[1:]) == sorted(["A · student", "B · student", *teachers])
    limits = {panel["heat"]["limit"] for panel in drawn["panels"][1:]}
    assert len(limits) == 1
    first = explain_test_image(store, finished, 1)
    student = next(panel for panel in drawn["panels"] if panel["name"] == "A · student")
    values = density(first.arms["student"].attribution)
    assert student["heat"]["values"] == map_layer(values, ColourScale(limits.pop()))["values"]


def test_narrow_screens_have_the_same_figures_under_the_runs_letters(trained_twice):
    runs = [run for run in Store(trained_twice[0]).runs() if run.results][:2]
    rows = list(figures_by_arm(runs, ("accuracy", "agreement")))
    assert rows[0] == ("teacher", ())
    place = rows.index(("student", ()))
    accuracy = [f"{100 * run.results['student'].accuracy:.1f}\N{NO-BREAK SPACE}%" for run in runs]
    assert rows[place + 1] == ("Accuracy", accuracy)
    score = [METRICS["agreement"].text(run.results["student"].cosine.interval.value) for run in runs]
    assert rows[place + 2] == ("Agreement", score)


def test_equal_settings_differ_in_nothing(config):
    assert settings_table([config, config], ["A", "B"]).empty


def test_settings_are_named_as_in_the_form_and_choices_by_their_labels(tiny_config):
    first = tiny_config(arms=("student", "twin"))
    second = tiny_config(student="simple-cnn", train_count=None, arms=("student",))
    table = settings_table([first, second], ["A", "B"]).set_index("setting")
    assert table.loc["Student"].to_list() == ["ResNet-8 lite", "Simple CNN"]
    assert table.loc["Training images"].to_list() == ["64", "–"]
    assert table.loc["Arms"].to_list() == ["student, twin (λ = 0)", "student"]


def test_a_parent_comes_before_the_runs_that_go_on_from_it_and_is_named(app, store, config):
    settings = config.model_dump(mode="json")
    first = store.create(settings, name="first")
    alone = store.create({**settings, "seed": 5})
    child = store.create({**settings, "parent": first})
    grandchild = store.create({**settings, "parent": child, "seed": 7})
    runs = [store.run(each) for each in (grandchild, child, alone, first)]
    assert [run.id for run in parents_first(runs)] == [alone, first, child, grandchild]
    assert [epochs_before(store, run) for run in runs] == [2 * config.epochs, config.epochs, 0, 0]
    opened(app, "runs", compare=f"{child},{first}")
    assert not app.exception
    table = frame(app, "setting")
    before, after = table.columns[1:]
    assert before.startswith("A · first")
    assert table[[before, after]].to_numpy().tolist() == [["–", store.run(first).title]]


def test_marks_are_counted_in_the_table_of_settings_and_not_named_by_their_file(tiny_config):
    first, second = tiny_config(), tiny_config(arms=("student",))
    table = settings_table([first, second], ["A", "B"], [{}, {"arms": "3 marks"}]).set_index("setting")
    assert table.loc["Arms"].to_list()[1] == "3 marks"


def test_runs_that_differ_in_lambda_alone_are_named_with_it(store, config):
    def pair(**other):
        configs = config.model_dump(mode="json"), {**config.model_dump(mode="json"), **other}
        return ComparedPair(tuple(store.run(store.create(each)) for each in configs), ("A", "B"))

    weight = config.explanation_weight
    assert pair(explanation_weight=weight + 2.5).names == (f"A (λ = {weight:g})", f"B (λ = {weight + 2.5:g})")
    assert pair(explanation_weight=weight + 2.5, seed=9).names == ("A", "B")
    assert pair(seed=9).names == ("A", "B")


@pytest.fixture
def answered(trained_twice, app, monkeypatch):
    """The store of two runs; the student of the later one answers the images 3 and 8 in another way."""
    directory, *ids = trained_twice
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(directory))
    store = Store(directory)
    for run_id in ids:
        assert start_survey(store, run_id).wait(PATIENCE_S).state == "done"
    survey = known_survey(store, ids[1])
    student = survey.predictions["student"]
    other = np.where(np.isin(survey.indices, (3, 8)), 1 - student.predicted, student.predicted)
    keep_survey(
        ids[1],
        replace(survey, predictions={**survey.predictions, "student": replace(student, predicted=other)}),
    )
    yield store, *ids
    keep_survey(ids[1], survey)


@pytest.mark.parametrize("turned", [False, True])
def test_answers_that_changed_are_those_of_the_surveys_the_earlier_run_first(answered, app, turned):
    store, earlier, later = answered
    changes = answer_changes(known_survey(store, earlier), known_survey(store, later))
    kinds = {"mended": changes.mended, "broken": changes.broken}
    kind, indices = next((kind, each) for kind, each in kinds.items() if len(each))
    assert {3, 8} & {*indices.tolist()}
    app.session_state["changed_open"] = True
    opened(app, "runs", compare=f"{later},{earlier}" if turned else f"{earlier},{later}")
    assert not app.exception
    text = page_text(app)
    assert f"**Answers of the student that changed, {'B → A' if turned else 'A → B'}**" in text
    letters = ("B", "A") if turned else ("A", "B")
    first = [each.value for each in app.markdown if "more accurate" in each.value or "equally" in each.value]
    assert first == [
        f"{accuracy_lead_text(changes.accuracy, letters, images=changes.images)} "
        f"{answers_gained_text(changes, letters)}"
    ]
    table = frame(app, "mended", "broken")
    assert table.equals(classes_table(changes))
    assert table[["mended", "broken"]].sum().tolist() == [len(changes.mended), len(changes.broken)]
    assert app.session_state["changed_kind"] == kind
    drawn = [each.alt for each in pictures(app) if each.alt.startswith("Test image ")]
    assert [int(alt.split()[2].strip(":")) for alt in drawn] == indices[:12].tolist()


def test_answers_of_runs_on_other_images_are_not_compared(trained, store, app, train_tiny):
    shutil.copytree(trained[0], store.directory, dirs_exist_ok=True)
    directory, finished = store.directory, trained[1]
    other = train_tiny(Store(directory), cue="none", arms=("student",), teacher_epochs=1, epochs=1)
    opened(app, "runs", compare=f"{finished},{other}")
    assert not app.exception
    assert "that changed" not in page_text(app)


def test_an_interval_stands_behind_its_value_in_one_column():
    table = pd.DataFrame(
        {
            "agreement": [0.934, math.nan],
            "agreement_low": [0.92, math.nan],
            "agreement_high": [0.94, math.nan],
        }
    )
    shown = with_intervals(table, {"agreement": 2})
    assert re.findall(r">([^<>]+)</td>", shown.to_html())[::3] == ["0.93 (0.92 to 0.94)", "–"]
    shown = with_intervals(table, {"agreement": 1}, sign=True)
    assert "+0.9 (+0.9 to +0.9)" in shown.to_html()


def test_the_names_of_compared_runs_are_not_cut():
    name = "A · Speech commands mini, quiet tone, λ 30 · came"
    assert metrics_columns([name], unfinished=False)["run"]["width"] >= 7 * len(name)
