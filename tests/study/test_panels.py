"""What the picture of a study shows, against the tables that it is made from."""

import math

import pytest

from kdviz.study import carry_out, read_study, summary_table, tidy_table, write_results
from kdviz.study.panels import study_info
from tests.study.made import FEW, Trainer, results, written


def info_of(store, folder, text, trained=results):
    study, points = read_study(written(folder, text))
    rows = tidy_table(study, list(carry_out(store, study, points, execute=Trainer(trained))))
    summary = summary_table(study, rows)
    return study_info(study, rows, summary), rows, summary


def titles(info):
    return [panel.title for panel in info.panels]


def weights(line):
    return [weight for weight, _value in line.dots]


def test_lines_are_the_summary_and_dots_are_the_runs(store, tmp_path):
    info, rows, summary = info_of(store, tmp_path, FEW)
    (panel,) = info.panels
    assert (panel.title, panel.teacher, info.cue, info.images) == ("", 0.95, False, False)
    assert [line.arm for line in panel.accuracy] == ["student", "placebo"]
    for line in panel.accuracy:
        own = summary[(summary["arm"] == line.arm) & (summary["figure"] == "accuracy")]
        assert list(zip(line.weights, line.mean, line.low, line.high, strict=True)) == list(
            own[["explanation_weight", "mean", "low", "high"]].itertuples(index=False, name=None)
        )
        runs = rows[rows["arm"] == line.arm]
        assert sorted(line.dots) == sorted(zip(runs["explanation_weight"], runs["accuracy"], strict=True))


def test_an_arm_has_no_place_at_a_weight_where_it_does_not_exist(store, tmp_path):
    """At λ = 0 there is no placebo; the agreement of every placebo is undefined."""
    info, _rows, _summary = info_of(store, tmp_path, FEW)
    student, placebo = info.panels[0].accuracy
    assert (student.weights, placebo.weights) == ((0.0, 3.0), (3.0,))
    assert [line.arm for line in info.panels[0].agreement] == ["student"]


def test_the_name_of_a_combination_replaces_its_settings(store, tmp_path):
    pairs = "".join(
        f"[[pairs]]\nname = '{name}'\nstudent_width = {width}\ntrain_count = {count}\n"
        for name, width, count in (("wide, many", 1.0, 500), ("slim, many", 0.5, 500), ("slim, few", 0.5, 99))
    )
    info, _rows, _summary = info_of(store, tmp_path, FEW + pairs)
    assert titles(info) == ["wide, many", "slim, many", "slim, few"]
    assert [len(panel.accuracy[0].dots) for panel in info.panels] == [6, 6, 6]


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        ("cue_strength = [0.9, 1.0]\ntemperature = [1, 4, 20]",
         ["ρ = 0.9, T = 1", "ρ = 0.9, T = 4", "ρ = 0.9, T = 20", "ρ = 1, T = 1", "ρ = 1, T = 4", "ρ = 1, T = 20"]),
        ("cue_strength = [0.9, 0.5, 1.0]\ntemperature = [1, 4]",
         ["ρ = 0.9, T = 1", "ρ = 0.5, T = 1", "ρ = 1, T = 1", "ρ = 0.9, T = 4", "ρ = 0.5, T = 4", "ρ = 1, T = 4"]),
        ("cue = ['hue-patch', 'place-patch']", ["Coloured patch", "White patch"]),
        ("train_count = [300, 80]\ntemperature = [2]", ["training images = 300", "training images = 80"]),
    ],
)  # fmt: skip
def test_the_field_with_the_most_values_runs_from_left_to_right(store, tmp_path, grid, expected):
    info, _rows, _summary = info_of(store, tmp_path, FEW.replace("[grid]", f"[grid]\n{grid}"))
    assert titles(info) == expected


def test_the_student_at_lambda_zero_belongs_to_every_explanation_loss(store, tmp_path):
    losses = "explanation_loss = ['attention-transfer', 'grad-cam']"
    info, rows, _summary = info_of(store, tmp_path, FEW.replace("[grid]", f"[grid]\n{losses}"))
    assert titles(info) == ["Attention transfer", "Grad-CAM"]
    at_zero = rows[(rows["arm"] == "student") & (rows["explanation_weight"] == 0)]
    assert len(at_zero) == 3
    for panel in info.panels:
        student = panel.accuracy[0]
        assert (student.weights, weights(student)) == ((0.0, 3.0), [0.0] * 3 + [3.0] * 3)
        assert {value for weight, value in student.dots if not weight} == set(at_zero["accuracy"])


def test_a_study_of_lambda_zero_alone_has_its_panel(store, tmp_path):
    text = FEW.replace(
        "explanation_weight = [0, 3]", "explanation_weight = [0]\nexplanation_loss = ['grad-cam']"
    )
    info, _rows, _summary = info_of(store, tmp_path, text)
    assert [line.weights for panel in info.panels for line in panel.accuracy] == [(0.0,)]


def test_accuracy_is_labelled_as_with_a_misleading_cue_if_there_is_one(store, tmp_path):
    def trained(config):
        return {arm: {**found, "cue_intact_accuracy": 0.99} for arm, found in results(config).items()}

    assert info_of(store, tmp_path, FEW, trained)[0].cue


def test_one_seed_has_no_interval(store, tmp_path):
    info, _rows, _summary = info_of(store, tmp_path, FEW.replace("seed = [0, 1, 2]", "seed = [1]"))
    student = info.panels[0].accuracy[0]
    assert len(student.dots) == 2
    assert all(map(math.isnan, (*student.low, *student.high)))


def test_the_picture_is_written_beside_the_tables(store, few, tmp_path):
    study, points = few
    rows = tidy_table(study, list(carry_out(store, study, points, execute=Trainer())))
    picture = write_results(tmp_path / "out", study, rows, summary_table(study, rows))["figure.png"]
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size < 100_000
