"""On Sweep, the study of the open run."""

import re

import pytest

from kdviz.config import make_config
from kdviz.jobs import continued, submit
from kdviz.store import Progress
from kdviz.study import study_of_run, study_status
from kdviz.ui.frame.url_state import THIS_RUN
from kdviz.ui.sweep import studies
from tests.study.made import Trainer, results
from tests.ui.conftest import opened, page_text
from tests.ui.home.test_home_page import prepared
from tests.ui.sweep.test_sweep_page import folder

__all__ = ["folder", "prepared"]

RUN = {"dataset": "shapes", "arms": ["student", "twin"], "explanation_weight": 30}


@pytest.fixture
def run(store, tmp_path, monkeypatch):
    """A finished run, and no study file."""
    monkeypatch.setattr(studies, "FOLDER", tmp_path / "nowhere")
    return Trainer(results)(store, submit(store, make_config(RUN)))


def popover(app):
    (found,) = app.get("popover")
    return found.proto.popover.label


def test_a_link_opens_the_run_with_four_more_seeds_to_be_trained(app, store, run):
    opened(app, "sweep", study=THIS_RUN, run=run.id)
    assert not app.exception
    assert app.selectbox(key="study_menu").options == [f"This run: {run.title}"]
    assert popover(app) == "Repeat with 4 more seeds"
    assert app.button(key="study_queue_seed").label.startswith("One seed first: 1 run")
    app.button(key="study_queue").click().run()
    assert not app.exception
    assert [each.config.seed for each in store.queued()] == [1, 2, 3, 4]
    assert [each.record.name for each in store.queued()] == [""] * 4
    assert (app.query_params["study"], app.query_params["run"]) == (THIS_RUN, run.id)


def test_a_link_to_another_study_tells_which_run_would_be_studied(app, store, folder, prepared):
    own = Trainer(results)(store, submit(store, make_config(RUN)))
    opened(app, "sweep", study="few", run=own.id)
    assert not app.exception
    assert app.selectbox(key="study_menu").value == "few"
    assert app.selectbox(key="study_menu").options[0] == f"This run: {own.title}"
    app.selectbox(key="study_menu").select(THIS_RUN).run()
    assert app.selectbox(key="run_menu").value == own.id
    assert app.query_params["run"] == own.id


def test_a_choice_is_in_the_address_and_a_link_with_it_opens_the_same(app, store, run):
    opened(app, "sweep", study=THIS_RUN, run=run.id)
    app.selectbox(key="own_lambda_menu").select("ladder").run()
    app.selectbox(key="own_seeds_menu").select("0").run()
    assert not app.exception
    assert dict(app.query_params) | {"own_lambda": "ladder"} == app.query_params
    assert "own_seeds" not in app.query_params, "the default"
    assert app.selectbox(key="own_lambda_menu").options == ["30, as in this run", "3; 10; 30; 100"]
    assert app.button(key="study_queue").label == "Queue 3 missing runs"


def test_what_is_in_training_is_said_and_nothing_is_called_not_measured(app, store, run):
    _study, points = study_of_run(run, name="Mine", ladder=True)
    first = submit(store, points[0].config)
    submit(store, points[1].config)
    with store.hold(first):
        store.claim(first)
        store.set_progress(first, Progress("students", 12, 4.5, 5, 12, seconds=20.0))
        opened(app, "sweep", study=THIS_RUN, run=run.id, own_lambda="ladder")
        assert not app.exception
        text = app.get("progress")[0].proto.text.replace("\N{NO-BREAK SPACE}", " ")
    assert text.startswith(
        "Measured here: 1 of all 4 runs; 1 queued. In training: λ = 3, seed 0: epoch 5 of 12"
    )
    assert "Not measured yet" not in page_text(app)


def test_stopping_stops_the_runs_that_wait_and_keeps_the_open_one(app, store, run):
    opened(app, "sweep", study=THIS_RUN, run=run.id, own_seeds="2")
    app.button(key="study_queue").click().run()
    app.button(key="study_stop").click().run()
    assert not app.exception
    assert [each.id for each in store.runs(include_deleted=True)] == [run.id]


def test_a_repeated_run_has_its_answer_over_seeds(app, store, run):
    _study, points = study_of_run(run, name="Mine", more_seeds=2)
    for point in points[1:]:
        Trainer(results)(store, submit(store, point.config))
    opened(app, "sweep", study=THIS_RUN, run=run.id, own_seeds="2")
    assert not app.exception
    assert len(study_status(store.runs(), points).done) == 3
    assert re.search(r"The student is 30\.0 points \(.*\) above the twin, higher in 3 of 3 seeds: more than noise",
                     page_text(app))  # fmt: skip
    assert not app.get("popover")


def test_the_headline_counts_the_seeds_that_are_measured(app, store, run):
    _study, points = study_of_run(run, name="Mine", more_seeds=4)
    opened(app, "sweep", study=THIS_RUN, run=run.id)
    assert "1 of 5 seeds measured" in page_text(app)
    assert "(one seed, so no error bar)" in page_text(app)
    for point in points[1:]:
        Trainer(results)(store, submit(store, point.config))
    app.run()
    assert not app.exception
    assert "seeds measured" not in page_text(app)
    assert ", 5 seeds" in page_text(app)


def test_runs_that_wait_say_for_how_many_others(app, store, run):
    other = submit(store, make_config({**RUN, "seed": 9}))
    _study, points = study_of_run(run, name="Mine", more_seeds=2)
    for point in points[1:]:
        submit(store, point.config)
    with store.hold(other):
        store.claim(other)
        opened(app, "sweep", study=THIS_RUN, run=run.id, own_seeds="2")
        assert not app.exception
        assert app.get("progress")[0].proto.text.startswith(
            "Measured here: 1 of all 3 runs; 2 queued, waiting for 1 other run"
        )
        assert "other runs" not in app.get("progress")[0].proto.text


def test_a_retrained_run_says_why_it_has_no_seeds_and_offers_its_ladder(app, store, run):
    retrained = Trainer(results)(store, submit(store, continued(run, {"epochs": 1})))
    opened(app, "sweep", study=THIS_RUN, run=retrained.id)
    assert not app.exception
    assert "This run goes on from the networks of another run." in page_text(app)
    assert not [each for each in app.selectbox if each.key == "own_seeds_menu"]
    assert app.button(key="study_queue").label == "Queue 3 missing runs"
