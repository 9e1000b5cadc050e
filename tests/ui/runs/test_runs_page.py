import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from kdviz.cache import Cache
from kdviz.comparison.test_set import checks, cue_removal, known_surveys
from kdviz.config import make_config
from kdviz.figures.style import percent
from kdviz.jobs import report_checks_job, start_survey
from kdviz.jobs.surveys import SurveyProgress
from kdviz.store import Store
from kdviz.store.prepared import offer_prepared_run
from kdviz.store.prepared_examples import PACKED, packed_run, still_packed
from kdviz.ui.runs import compare, run_selection
from kdviz.ui.runs.cards import card_text
from kdviz.ui.runs.run_selection import table_key
from kdviz.ui.runs.share import imported, zipped
from kdviz.ui.runs.table import in_order, matching, table
from kdviz.ui.widgets.field_keys import settings_link
from tests.patience import PATIENCE_S
from tests.ui.conftest import opened, page_text


def choose(app, store, *rows):
    """Mark rows of the table, as a visitor does. AppTest calls no callback of a table."""
    listed = store.runs()
    app.session_state["chosen_runs"] = tuple(listed[row].id for row in rows)
    app.session_state[table_key(listed)] = {"selection": {"rows": list(rows), "columns": [], "cells": []}}
    app.run()
    assert not app.exception


def test_a_click_on_a_cell_chooses_its_run_alone(app, store, config, monkeypatch):
    first, second = (store.create({**config.model_dump(mode="json"), "seed": seed}) for seed in (0, 1))
    listed = store.runs()
    state = {table_key(listed): {"selection": {"rows": [0], "columns": [], "cells": [(1, "Run")]}}}
    monkeypatch.setattr(run_selection.st, "session_state", state)
    monkeypatch.setattr(run_selection.url_state, "ignore_pending", lambda: None)
    run_selection.take_rows(listed, [store.run(second)])
    assert state["chosen_runs"] == (first,)
    assert state["run"] == first


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def test_the_table_says_what_a_run_was_and_what_came_out(trained):
    run = Store(trained[0]).run(trained[1])
    row = table([run]).iloc[0]
    assert (row["State"], row["λ"], row["Id"]) == ("Finished", 3.0, run.id)
    assert row["Created"].timestamp() == pytest.approx(run.record.created, abs=1e-3)
    assert row["Data"] == f"{Path(run.config.data).name} + coloured patch"
    assert row["Teacher → student"] == "ResNet-8 lite ×0.5 → ResNet-8 lite ×0.25"
    assert row["Accuracy"] == 100 * run.results["student"].accuracy


def test_a_card_says_what_the_table_says_and_chooses_its_run(app, trained, monkeypatch):
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(trained[0]))
    run = Store(trained[0]).run(trained[1])
    student, twin = run.results["student"], run.results["twin"]
    opened(app, "runs")
    said = card_text(run)
    assert said.startswith(
        f"Finished · Accuracy {percent(student.accuracy)} (twin {percent(twin.accuracy)}) · "
    )
    assert said in page_text(app)
    card = app.checkbox(key=f"card_{run.id}")
    card.check().run()
    assert app.query_params["compare"] == run.id
    assert app.session_state[table_key(Store(trained[0]).runs())]["selection"]["rows"] == [0]
    app.checkbox(key=f"card_{run.id}").uncheck().run()
    assert "compare" not in app.query_params


def test_long_lists_of_cards_are_shown_in_parts(app, store, config):
    runs = [store.create({**config.model_dump(mode="json"), "seed": seed}) for seed in range(14)]
    opened(app, "runs")
    assert len(app.checkbox) == 12
    press(app, "Show 2 more")
    assert {each.key for each in app.checkbox} == {f"card_{run}" for run in runs}


def test_figures_of_a_run_that_goes_on_are_empty_and_not_zero(store, live_run):
    row = table([store.run(live_run)]).iloc[0]
    assert pd.isna(row["Accuracy"])
    assert pd.isna(row["Agreement"])


def test_a_deleted_run_can_be_brought_back_at_once(app, store, live_run):
    store.set_state(live_run, "cancelled")
    folder = Path(store.run(live_run).config.data).name
    opened(app, "runs")
    choose(app, store, 0)
    press(app, "Delete")
    assert store.runs() == []
    assert f"Run {folder}, λ 3 · " in page_text(app).replace("\\", "")
    press(app, "Undo")
    assert [run.id for run in store.runs()] == [live_run]


def test_all_deleted_runs_can_be_removed_at_once_after_a_word_of_warning(app, store, config):
    kept, *deleted = [store.create(config.model_dump(mode="json")) for _ in range(4)]
    for run_id in deleted:
        store.delete(run_id)
    opened(app, "runs")
    assert not app.exception
    assert (
        "3 runs are removed with their networks, maps and figures. **This cannot be undone.**"
        in page_text(app)
    )
    app.button(key="empty_deleted").click().run()
    assert not app.exception
    assert [run.id for run in store.runs(include_deleted=True)] == [kept]
    assert not [each for each in app.expander if each.label.startswith("Deleted runs")]


def test_a_new_run_does_not_slip_under_the_choice_of_an_old_one(app, store, config, live_run):
    opened(app, "runs")
    choose(app, store, 0)
    store.create(config.model_dump(mode="json"))
    app.run()
    assert [button.label for button in app.button if button.label == "Open in Distill"]
    assert app.session_state[table_key(store.runs())]["selection"]["rows"] == [1]


def test_removing_for_good_takes_a_second_step(app, store, live_run):
    store.set_state(live_run, "cancelled")
    store.delete(live_run)
    opened(app, "runs")
    press(app, "Delete permanently")
    assert store.runs(include_deleted=True) == []


def test_delete_stands_apart_from_the_other_actions(app, store, live_run):
    opened(app, "runs")
    choose(app, store, 0)
    rows = [
        [getattr(child, "label", "") for child in block.children.values()]
        for block in app.main
        if hasattr(block, "children")
    ]
    assert [row for row in rows if "Open in Distill" in row] == [row for row in rows if "Explain" in row]
    assert not any({"Delete", "Open in Distill"} <= {*row} for row in rows)
    labels = [button.label for button in app.button]
    assert labels.index("Delete") > labels.index("Save")


def test_a_run_that_is_being_trained_cannot_be_deleted(app, store, live_run):
    opened(app, "runs")
    choose(app, store, 0)
    assert next(button for button in app.button if button.label == "Delete").disabled


def test_a_stopped_run_can_be_resumed(app, store, live_run):
    store.set_state(live_run, "cancelled", "Stopped.")
    opened(app, "runs")
    choose(app, store, 0)
    press(app, "Resume")
    assert store.run(live_run).state == "queued"


def test_a_chosen_run_opens_on_the_other_pages(app, store, live_run):
    opened(app, "runs")
    choose(app, store, 0)
    press(app, "Open in Distill")
    assert app.title[0].value == "Distill"
    assert app.session_state["run"] == live_run


def test_a_finished_run_opens_in_agreement_too(app, trained, monkeypatch):
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(trained[0]))
    opened(app, "runs")
    choose(app, Store(trained[0]), 0)
    press(app, "Agreement")
    assert app.title[0].value == "Agreement"


def test_settings_that_are_equal_in_all_runs_take_no_room_in_the_table(app, store, config):
    for seed in (0, 1):
        store.create({**config.model_dump(mode="json"), "seed": seed})
    opened(app, "runs")
    columns = json.loads(app.dataframe[0].proto.columns)
    hidden = {name for name, column in columns.items() if column.get("hidden")}
    assert {"T", "Epochs", "Teacher → student", "Id"} <= hidden
    assert "Seed" not in hidden


def test_a_run_is_named_noted_tagged_and_pinned(app, store, live_run):
    opened(app, "runs")
    choose(app, store, 0)
    app.text_input(key=f"name_{live_run}").set_value("my *first*")
    app.text_area(key=f"note_{live_run}").set_value("watch the cue")
    app.checkbox(key=f"pinned_{live_run}").check()
    press(app, "Save")
    run = store.run(live_run)
    assert (run.record.name, run.record.note, run.record.pinned) == ("my *first*", "watch the cue", True)


def test_a_name_that_is_too_long_is_one_line_and_changes_nothing(app, store, live_run):
    opened(app, "runs")
    choose(app, store, 0)
    app.text_input(key=f"name_{live_run}").set_value("x" * 121)
    press(app, "Save")
    assert [error.value for error in app.error] == [
        "name: at most 120 characters are kept, got 121. Shorten it."
    ]
    assert store.run(live_run).record.name == ""


def test_pinned_runs_come_first_and_words_filter(store, config, live_run):
    newer = store.create(config.model_dump(mode="json"), name="Later one")
    store.annotate(live_run, pinned=True, tags=["class 7"])
    assert [run.id for run in in_order(store.runs())] == [live_run, newer]
    assert [run.id for run in matching(store.runs(), "later ONE")] == [newer]
    assert [run.id for run in matching(store.runs(), "class running")] == [live_run]
    assert matching(store.runs(), "nowhere") == []


def test_a_filter_that_fits_no_run_shows_an_empty_table(app, live_run):
    opened(app, "runs", runs_filter="nowhere")
    assert not app.exception
    assert app.dataframe[0].value.empty


def test_a_run_travels_as_a_zip(trained, store):
    content = zipped(Store(trained[0]), trained[1])
    run = store.run(imported(store, content))
    assert run.results == Store(trained[0]).run(trained[1]).results


def test_an_uploaded_run_is_the_chosen_one(trained, app, store):
    opened(app, "runs")
    app.file_uploader[0].upload("run.zip", zipped(Store(trained[0]), trained[1])).run()
    assert not app.exception
    assert [run.id for run in store.runs()] == [trained[1]]
    assert "Open in Distill" in [button.label for button in app.button]


def test_an_upload_that_is_no_run_is_one_line(app, store):
    opened(app, "runs")
    app.file_uploader[0].upload("run.zip", b"no zip at all").run()
    assert not app.exception
    assert len(app.error) == 1
    assert store.runs() == []


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"dataset": "shapes", "cue": "hue-patch", "cue_strength": 0.75, "seed": 7, "arms": ("student",)},
        {"explanation_weight": 2.5, "temperature": 2.0, "kd_weight": 0.5, "student_width": 0.25},
        {"student": "simple-cnn", "explanation_weight": 10.0, "train_count": 100, "learning_rate": 0.01},
        {"explained_layer": "last", "optimizer": "adamw", "arms": ("student", "twin", "placebo")},
    ],
)
def test_the_link_fills_the_form_with_the_settings_of_a_run(app, store, chosen):
    config = make_config({"arms": ("student", "twin"), "device": "cpu", **chosen})
    opened(app, "distill", **settings_link(config))
    press(app, "Start")
    assert store.runs()[0].config == config


@pytest.fixture
def fresh(store, monkeypatch):
    """A runs directory as on a fresh installation."""
    monkeypatch.setattr(run_selection, "still_packed", still_packed)
    offer_prepared_run(store)
    return store


def test_what_came_with_kdviz_is_listed_from_the_start_and_opened_when_it_is_chosen(app, fresh):
    opened(app, "runs")
    listed = app.dataframe[0].value
    assert len(listed) == 1 + len(PACKED)
    assert all(name.endswith("· came with kdviz") for name in listed["Run"])
    assert listed["Accuracy"].notna().all()
    flowers = packed_run("flowers").id
    app.checkbox(key=f"card_{flowers}").check().run()
    assert not app.exception
    assert flowers in {run.id for run in fresh.runs()}
    assert app.query_params["compare"] == flowers
    assert len(app.dataframe[0].value) == 1 + len(PACKED)
    assert "Delete" not in [button.label for button in app.button], "it would only be packed again"


def test_two_that_differ_in_lambda_are_compared_at_a_click(app, fresh, monkeypatch):
    monkeypatch.setattr(compare, "known_surveys", lambda store, runs: {})
    opened(app, "runs")
    app.button(key="compare_prepared").click().run()
    assert not app.exception
    assert app.header[0].value == "2 runs compared"
    settings = next(table.value for table in app.dataframe if "setting" in table.value)
    assert settings.to_numpy().tolist() == [["λ", "30", "3"]]
    assert any(
        link.proto.page == "sweep" and "study=lambda-ladder" in link.proto.query_string
        for link in app.get("page_link")
    )


def test_the_seed_has_a_column_even_where_all_are_equal(app, store, config):
    for _ in range(2):
        store.create(config.model_dump(mode="json"))
    opened(app, "runs")
    columns = json.loads(app.dataframe[0].proto.columns)
    assert not columns.get("Seed", {}).get("hidden")
    assert columns["Epochs"]["hidden"], "a setting that is the same everywhere has none"


def test_a_report_whose_checks_are_not_known_is_announced_and_then_saved(app, trained, tmp_path, monkeypatch):
    shutil.copytree(trained[0], tmp_path / "copy")
    monkeypatch.setenv("KDVIZ_RUNS_DIR", str(tmp_path / "copy"))
    store, run_id = Store(tmp_path / "copy"), trained[1]
    monkeypatch.setattr(known_surveys, "_SURVEYS", Cache(8))
    assert start_survey(store, run_id).wait(PATIENCE_S).state == "done"
    for module, name in ((checks, "_CARDS"), (cue_removal, "_KNOWN")):
        monkeypatch.setattr(module, name, Cache(8))
    opened(app, "runs", run=run_id)
    choose(app, store, [run.id for run in store.runs()].index(run_id))
    with monkeypatch.context() as patch:
        patch.setattr("kdviz.ui.widgets.report_file.start_report_checks", lambda *given: None)
        unfinished = SimpleNamespace(ended=True, progress=SurveyProgress("stopped"))
        patch.setattr("kdviz.ui.widgets.report_file.report_checks_job", lambda *given: unfinished)
        app.run()
        assert "Save it now, with the maps unchecked" in [
            button.proto.label for button in app.get("download_button")
        ]
    app.run()
    press(app, "Report")
    assert report_checks_job(store, run_id).wait(PATIENCE_S).state == "done"
    app.run()
    assert not app.exception
    assert "Save the report" in [button.proto.label for button in app.get("download_button")]
    assert "Report" not in [button.label for button in app.button]
