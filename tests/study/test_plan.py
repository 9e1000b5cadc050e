"""What runs a file asks for, and how a wrong file is answered."""

from pathlib import Path

import pytest

from kdviz.errors import ConfigError
from kdviz.study import read_study
from tests.study.made import FEW, written

STUDIES = sorted((Path(__file__).parents[2] / "studies").glob("*.toml"))

PAIRED = """
name = "Paired"

[grid]
seed = [0, 1]

[[pairs]]
name = "to CNN"
student = "simple-cnn"

[[pairs]]
name = "to ResNet"
student = "resnet8"
student_width = 0.5
"""


def refused(folder, text):
    with pytest.raises(ConfigError) as caught:
        read_study(written(folder, text))
    return str(caught.value).splitlines()


def test_a_grid_is_every_value_with_every_other_and_seed_by_seed(few):
    study, points = few
    assert [(p.config.seed, p.config.explanation_weight) for p in points] == [
        (0, 0.0), (0, 3.0), (1, 0.0), (1, 3.0), (2, 0.0), (2, 3.0),
    ]  # fmt: skip
    assert study.fields == ("explanation_weight", "seed")


def test_settings_hold_for_every_run_and_the_rest_is_the_data_sets_recipe(few):
    assert {(p.config.dataset, p.config.train_count) for p in few[1]} == {("shapes", 1000)}


def test_at_lambda_zero_the_student_is_its_own_twin_and_placebo(few):
    assert {p.config.explanation_weight: p.config.arms for p in few[1]} == {
        0.0: ("student",), 3.0: ("student", "placebo"),
    }  # fmt: skip


def test_lambda_zero_is_one_run_whatever_the_loss(tmp_path):
    text = FEW.replace("seed = [0, 1, 2]", 'explanation_loss = ["grad-cam", "attention-transfer"]')
    _, points = read_study(written(tmp_path, text))
    assert [(p.config.explanation_weight, p.value("explanation_loss")) for p in points] == [
        (0.0, "none"), (3.0, "grad-cam"), (3.0, "attention-transfer"),
    ]  # fmt: skip


def test_pairs_vary_together(tmp_path):
    study, points = read_study(written(tmp_path, PAIRED))
    assert [(p.pair, p.config.student, p.config.student_width, p.config.seed) for p in points] == [
        ("to CNN", "simple-cnn", 1.0, 0),
        ("to ResNet", "resnet8", 0.5, 0),
        ("to CNN", "simple-cnn", 1.0, 1),
        ("to ResNet", "resnet8", 0.5, 1),
    ]
    assert study.fields == ("student", "student_width", "seed", "explanation_weight")
    assert points[1].label(study) == "to ResNet, seed = 0"


@pytest.mark.parametrize(
    ("wrong", "lines"),
    [
        (("seed = ", "sead = "), ["few.toml: grid: unknown name 'sead'. Did you mean 'seed'? Known:"]),
        (('dataset = "shapes"', 'datset = "shapes"'), ["few.toml: settings: unknown name 'datset'. Did you mean 'dataset'? Known:"]),
        (('about = "Made up."', 'abuot = "Made up."'), ["few.toml: study: unknown name 'abuot'. Did you mean 'about'? Known: about, grid, name, offered, pairs, per_image, settings."]),
        (('name = "Few"', ""), ["few.toml: name: is missing. Give the study one, in one line."]),
        (('name = "Few"', "name = 3"), ["few.toml: name: must be text, got 3."]),
        (("seed = [0, 1, 2]", "seed = 2"), ["few.toml: grid.seed: must be lists of values, got 2."]),
        (("seed = [0, 1, 2]", "seed = []"), ["few.toml: grid.seed: must contain at least one value, got none. Fill the list, or leave it out."]),
        (("seed = [0, 1, 2]", 'seed = [0]\ndataset = ["shapes"]'), ["few.toml: dataset: is set under grid and settings. Keep one of them."]),
        (("seed = [0, 1, 2]", "seed = [0]\n[[pairs]]\nstudent_width = 1"), ["few.toml: pairs: number 1 has no name. Give it one, in a few words: name = 'ResNet to CNN'."]),
        (("seed = [0, 1, 2]", "seed = [0]\n[[pairs]]\nname = 'a'\n[[pairs]]\nname = 'a'"), ["few.toml: pairs: two have the same name. Give each its own."]),
        (("seed = [0, 1, 2]", "seed = [0]\n[[pairs]]\nname = [1]"), ["few.toml: pairs: number 1 has no name. Give it one, in a few words: name = 'ResNet to CNN'."]),
        (("seed = [0, 1, 2]", f"seed = {list(range(6000))}"), ["few.toml: grid: has 12,000 combinations, at most 10,000 are allowed. Shorten its lists."]),
        (("seed = [0, 1, 2]", f"seed = {'[' * 5000}{']' * 5000}"), ["few.toml: nests brackets too deeply. Give lists of plain values."]),
        (("[grid]", "[grid"), ["few.toml: is not TOML: Expected ']' at the end of a table declaration (at line 9, column 6). Correct that line."]),
    ],
)  # fmt: skip
def test_a_wrong_file_is_answered_in_one_line(tmp_path, wrong, lines):
    found = refused(tmp_path, FEW.replace(*wrong))
    assert len(found) == len(lines)
    for line, expected in zip(found, lines, strict=True):
        assert line.startswith(expected) if expected.endswith("Known:") else line == expected


def test_a_grid_point_that_is_wrong_is_named_with_its_values_once(tmp_path):
    text = FEW.replace("[0, 3]", "[0, -1]")
    assert refused(tmp_path, text) == [
        "few.toml: grid point explanation_weight = -1, seed = 0 and 2 others: explanation_weight: must be a number, "
        "at least 0 and at most 10000, got -1. Weight of the explanation loss: how much the student's maps have to "
        "match the teacher's, beside its answers. 0: not at all, as for the twin."
    ]


def test_settings_that_do_not_go_together_are_named_with_the_point(tmp_path):
    text = FEW.replace("seed = [0, 1, 2]", 'explanation_loss = ["grad-cam", "attention"]')
    assert [line.split(": ")[:3] for line in refused(tmp_path, text)] == [
        ["few.toml", "grid point explanation_weight = 3, explanation_loss = 'attention'", "explanation_loss"]
    ] * 2


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(ConfigError) as caught:
        read_study(tmp_path / "none.toml")
    assert str(caught.value) == (
        f"study: {str(tmp_path / 'none.toml')!r} cannot be read: No such file or directory. Give a TOML file."
    )


@pytest.mark.parametrize("file", STUDIES, ids=lambda file: file.stem)
def test_a_packaged_study_states_its_number_of_runs(file):
    study, points = read_study(file)
    assert f"{len(points)} runs" in study.about.replace("Four tiny", "4")


def test_a_share_of_the_gradient_has_no_effect_at_lambda_zero_and_is_no_mistake_there(tmp_path):
    text = 'name = "Share"\n[settings]\ndataset = "shapes"\n[grid]\nexplanation_share = [0.3, 0.6]\nexplanation_weight = [0, 30]\n'
    _, points = read_study(written(tmp_path, text))
    shares = [(p.config.explanation_weight, p.value("explanation_share")) for p in points]
    assert shares == [(0.0, "none"), (30.0, 0.3), (30.0, 0.6)]
