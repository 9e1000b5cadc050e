"""The Sweep page on studies whose figures are known."""

import json
import math
import re
from dataclasses import replace

import pandas as pd
import pytest

from kdviz.study import Best, Lead, carry_out, read_study, study_status
from kdviz.types import Interval
from kdviz.ui.sweep import best_values, studies
from kdviz.ui.sweep.best_values import best_value_sentence, edge_sentence, gain_words, undecided_sentence
from kdviz.ui.sweep.tables import card_rows, column_label, differences_title, without_equal_seeds
from tests.study.made import FEW, Trainer, results, written
from tests.ui.conftest import opened, page_text
from tests.ui.test_every_page import pictures

STUDIES = studies.FOLDER

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
    assert [each.label for each in app.expander] == ["About this study"]
    assert not app.expander[0].proto.expanded
    assert app.info[0].value == "Not measured yet. 6 runs would compare λ (0; 3), with 3 seeds."
    assert app.selectbox(key="study_menu").options[0] == "Few · not measured yet, 6 runs"


def test_what_is_missing_is_queued_and_taken_back_without_a_trace(app, store, folder):
    opened(app, "sweep")
    assert popover(app) == "Queue 6 missing runs"
    assert app.button(key="study_queue").label == "All seeds: 6 runs"
    app.button(key="study_queue").click().run()
    assert not app.exception
    _study, points = read_study(folder / "few.toml")
    assert len(study_status(store.runs(), points).waiting) == len(points) == 6
    assert not [button for button in app.button if button.key == "study_queue"]
    app.button(key="study_stop").click().run()
    assert store.runs(include_deleted=True) == []
    assert popover(app) == "Queue 6 missing runs"
    assert app.info[0].value == "Stopped. No run had finished."
    app.button(key="study_queue").click().run()
    assert not [each for each in app.info if "Stopped" in each.value]


def test_stopping_is_said_until_the_run_has_stopped_and_then_what_is_kept(app, store, grid):
    opened(app, "sweep", study="grid")
    app.button(key="study_queue").click().run()
    (running,) = (run.id for run in store.queued())
    with store.hold(running):  # its process is alive
        store.claim(running)
        app.run()
        app.button(key="study_stop").click().run()
        assert not app.exception
        assert store.run(running).record.request == "stop"
        assert app.get("progress")[0].proto.text == "Stopping after the current batch …"
        assert app.button(key="study_stop").disabled
        assert not [each for each in app.info if "Stopped" in each.value]
        store.set_state(running, "cancelled")  # as its process does
        app.run()
    assert not app.exception
    assert app.info[0].value == (
        "Stopped. 11 finished runs are kept. 1 run that had begun is kept, too, and goes on from its last full "
        "epoch when it is queued again."
    )
    app.selectbox(key="study_menu").select("few").run()
    assert "Stopped" not in page_text(app), "it was another study"


def popover(app):
    """The label of the button that opens what can be queued."""
    (found,) = app.get("popover")
    return found.proto.popover.label


def test_one_seed_can_be_measured_first_and_then_the_others(app, store, folder):
    opened(app, "sweep")
    assert app.button(key="study_queue_seed").label == "One seed first: 2 runs"
    app.button(key="study_queue_seed").click().run()
    assert not app.exception
    assert {run.config.seed for run in store.queued()} == {0}
    assert app.button(key="study_queue").label == "All seeds: 4 runs"


def test_progress_is_above_everything_that_is_measured(app, grid):
    opened(app, "sweep", study="grid")
    app.button(key="study_queue").click().run()
    kinds = [element.type for element in app.main if element.type in ("progress", "plotly_chart")]
    assert kinds[0] == "progress"


def test_the_cost_is_said_before_and_where_it_comes_from(app, folder, packaged, monkeypatch):
    monkeypatch.setattr(studies, "FOLDER", STUDIES)
    opened(app, "sweep", study="lambda-ladder")
    assert not app.exception
    assert popover(app) == "Measure 40 runs here"
    assert re.fullmatch(
        r"One seed first: 8 runs, about \d+ (s|min.*)", app.button(key="study_queue_seed").label
    )
    assert re.fullmatch(r"All seeds: 40 runs, about \d+ min.*", app.button(key="study_queue").label)
    assert "on another computer" in page_text(app)


def test_of_few_runs_with_nothing_to_compare_one_line_says_so_and_no_chart(app, store, folder):
    """The runs of one λ, made elsewhere with the same settings."""
    study, points = read_study(folder / "grid.toml")
    done = [
        point for point in points if not point.config.explanation_weight and point.config.temperature == 1
    ]
    list(carry_out(store, study, done, execute=Trainer(results)))
    opened(app, "sweep", study="grid")
    assert not app.exception
    assert app.info[0].value == (
        "Nothing can be compared yet: 3 of 12 runs finished so far. 12 runs would compare λ (0; 3), Temperature T (1; 4), "
        "with 3 seeds."
    )
    assert not app.get("plotly_chart")
    assert popover(app) == "Queue 9 missing runs"


def marks(app, number):
    """The means of a chart along one setting, by arm."""
    named = [each for each in chart(app, number)["data"] if each.get("name")]
    return {each["name"]: [round(y, 4) for y in each["y"]] for each in named}


def test_the_study_with_runs_is_shown_and_its_charts_have_the_means_over_seeds(app, grid):
    """λ brings 0.01 of accuracy each, seeds move it by 0.1 each; the placebo has half of the gain."""
    opened(app, "sweep")
    assert not app.exception
    assert app.selectbox(key="study_menu").value == "grid"
    assert app.query_params["study"] == "grid"
    assert app.button(key="study_queue").label == "Queue 1 missing run"
    assert marks(app, 0) == {"twin (λ = 0)": [0.6], "student": [0.6, 0.63], "placebo": [0.615]}
    assert marks(app, 1)["student"] == [0.6, 0.58], "the last seed is missing"
    texts = [each["text"].split("<br>")[::2] for each in chart(app, 2)["layout"]["annotations"]]
    assert texts == [
        ["<b>60.0</b>", "n = 3"], ["<b>63.0</b>", "n = 3"], ["<b>60.0</b>", "n = 3"], ["<b>58.0</b>", "n = 2"],
    ]  # fmt: skip
    assert all(picture.alt.strip() for picture in pictures(app))


def test_the_first_picture_comes_before_every_menu_but_that_of_the_study(app, grid):
    """On a phone, what is below the answer is screens away."""
    opened(app, "sweep")
    kinds = [
        element.type for element in app.main if element.type in ("selectbox", "plotly_chart", "dataframe")
    ]
    assert kinds[:3] == ["selectbox", "plotly_chart", "plotly_chart"]


def test_a_study_that_is_not_measured_is_apart_until_it_is_opened(app, store, folder):
    study, points = read_study(folder / "few.toml")
    list(carry_out(store, study, points, execute=Trainer(results)))
    (folder / "grid.toml").write_text(GRID.replace("[1, 4]", "[2, 8]"))
    opened(app, "sweep")
    assert app.selectbox(key="study_menu").options == ["Few · 6 of 6 runs"]
    assert app.expander[-1].label == "Other studies, not measured yet (1)"
    app.button(key="study_open_grid").click().run()
    assert not app.exception
    assert app.selectbox(key="study_menu").value == "grid"
    assert app.info[0].value.startswith("Not measured yet. 12 runs")


def test_a_study_that_is_not_offered_is_shown_by_its_address_alone(app, store, folder):
    (folder / "grid.toml").write_text(GRID.replace("[settings]", "offered = false\n[settings]", 1))
    opened(app, "sweep")
    assert app.selectbox(key="study_menu").options == ["Few · not measured yet, 6 runs"]
    assert [each.label for each in app.expander] == ["About this study"]
    opened(app, "sweep", study="grid")
    assert not app.exception
    assert app.selectbox(key="study_menu").value == "grid"


def test_a_setting_of_the_data_has_no_best_but_a_gain_at_each_value(app, store, folder):
    cues = FEW.replace("explanation_weight = [0, 3]", 'cue = ["none", "hue-patch"]\nexplanation_weight = [3]')
    cues = cues.replace('["student", "placebo"]', '["student", "twin", "placebo"]')
    (folder / "cues.toml").write_text(cues.replace('name = "Few"', 'name = "Cues"'))
    study, points = read_study(folder / "cues.toml")
    list(carry_out(store, study, points, execute=Trainer(results)))
    opened(app, "sweep", study="cues")
    assert not app.exception
    said = [each.value.replace("\N{NO-BREAK SPACE}", " ") for each in app.markdown if "seeds:" in each.value]
    assert [each.split(":**")[0] for each in said] == [
        "**Planted cue = None",
        "**Planted cue = Coloured patch",
    ]
    assert all("the student is 3.0 points (3.0 to 3.0) above the twin, higher in 3 of 3 seeds: more than noise" in each
               for each in said)  # fmt: skip
    assert "is best" not in page_text(app)


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
    assert all(
        " At λ = 3, the student is 3.0 points (3.0 to 3.0) above the twin: more than noise" in each
        for each in best
    ), "one answer, not two halves"
    best = [each.split(" It is the largest")[0] for each in best]
    lead = "+3.0 points (+3.0 to +3.0) compared to λ = 0, higher in"
    assert best == [
        f"**λ = 3 is best**, with 63.0 %, {lead} 3 of 3 seeds: more than noise.",
        f"**λ = 3 is best**, with 58.0 %, {lead} 2 of 2 seeds: more than noise.",
    ]


def test_in_front_of_a_class_the_answer_is_closed_until_it_is_pressed(app, grid):
    opened(app, "sweep", study="grid", projector="true")
    assert not app.exception
    folded = [each for each in app.expander if each.label == "Answer"]
    assert ["is best" in each.markdown[0].value for each in folded] == [True, True]
    assert not any(each.proto.expanded for each in folded)


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
    map_ = chart(app, 1)  # λ = 0 has no placebo, so no chart of its own
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


def lead(value, low, high, ahead, seeds):
    return Lead(Interval(value, low, high), ahead, seeds)


LADDER = (0.0, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)


@pytest.mark.parametrize(
    ("best", "sentence", "undecided"),
    [
        (
            Best(3.0, 0.5, 1.0, lead(0.02, math.nan, math.nan, 1, 1), (1.0,), (1.0, 3.0)),
            "**λ = 3 has the highest mean**, 50.0 %, +2.0 points compared to λ = 1 (one seed, so no error bar).",
            "",
        ),
        (
            Best(3.0, 0.5, 1.0, lead(0.02, -0.01, 0.05, 2, 3), (1.0, 0.0), (0.0, 1.0, 3.0)),
            "**λ = 3 has the highest mean**, 50.0 %, +2.0 points (−1.0 to +5.0) compared to λ = 1, higher in "
            "2 of 3 seeds.",
            "3 seeds cannot tell which of λ = 0 to 3 is best: their differences may be noise.",
        ),
        (
            Best(3.0, 0.5, 1.0, lead(0.02, 0.01, 0.03, 3, 3), (0.0,), (0.0, 1.0, 3.0)),
            "**λ = 3 has the highest mean**, 50.0 %, +2.0 points (+1.0 to +3.0) compared to λ = 1, higher in "
            "3 of 3 seeds: more than noise.",
            "3 seeds cannot tell λ = 3 and λ = 0 apart.",
        ),
        (
            Best(10.0, 0.99614, 30.0, lead(0.00004, -0.004, 0.004, 3, 5), (30.0, 5.0, 3.0, 2.0), LADDER),
            "**λ = 10 and λ = 30 are level** at 99.6 %: they differ by 0.0 points (−0.4 to +0.4).",
            "5 seeds cannot tell which of λ = 2 to 30 is best: their differences may be noise.",
        ),
        (
            Best(10.0, 0.99614, 30.0, lead(0.00004, -0.004, 0.004, 3, 5), (30.0, 3.0), LADDER),
            "**λ = 10 and λ = 30 are level** at 99.6 %: they differ by 0.0 points (−0.4 to +0.4).",
            "5 seeds cannot tell which of λ = 3, λ = 10, λ = 30 is best: their differences may be noise.",
        ),
        (
            Best(10.0, 0.99614, 30.0, lead(0.00004, -0.004, 0.004, 3, 5), (30.0,), LADDER),
            "**λ = 10 and λ = 30 are level** at 99.6 %: they differ by 0.0 points (−0.4 to +0.4).",
            "5 seeds cannot tell them apart.",
        ),
        (
            Best(3.0, 0.5, 1.0, lead(0.02, 0.01, 0.03, 3, 3), (), (0.0, 1.0, 3.0)),
            "**λ = 3 is best**, with 50.0 %, +2.0 points (+1.0 to +3.0) compared to λ = 1, higher in 3 of 3 "
            "seeds: more than noise.",
            "",
        ),
    ],
)
def test_a_best_that_does_not_stand_out_is_not_called_the_best(best, sentence, undecided):
    said = best_value_sentence(best, "explanation_weight", "accuracy")
    assert said.replace("\N{NO-BREAK SPACE}", " ") == sentence
    said = undecided_sentence(best, "explanation_weight", "accuracy")
    assert said.replace("\N{NO-BREAK SPACE}", " ") == undecided


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        ((0.30, 0.32, 0.34), "32.0 points (30.0 to 34.0) above the twin: more than noise"),
        ((-0.34, -0.32, -0.30), "32.0 points (30.0 to 34.0) below the twin: more than noise"),
        ((-0.02, 0.00, 0.03), "0.3 points (−2.0 to 3.0) above the twin, which may be noise"),
    ],
)
def test_a_gain_says_whether_it_is_noise(shift, said):
    below, middle, above = shift
    value = (below + middle + above) / 3
    assert best_values._above(lead(value, below, above, 3, 3), "twin", "accuracy") == said


def test_a_lead_that_may_be_chance_says_that_the_seeds_are_too_few():
    """Few seeds show nothing: that is not to say that there is no difference."""
    said = gain_words(lead(0.02, -0.01, 0.05, 2, 3), "twin", "accuracy")
    assert said == (
        "2.0 points (−1.0 to 5.0) above the twin, higher in 2 of 3 seeds: 3 seeds cannot tell them apart"
    )


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.861, "86.1 points above the twin"),
        (-0.02, "2.0 points below the twin"),
        (0.0, "level with the twin"),
    ],
)
def test_a_gain_of_one_seed_says_on_which_side_of_the_control_it_is(value, said):
    one = lead(value, math.nan, math.nan, int(value > 0), 1)
    assert gain_words(one, "twin", "accuracy") == f"{said} (one seed, so no error bar)"


@pytest.mark.parametrize(
    ("field", "best", "others", "sentence"),
    [
        (
            "explanation_weight",
            100.0,
            (0.0, 30.0),
            "It is the largest λ that was measured: a larger one may be better.",
        ),
        (
            "explanation_weight",
            3.0,
            (10.0, 30.0),
            "It is the smallest λ that was measured: a smaller one may be better.",
        ),
        ("explanation_weight", 30.0, (0.0, 100.0), ""),
        ("explanation_weight", 0.0, (30.0, 100.0), ""),  # there is no smaller one
        (
            "temperature",
            2.0,
            (4.0, 8.0),
            "It is the smallest T that was measured: a smaller one may be better.",
        ),
        ("temperature", 1.0, (2.0, 4.0), ""),
        ("train_count", 1000, (100, 500), ""),
        ("student", "vit-tiny", ("resnet8",), ""),
    ],
)
def test_a_best_at_the_edge_says_where_to_look_further(field, best, others, sentence):
    sure = Best(best, 0.5, others[0], lead(0.1, 0.05, 0.15, 3, 3), (), (best, *others))
    assert edge_sentence(sure, field) == sentence
    assert edge_sentence(replace(sure, close=others[:1]), field) == "", "another value is as good"


def test_each_row_of_a_table_is_a_card_on_a_phone():
    table = pd.DataFrame([{"explanation_weight": 30, "arm": "student", "accuracy": "0.76", "fidelity": "–"}])
    assert list(card_rows(table, column_label)) == [("λ 30 · student", {"Accuracy": "0.76"})]


def test_a_figure_of_a_table_stands_above_its_interval_so_that_all_columns_fit(app, grid):
    opened(app, "sweep", study="grid")
    figures, differences = (each.value for each in app.table)
    assert not app.dataframe
    assert list(figures)[:5] == ["Temperature T", "λ", "arm", "seeds", "Accuracy"]
    student = figures[(figures["arm"] == "student") & (figures["λ"] == "0")].iloc[0]
    assert student["Agreement"] == "0.000  \n:small[0.000\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}0.000]"
    assert "  \n:small[" in differences["Accuracy"][0]


def test_the_number_of_seeds_is_a_column_only_where_it_differs():
    teacher, student = {"arm": "teacher", "seeds": "1"}, {"arm": "student", "seeds": "5"}
    assert without_equal_seeds([teacher, student]) == [{"arm": "teacher"}, {"arm": "student"}]
    both = [student, {"arm": "placebo", "seeds": "4"}]
    assert without_equal_seeds(both) == both


def test_the_heading_of_the_differences_names_the_controls_that_the_study_has():
    assert differences_title([{"control": "twin", "accuracy": "+1"}]) == "Student − twin"
    assert (
        differences_title([{"control": "twin"}, {"control": "placebo"}, {"control": "twin"}])
        == "Student − twin, student − placebo"
    )


def test_a_wrong_cue_that_is_followed_is_called_a_patch_where_all_planted_ones_are():
    assert column_label("cue_followed", cues={"none", "hue-patch"}) == "Follows a wrong patch"
    assert column_label("cue_followed", cues={"hue-patch", "tint"}) == "Follows a wrong cue"
    assert column_label("cue_followed", cues={"none"}) == "Follows a wrong cue"
