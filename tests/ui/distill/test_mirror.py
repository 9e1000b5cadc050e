"""The form beside an open run: the run's settings, and chips for what differs."""

import pytest

from kdviz.config import filled
from kdviz.datasets import DATASETS
from kdviz.jobs import submit
from kdviz.ui.distill.presets import PRESETS
from kdviz.ui.widgets.field_keys import settings_link
from tests.ui.conftest import opened


@pytest.fixture
def run(store, tiny_config):
    """A run whose settings differ from the form's defaults in many fields."""
    run_id = submit(
        store, tiny_config(arms=("student", "twin"), explanation_weight=30.0, seed=4), foreground=True
    )
    return store.run(run_id)


def chips(app):
    return {
        button.key.removeprefix("change_"): button.label
        for button in app.button
        if (button.key or "").startswith("change_")
    }


def field(run, name):
    return f"{run.config.dataset}.{name}"


def opened_form(app, run):
    opened(app, "distill", run=run.id)
    app.button(key="open_form").click().run()
    assert not app.exception
    return app


def test_the_form_opens_with_the_settings_of_the_open_run(app, store, run):
    opened_form(app, run)
    assert chips(app) == {}
    app.button(key="start").click().run()
    assert store.runs()[0].id != run.id
    assert store.runs()[0].config == run.config


def test_a_chip_names_a_setting_that_differs_and_sets_it_back(app, run):
    opened_form(app, run)
    app.number_input(key=field(run, "seed")).set_value(5).run()
    app.number_input(key=field(run, "lambda")).set_value(2.5).run()
    app.checkbox(key=field(run, "placebo")).set_value(True).run()
    assert chips(app) == {
        "seed": "Seed 4 → 5",
        "explanation_weight": "λ 30 → 2.5",
        "arms": "Arms student, twin (λ = 0) → student, twin (λ = 0), placebo",
    }
    app.button(key="change_explanation_weight").click().run()
    assert set(chips(app)) == {"seed", "arms"}
    assert app.number_input(key=field(run, "seed")).value == 5
    app.button(key="change_arms").click().run()
    app.button(key="change_seed").click().run()
    assert chips(app) == {}
    assert app.number_input(key=field(run, "seed")).value == 4


def test_many_differences_wait_behind_a_button(app, run):
    opened_form(app, run)
    for name, value in (("seed", 5), ("lambda", 2.5)):
        app.number_input(key=field(run, name)).set_value(value).run()
    assert not app.get("popover") or "differ" not in str(app.get("popover"))
    other = next(name for name in DATASETS if name not in (run.config.dataset, "folder"))
    app.selectbox(key="dataset").set_value(other).run()
    assert len(chips(app)) > 3
    said = f"{len(chips(app))} settings differ from the open run"
    assert said in [each.proto.popover.label for each in app.get("popover")]


def test_setting_the_data_set_back_sets_back_everything(app, run):
    opened_form(app, run)
    other = next(name for name in DATASETS if name not in (run.config.dataset, "folder"))
    app.selectbox(key="dataset").set_value(other).run()
    assert "dataset" in chips(app)
    app.button(key="change_dataset").click().run()
    assert not app.exception
    assert chips(app) == {}


def test_the_form_follows_another_run_unless_it_was_changed(app, store, run, tiny_config):
    other = submit(store, tiny_config(arms=("student",), seed=7), foreground=True)
    opened_form(app, run)
    app.selectbox(key="run_menu").set_value(other).run()
    assert chips(app) == {}
    assert app.number_input(key=field(run, "seed")).value == 7
    app.number_input(key=field(run, "seed")).set_value(8).run()
    app.selectbox(key="run_menu").set_value(run.id).run()
    assert app.number_input(key=field(run, "seed")).value == 8
    assert chips(app)["seed"] == "Seed 4 → 8"


def test_a_link_keeps_its_own_settings_beside_a_run(app, run, tiny_config):
    given = tiny_config(arms=("student", "twin"), explanation_weight=30.0, seed=6)
    opened(app, "distill", run=run.id, **settings_link(given))
    assert chips(app) == {"seed": "Seed 4 → 6"}


def test_on_a_first_visit_the_form_is_not_compared_with_the_run_that_comes_along(app, run):
    opened(app, "distill")
    assert app.session_state["run"] == run.id
    assert chips(app) == {}
    assert app.pills(key="preset").value == "opening"


def test_on_a_first_visit_the_form_has_the_settings_of_a_finished_run_that_no_preset_is_near(app, store, run):
    store.set_state(run.id, "finished")
    opened(app, "distill")
    assert app.selectbox(key="dataset").value == run.config.dataset
    assert app.number_input(key=field(run, "seed")).value == 4
    assert chips(app) == {}


@pytest.mark.parametrize("preset", ["opening", "few-images", "planted-cue"])
def test_on_a_first_visit_the_form_begins_with_the_preset_of_the_run_that_comes_along(app, store, preset):
    """Also where the run is shorter than the preset; a change of the visitor's stays."""
    wanted = PRESETS[preset]
    store.create({**filled(wanted.complete), "epochs": 5})
    opened(app, "distill")
    assert app.pills(key="preset").value == preset
    assert app.selectbox(key="dataset").value == wanted.dataset
    app.number_input(key=f"{wanted.dataset}.seed").set_value(9).run()
    assert app.number_input(key=f"{wanted.dataset}.seed").value == 9
    assert not app.exception
