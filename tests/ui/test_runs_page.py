import pandas as pd

from kdviz.store import Store
from kdviz.ui.runs import table, table_key
from tests.ui.conftest import opened
from tests.ui.test_distill_page import shown


def choose(app, store, row):
    app.session_state[table_key(store.runs())] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    app.run()
    assert not app.exception


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def test_the_table_says_what_a_run_was_and_what_came_out(trained):
    run = Store(trained[0]).run(trained[1])
    row = table([run], now=run.created + 120).iloc[0]
    assert (row["State"], row["λ"], row["Made"]) == ("Finished", 3.0, "2 min ago")
    assert row["Data"] == "folder + hue-patch"
    assert row["Teacher → student"] == "ResNet-8 lite ×0.5 → ResNet-8 lite ×0.25"
    assert row["Accuracy"] == 100 * run.results["student"]["test_accuracy"]


def test_figures_of_a_run_that_goes_on_are_empty_and_not_zero(store, live_run):
    row = table([store.run(live_run)], now=store.run(live_run).created).iloc[0]
    assert pd.isna(row["Accuracy"])
    assert pd.isna(row["Agreement"])


def test_a_deleted_run_can_be_brought_back_at_once(app, store, live_run):
    store.set_state(live_run, "cancelled")
    opened(app, "runs")
    choose(app, store, 0)
    press(app, "Delete")
    assert store.runs() == []
    assert f"Run {live_run} was deleted." in shown(app)
    press(app, "Undo")
    assert [run.id for run in store.runs()] == [live_run]


def test_a_new_run_does_not_slip_under_the_choice_of_an_old_one(app, store, config, live_run):
    opened(app, "runs")
    choose(app, store, 0)
    store.create(config.model_dump(mode="json"))
    app.run()
    assert "Choose a row" in shown(app)


def test_removing_for_good_takes_a_second_step(app, store, live_run):
    store.set_state(live_run, "cancelled")
    store.delete(live_run)
    opened(app, "runs")
    press(app, "Remove for good")
    assert store.runs(include_deleted=True) == []


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
