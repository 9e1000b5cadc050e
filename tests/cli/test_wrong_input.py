"""Wrong input of every command: an exit status and one line that names what is wrong, never a traceback.

Status 1: a name, an id or a setting that kdviz refuses. Status 2: what is no number at all, refused with the
command's usage.
"""

import pytest
from typer.testing import CliRunner

from kdviz.cli.commands import app

NO_RUN = "run: unknown id 'nope'. There are no runs yet."


def called(arguments, runs_dir):
    return CliRunner().invoke(app, arguments, env={"KDVIZ_RUNS_DIR": str(runs_dir), "COLUMNS": "400"})


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["show", "nope"], NO_RUN),
        (["resume", "nope"], NO_RUN),
        (["explain", "nope"], NO_RUN),
        (["compare", "nope", "other"], NO_RUN),
        (["compare", "nope"], "compare: 2 to 6 runs fit side by side, got 1. Name another run."),
        (
            ["compare", *["nope"] * 7],
            "compare: 2 to 6 runs fit side by side, got 7. Leave some out.",
        ),
        (["export", "nope"], NO_RUN),
        (["report", "nope"], NO_RUN),
        (["import", "nope.zip"], "import: there is no file 'nope.zip'. Give a zip that `export` wrote."),
        (
            ["study", "nope.toml"],
            "study: 'nope.toml' cannot be read: No such file or directory. Give a TOML file.",
        ),
        (
            ["distill", "--student", "resnet8-lit"],
            "student: unknown name 'resnet8-lit'. Did you mean 'resnet8-lite'? Known: ",
        ),
        (
            ["explain", "nope", "--target", "best"],
            "target: must be 'teacher', 'label' or a class number, got 'best'.",
        ),
        (
            ["models", "--image-size", "40x"],
            "image_size: must be the side of a square or height x width, such as 64 or '40x100', each from 16 "
            "to 512 px, got '40x'.",
        ),
    ],
)
def test_what_kdviz_refuses_is_status_1_and_one_line(arguments, line, tmp_path):
    result = called(arguments, tmp_path)
    assert result.exit_code == 1
    assert result.stdout == ""
    (said,) = result.stderr.splitlines()
    assert said.startswith(line) if line.endswith("Known: ") else said == line


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["distill", "--epochs", "ten"], "--epochs"),
        (["distill", "--temperature", "warm"], "--temperature"),
        (["explain", "nope", "--image", "first"], "--image"),
        (["report", "nope", "--image", "first"], "--image"),
        (["models", "--channels", "rgb"], "--channels"),
        (["models", "--channels", "0"], "--channels"),
        (["models", "--classes", "few"], "--classes"),
        (["models", "--classes", "0"], "--classes"),
    ],
)
def test_what_is_no_number_is_status_2_and_names_the_option(arguments, option, tmp_path):
    result = called(arguments, tmp_path)
    assert result.exit_code == 2
    assert f"Invalid value for '{option}'" in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


@pytest.mark.parametrize("command", [command.name or command.callback.__name__ for command in app.registered_commands])  # fmt: skip
def test_an_unknown_option_is_status_2(command, tmp_path):
    result = called([command, "--nothing-of-the-kind"], tmp_path)
    assert result.exit_code == 2
    assert "No such option: --nothing-of-the-kind" in result.stderr
