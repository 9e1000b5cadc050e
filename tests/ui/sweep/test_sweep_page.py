"""The Sweep page on studies whose figures are known."""

import json

import pandas as pd
import pytest

from kdviz.study import carry_out, read_study, study_status
from kdviz.study.sweep import Best
from kdviz.ui.sweep import studies
from kdviz.ui.sweep.best_values import best_value_sentence
from kdviz.ui.sweep.tables import card_rows
from tests.study.made import FEW, Trainer, results, written
from tests.ui.conftest import opened, page_text
from tests.ui.test_every_page import pictures

GRID = FEW.replace("[grid]", "[grid]\ntemperature = [1, 4]").replace('name = "Few"', 'name = "Two settings"')


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of studies with two in it, and nothing else."""
    found = tmp_path / "studies"
    found.mkdir()
    written(found, FEW)
    (found / "grid.toml").write_text(GRID)
    monkeypatch.setattr(studies, "FOLDER", found)
    return found


@pytest.fixture
def grid(folder, store):
    """The second study, with all of its runs but the last finished."""
    study, points = read_study(folder / "grid.toml")
    list(carry_out(store, study, points[:-1], execute=Trainer(results)))
    return points


def chart(app, number):
    return json.loads(app.get("plotly_chart")[number].proto.spec)


def test_without_a_run_it_says_what_a_study_is_and_how_to_start_the_smallest(app, store, folder):
    opened(app, "sweep")
    assert not app.exception
    assert "grid of runs" in page_text(app)
    assert app.selectbox(key="study_menu").value == "few"
    assert [code.value for code in app.code] == ["python -m kdviz study studies/few.toml", FEW.strip()]
    assert not app.get("plotly_chart")
    (expander,) = app.expander
    assert not expander.proto.expanded
    assert app.info[0].value == "Not measured yet. 6 runs would compare λ (0, 3), with 3 seeds."
    assert app.selectbox(key="study_menu").options[0] == "Few · not measured yet, 6 runs"


def test_what_is_missing_is_queued_and_taken_back(app, store, folder):
    opened(app, "sweep")
    app.button(key="study_queue").click().run()
    assert not app.exception
    _study, points = read_study(folder / "few.toml")
    assert len(study_status(store.runs(), points).waiting) == len(points) == 6
    assert not [button for button in app.button if button.key == "study_queue"]
    app.button(key="study_stop").click().run()
    assert store.runs() == []
    assert app.button(key="study_queue").label == "Queue 6 missing runs"


def test_the_study_with_runs_is_shown_and_its_map_has_the_means_over_seeds(app, grid):
    """λ brings 0.01 of accuracy each, seeds move it by 0.1 each."""
    opened(app, "sweep")
    assert not app.exception
    assert app.selectbox(key="study_menu").value == "grid"
    assert app.query_params["study"] == "grid"
    assert app.button(key="study_queue").label == "Queue 1 missing run"
    texts = [each["text"] for each in chart(app, 0)["layout"]["annotations"]]
    assert texts == [
        "<b>60.0</b><br>± 10.0<br>n = 3",
        "<b>63.0</b><br>± 10.0<br>n = 3",
        "<b>60.0</b><br>± 10.0<br>n = 3",
        "<b>58.0</b><br>± 7.1<br>n = 2",  # the last seed is missing
    ]
    assert all(picture.alt.strip() for picture in pictures(app))


def test_a_complete_study_is_opened_before_one_with_more_runs_that_is_incomplete(app, store, folder):
    for name, count in (("few", 6), ("grid", 8)):
        study, points = read_study(folder / f"{name}.toml")
        list(carry_out(store, study, points[:count], execute=Trainer(results)))
    opened(app, "sweep")
    assert app.selectbox(key="study_menu").value == "few"
    assert app.selectbox(key="study_menu").options == ["Few · 6 of 6 runs", "Two settings · 10 of 12 runs"]


def test_the_best_is_told_for_each_row_over_the_seeds_that_all_have(app, grid):
    opened(app, "sweep")
    best = [each.value.replace("\N{NO-BREAK SPACE}", " ") for each in app.markdown if "**λ" in each.value]
    assert [each.strip() for each in best] == [
        "Temperature T = 1: **λ = 3** is best: 63.0 % over 3 seeds, best in 100 % of the resamples.",
        "Temperature T = 4: **λ = 3** is best: 58.0 % over 2 seeds, best in 100 % of the resamples.",
    ]


def test_a_place_opens_its_runs(app, store, grid):
    opened(app, "sweep", study="grid", sw_cell="3:4")
    assert not app.exception
    assert [each.value for each in app.markdown if each.value.startswith("Seed ")] == [
        "Seed 0: accuracy 53.0\N{NO-BREAK SPACE}%, agreement 0.30",
        "Seed 1: accuracy 63.0\N{NO-BREAK SPACE}%, agreement 0.30",
    ]
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    there = [run.id for run in reversed(store.runs())
             if (run.config.temperature, run.config.explanation_weight) == (4, 3)]  # fmt: skip
    assert links["Explain"] == f"run={there[-1]}"
    assert links["Compare these runs"].replace("%2C", ",") == f"compare={','.join(there)}"


def test_axes_can_be_turned_and_the_figure_changed_and_the_link_keeps_it(app, grid):
    opened(app, "sweep", study="grid", sw_across="temperature", sw_figure="less_placebo")
    assert not app.exception
    map_ = chart(app, 0)
    assert map_["layout"]["xaxis"]["ticktext"] == ["1", "4"]
    assert [each["text"].split("<br>")[0] for each in map_["layout"]["annotations"]] == [
        "undefined", "undefined", "<b>+1.5</b>", "<b>+1.5</b>",
    ]  # fmt: skip
    app.selectbox(key="sw_figure_menu").select("agreement").run()
    assert app.query_params["sw_figure"] == "agreement"
    assert app.query_params["sw_across"] == "temperature"


def test_a_study_that_is_gone_is_said_and_a_file_that_is_wrong_leaves_the_others(app, grid, folder):
    (folder / "wrong.toml").write_text("name = 3")
    opened(app, "sweep", study="nowhere")
    assert not app.exception
    assert "study: there is no " in app.warning[0].value
    assert [error.value for error in app.error] == ["wrong.toml: name: must be text, got 3."]
    assert app.selectbox(key="study_menu").options == ["Two settings · 11 of 12 runs", "Few · 5 of 6 runs"]
    assert app.selectbox(key="study_menu").value == "grid"


def test_without_a_study_file_the_page_says_what_one_is(app, store, tmp_path, monkeypatch):
    monkeypatch.setattr(studies, "FOLDER", tmp_path / "nowhere")
    opened(app, "sweep")
    assert not app.exception
    assert "No study yet" in app.subheader[0].value


def test_a_failed_run_is_said(app, store, folder):
    _study, points = read_study(folder / "few.toml")
    run_id = store.create(points[0].config.model_dump(mode="json"), key=points[0].config.key)
    store.set_state(run_id, "failed", "the loss is not finite")
    opened(app, "sweep")
    assert app.warning[0].value == "1 run failed with: the loss is not finite"


@pytest.mark.parametrize(
    ("best", "sentence"),
    [
        (
            Best(3.0, 0.5, 1, {3.0: float("nan"), 1.0: float("nan")}, (3.0, 1.0)),
            "**λ = 3** is best with 50.0 %; no error bar: 1 seed.",
        ),
        (
            Best(3.0, 0.5, 3, {3.0: 0.6, 1.0: 0.4}, (3.0, 1.0)),
            "**λ = 3** has the best mean, 50.0 % over 3 seeds, and is best in 60 % of the resamples: not "
            "distinguishable from λ = 1 (40 %).",
        ),
    ],
)
def test_a_best_that_does_not_stand_out_is_not_called_the_best(best, sentence):
    said = best_value_sentence(best, "explanation_weight", "accuracy")
    assert said.replace("\N{NO-BREAK SPACE}", " ") == sentence


def test_each_row_of_a_table_is_a_card_on_a_phone():
    table = pd.DataFrame([{"explanation_weight": 30, "arm": "student", "accuracy": "0.76", "fidelity": "–"}])
    assert list(card_rows(table)) == [("λ 30 · student", {"Accuracy": "0.76"})]
