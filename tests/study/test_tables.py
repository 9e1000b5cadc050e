"""The tables of a study, from figures that are known."""

import math

import numpy as np
import pandas as pd
import pytest

from kdviz.agreement import hierarchical_bootstrap
from kdviz.errors import KdvizError
from kdviz.study import (
    carry_out,
    difference_rows,
    differences_by_point,
    markdown,
    read_study,
    summary_table,
    tidy_table,
    write_results,
)
from kdviz.study.writing import interval_note
from tests.comparison.made import made
from tests.study.made import FEW, Trainer, figures, results, written


@pytest.fixture
def study(few):
    return few[0]


@pytest.fixture
def rows(store, few):
    study, points = few
    return tidy_table(study, list(carry_out(store, study, points, execute=Trainer())))


def at(table, **where):
    """The only row with these cells."""
    for name, value in where.items():
        table = table[table[name] == value]
    (row,) = table.to_dict("records")
    return row


def test_a_row_is_a_run_and_arm(rows):
    assert len(rows) == 3 * 2 + 3 * 3
    row = at(rows, explanation_weight=3.0, seed=1, arm="student")
    assert row["accuracy"] == pytest.approx(0.63)
    assert (row["agreement"], row["agreement_low"], row["agreement_high"]) == pytest.approx((0.3, 0.2, 0.4))
    assert (row["fidelity_kl"], row["untrained_explainer"], row["agreement_images"]) == (
        0.2, "integrated-gradients", 500,
    )  # fmt: skip


def test_what_a_run_does_not_have_is_undefined(rows):
    """An older run has no calibration error, one without a cue no share on it."""
    assert rows[["calibration_error", "accuracy_intact", "cue_share"]].isna().all().all()
    assert math.isnan(at(rows, explanation_weight=3.0, seed=1, arm="teacher")["agreement"])


def test_means_and_spreads_are_over_seeds(study, rows):
    row = at(summary_table(study, rows), explanation_weight=3.0, arm="student", figure="accuracy")
    expected = hierarchical_bootstrap([0.53, 0.63, 0.73])
    assert (row["mean"], row["sd"], row["seeds"], row["images"]) == pytest.approx((0.63, 0.1, 3, 0))
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))


def test_the_student_is_paired_with_the_one_at_lambda_zero_and_with_its_placebo(study, rows):
    """Seeds move all arms alike, so the differences have no spread at all."""
    row = at(summary_table(study, rows), explanation_weight=3.0, arm="student", figure="accuracy")
    twin = [row[f"less_twin{part}"] for part in ("", "_low", "_high")]
    placebo = [row[f"less_placebo{part}"] for part in ("", "_low", "_high")]
    assert (twin, placebo) == (pytest.approx([0.03] * 3), pytest.approx([0.015] * 3))
    assert (row["less_twin_says"], row["less_placebo_says"]) == ("better", "better")
    assert (row["less_twin_seeds"], row["less_placebo_seeds"]) == (3, 3)


def test_a_runs_own_twin_goes_before_the_one_at_lambda_zero(store, tmp_path):
    def trained(config):
        found = results(config)
        if "twin" in found:
            found["twin"] = figures(0.4 + 0.1 * config.seed)
        return found

    study, points = read_study(written(tmp_path, FEW.replace("placebo", "twin")))
    rows = tidy_table(study, list(carry_out(store, study, points, execute=Trainer(trained))))
    row = at(summary_table(study, rows), explanation_weight=3.0, arm="student", figure="accuracy")
    assert row["less_twin"] == pytest.approx(0.13)


def test_lower_is_better_for_a_distance_from_the_teacher(study, rows):
    apart = (rows["arm"] == "student") & (rows["explanation_weight"] == 3.0)
    rows.loc[apart, "fidelity_kl"] = [0.1, 0.11, 0.12]
    row = at(summary_table(study, rows), explanation_weight=3.0, arm="student", figure="fidelity_kl")
    assert row["less_twin"] == pytest.approx(-0.09)
    assert (row["less_twin_says"], row["less_twin_seeds"]) == ("better", 3)


def test_one_seed_has_no_error_bar(study, rows):
    row = at(
        summary_table(study, rows[rows["seed"] == 0]),
        explanation_weight=3.0,
        arm="student",
        figure="accuracy",
    )
    assert (row["mean"], row["less_twin"]) == pytest.approx((0.53, 0.03))
    assert np.isnan([row["sd"], row["low"], row["less_twin_low"]]).all()
    assert (row["less_twin_says"], row["less_twin_seeds"]) == ("no error bar", 1)


def test_seeds_without_a_figure_are_left_out(study, rows):
    rows.loc[(rows["seed"] == 2) & (rows["arm"] == "placebo"), "accuracy"] = math.nan
    summary = summary_table(study, rows)
    assert at(summary, explanation_weight=3.0, arm="placebo", figure="accuracy")["seeds"] == 2
    row = at(summary, explanation_weight=3.0, arm="student", figure="accuracy")
    assert (row["seeds"], row["less_placebo_says"], row["less_placebo_seeds"]) == (3, "better", 2)
    assert summary[(summary["arm"] == "placebo") & (summary["figure"] == "agreement")].empty


def test_the_teacher_is_one_network_whatever_the_seed(study, rows):
    row = at(summary_table(study, rows), explanation_weight=3.0, arm="teacher", figure="accuracy")
    assert (row["mean"], row["seeds"]) == (0.95, 1)
    assert math.isnan(row["low"])


def test_where_runs_have_surveys_intervals_cover_images(study, rows):
    """All runs have the same survey: the student is right on 6 of 8 images, the placebo on none."""
    one = rows[rows["seed"] == 0]
    table = summary_table(study, one, lambda run: made(arms=("student", "placebo")))
    row = at(table, explanation_weight=3.0, arm="student", figure="accuracy")
    right = made().right("student").astype(float)
    drawn = np.random.default_rng(0).choice(right, size=(20_000, 8)).mean(1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    assert (row["mean"], row["images"]) == (right.mean(), 8)
    assert (row["low"], row["high"]) == pytest.approx((low, high), abs=0.13)
    assert row["less_placebo"] == pytest.approx((right - made(arms=("placebo",)).right("placebo")).mean())
    found = [row[f"less_placebo_{part}"] for part in ("says", "images", "seeds")]
    assert found == ["better", 8, 1]
    (shown,) = [each for each in difference_rows(study, table) if each["figure"] == "accuracy"]
    assert shown["less_placebo_says"] == "better (n = 8 images, 1 seed: interval over images only)"


def test_differences_are_a_line_a_point_and_control_and_a_verdict_is_said_where_it_is_not_better(study, rows):
    summary = summary_table(study, rows)
    by_point = differences_by_point(study, summary)
    places = [(row["explanation_weight"], row["control"]) for row in by_point]
    assert places == [("3", "twin"), ("3", "placebo")]
    for row in difference_rows(study, summary):
        for place in (each for each in by_point if f"less_{each['control']}" in row):
            difference, says = (row[f"less_{place['control']}{part}"] for part in ("", "_says"))
            expected = difference if says.startswith("better") else f"{difference}: {says}"
            assert place[row["figure"]] == expected


def test_it_is_said_what_the_intervals_cover(study, rows):
    one = rows[rows["seed"] == 0]
    surveyed = summary_table(study, one, lambda run: made(arms=("student", "placebo")))
    assert interval_note(surveyed).endswith("also over 8 test images.")
    assert "over seeds alone" in interval_note(summary_table(study, rows))


def test_files_say_what_the_tables_say(study, rows, tmp_path):
    summary = summary_table(study, rows)
    files = write_results(tmp_path / "out", study, rows, summary)
    assert sorted(files) == [
        "figure.png",
        "runs.csv",
        "runs.parquet",
        "summary.csv",
        "summary.md",
        "summary.parquet",
    ]
    for stem, table in (("runs", rows), ("summary", summary)):
        for read, name in ((pd.read_csv, f"{stem}.csv"), (pd.read_parquet, f"{stem}.parquet")):
            pd.testing.assert_frame_equal(read(files[name]), table, check_dtype=False)


def test_words_and_numbers_in_one_column_are_written(store, tmp_path):
    text = FEW.replace(
        "seed = [0, 1, 2]", "seed = [0]\n[[pairs]]\nname='all'\n[[pairs]]\nname='few'\ntrain_count=100"
    )
    study, points = read_study(written(tmp_path, text.replace('"shapes"', '"cifar10"')))
    rows = tidy_table(study, list(carry_out(store, study, points, execute=Trainer())))
    files = write_results(tmp_path / "out", study, rows, summary_table(study, rows))
    assert set(pd.read_parquet(files["runs.parquet"])["train_count"]) == {"default", "100"}


def test_a_difference_that_rounds_to_nothing_has_no_minus(store, few):
    def nearly_alike(config):
        found = results(config)
        if "placebo" in found:
            found["placebo"] = figures(found["student"]["test_accuracy"] + 0.0002)
        return found

    study, points = few
    rows = tidy_table(study, list(carry_out(store, study, points, execute=Trainer(nearly_alike))))
    page = markdown(study, rows, summary_table(study, rows))
    assert "0.0 points (0.0 to 0.0)" in page
    assert "\N{MINUS SIGN}0.0" not in page


def test_a_document_shows_figures_and_differences(study, rows):
    page = markdown(study, rows, summary_table(study, rows))
    lines = page.splitlines()
    assert lines[0] == "# Few"
    assert (
        "| λ | arm | seeds | Accuracy | Agreement | Agreement, held-out explainer | Fidelity (same class as the teacher)"
        " | KL divergence from the teacher |" in lines
    )
    assert sum(line.startswith("| – | teacher | 1 | 95.0\N{NO-BREAK SPACE}% | – |") for line in lines) == 1
    assert any(
        line.startswith("| 3 | Accuracy | +3.0 points (+3.0 to +3.0) | better (3 seeds) | +1.5")
        for line in lines
    )
    widths = {line.count("|") for line in lines if line.startswith(("| 3 | student", "| – |"))}
    assert widths == {9}


def test_a_study_of_which_nothing_worked_has_empty_tables(study, tmp_path):
    rows = tidy_table(study, [])
    files = write_results(tmp_path, study, rows, summary_table(study, rows))
    assert "0 runs." in files["summary.md"].read_text()


def test_a_folder_that_cannot_be_written_is_one_line(study, rows, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(
        KdvizError, match=r"^out: '.*file' cannot be written: File exists\. Name another folder\.$"
    ):
        write_results(tmp_path / "file", study, rows, summary_table(study, rows))
