"""Wrong input of every command: an exit status and one line that names what is wrong, never a traceback.

Status 1: a value that kdviz refuses, in one line with what is allowed. Status 2: an option that there is not, or an
argument that is missing, refused with the command's usage.
"""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from kdviz.cli.commands import app
from kdviz.jobs import import_run
from kdviz.store import Store
from kdviz.types import COLUMN_FIELDS
from tests.wrong_settings import WRONG_SETTINGS

RUN, OTHER = "20261126-0721-4au5", "20261126-0721-4au6"
GOLDEN = Path(__file__).parents[1] / "store" / "golden" / "export-with-weights.zip"
COMMANDS = typer.main.get_command(app).commands

NO_RUN = "run: unknown id 'nope'. There are no runs yet."
NO_SUCH_RUN = f"run: unknown id {OTHER!r}. Did you mean {RUN!r}? Newest: {RUN}."
NO_DIRECTORY = "runs directory 'FILE': is a file. Choose a directory."
NOT_WRITTEN = "out: 'DIR' cannot be written: Is a directory. Name another file."
NO_SIZE = (
    "is not allowed. Give 16 to 512 px: the side of a square, such as 64, or height x width, such as 40x100."
)
NO_EXPLAINER = (
    "explainer: unknown name 'grad-cm'. Did you mean 'grad-cam'? Known: attention, attention-rollout, grad-cam, "
    "grad-cam-plus-plus, guided-backprop, input-x-gradient, integrated-gradients, kernel-shap, layer-cam, occlusion, "
    "saliency, score-cam, smooth-grad."
)
NO_ADDRESS = "ray: 'head' is not an address. Known: local, auto, ray://HOST:10001, HOST:6379."

# By command and parameter: arguments with one wrong value, and the line. FILE, DIR and STUDY stand for paths.
WRONG = {
    ("distill", "name"): (["--name", "n" * 121], "name: at most 120 characters are kept, got 121. Shorten it."),
    ("distill", "teacher_code"): (
        ["--teacher-code", "net.py"],
        "teacher_code: must be NET.py:function or module:function, got 'net.py'.",
    ),
    ("resume", "run"): ([RUN], f"run {RUN}: is finished, so it cannot be resumed."),
    ("study", "file"): (["no.toml"], "study: 'no.toml' cannot be read: No such file or directory. Give a TOML file."),
    ("study", "out"): (["STUDY", "--out", "FILE"], "out: 'FILE' cannot be written: File exists. Name another folder."),
    ("study", "ray"): (["STUDY", "--ray", "head"], NO_ADDRESS),
    ("show", "run"): ([OTHER], NO_SUCH_RUN),
    ("compare", "run_ids"): ([RUN, OTHER], NO_SUCH_RUN),
    ("explain", "run"): ([OTHER], NO_SUCH_RUN),
    ("explain", "image"): ([RUN, "--image", "2000"], "image: must be from 0 to 1999, got 2000."),
    ("explain", "explainer"): ([RUN, "--explainer", "grad-cm"], NO_EXPLAINER),
    ("explain", "target"): ([RUN, "--target", "8"], "target: must be from 0 to 7, got 8."),
    ("explain", "text"): ([RUN, "--text", "fine"], "text: 'shapes' has images. Leave it out."),
    ("explain", "audio"): ([RUN, "--audio", "a.wav"], "audio: 'shapes' has images. Leave it out."),
    ("explain", "out"): ([RUN, "--out", "DIR"], NOT_WRITTEN),
    ("report", "run"): ([OTHER], NO_SUCH_RUN),
    ("report", "image"): ([RUN, "--image", "0", "--image", "-1"], "image: must be from 0 to 1999, got -1."),
    ("report", "out"): ([RUN, "--out", "DIR"], NOT_WRITTEN),
    ("export", "run"): ([OTHER], NO_SUCH_RUN),
    ("export", "out"): ([RUN, "--out", "DIR"], NOT_WRITTEN),
    ("import", "file"): (["FILE"], "import: 'FILE' is not a readable zip file. Export the run again."),
    ("delete", "run"): ([OTHER], NO_SUCH_RUN),
    ("delete", "purge"): ([OTHER, "--purge"], NO_SUCH_RUN),
    ("inspect", "file"): (
        ["FILE"],
        "teacher_weights: 'file' is not a file of weights. Give one of .safetensors, .pt, .pth, .th, .ckpt, .bin, .tar.",
    ),
    ("inspect", "dataset"): (["FILE", "--dataset", "shaps"], WRONG_SETTINGS["dataset"][1]),
    ("inspect", "data"): (
        ["FILE", "--dataset", "folder", "--data", "FILE"],
        "data: 'FILE' is neither a folder nor a readable zip file. Give a folder, or zip it again.",
    ),
    ("inspect", "image_size"): (["FILE", "--dataset", "folder", "--image-size", "8"], WRONG_SETTINGS["image_size"][1]),
    ("serve", "host"): (["--host", "300.1.1.1"], "host: cannot listen on '300.1.1.1', port 8501: Name or service not known. Choose another address or port."),
    ("serve", "port"): (["--port", "0"], "port: must be a whole number from 1 to 65535, got 0."),
    ("serve", "name"): (["--name", "http://lab"], "name: 'http://lab' is no host name. Give it without scheme and port, as lab.school.org."),
    ("models", "channels"): (["--channels", "0"], "channels: must be a whole number from 1 to 1000, got 0."),
    ("models", "image_size"): (["--image-size", "40x"], f"image_size: '40x' {NO_SIZE}"),
    ("models", "classes"): (["--classes", "9" * 20], f"classes: must be a whole number from 1 to 100000, got {'9' * 20}."),
    **{
        ("distill", field): ([f"--{field.replace('_', '-')}", str(value)], line)
        for field, (value, line) in WRONG_SETTINGS.items()
    },
    ("distill", "parent"): (
        ["--from", RUN, "--student-width", "0.75"],
        f"parent: run {RUN} has student_width 0.25 and not 0.75, so its students do not fit. Leave student_width out, or "
        "choose another parent.",
    ),
    **{
        ("distill", field): (
            ["--dataset", "shapes", f"--{field.replace('_', '-')}", "review"],
            f"{field}: is for 'text-file', 'shapes' has no table of your own, got 'review'. Leave it out.",
        )
        for field in COLUMN_FIELDS
    },
    ("distill", "data"): (
        ["--dataset", "folder", "--data", "FILE"],
        "data: 'FILE' is neither a folder nor a readable zip file. Give a folder, or zip it again.",
    ),
    **{
        (command, "runs_dir"): ([*arguments, "--runs-dir", "FILE"], NO_DIRECTORY)
        for command, arguments in {
            "distill": [], "resume": [RUN], "study": ["STUDY"], "runs": [], "show": [RUN], "compare": [RUN, RUN],
            "explain": [RUN], "report": [RUN], "export": [RUN], "import": [str(GOLDEN)],
            "delete": [RUN], "doctor": [], "serve": [],
        }.items()
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def runs_dir(tmp_path_factory):
    """A runs directory with one finished run, of 8 classes and 2,000 test images."""
    directory = tmp_path_factory.mktemp("wrong") / "runs"
    assert import_run(Store(directory), GOLDEN) == RUN
    return directory


@pytest.fixture(autouse=True)
def _same_process(monkeypatch):
    """Commands run in this process must not change its threads and garbage collection."""
    for module in ("training", "study"):
        monkeypatch.setattr(f"kdviz.cli.{module}.prepare_process", lambda: None)


def called(arguments, runs_dir):
    return CliRunner().invoke(app, arguments, env={"KDVIZ_RUNS_DIR": str(runs_dir), "COLUMNS": "400"})


def test_the_table_has_a_wrong_value_of_every_parameter():
    flags = ("as_json", "help", "repair")
    parameters = {
        (name, parameter.name)
        for name, command in COMMANDS.items()
        for parameter in command.params
        if parameter.name not in flags
    }
    assert set(WRONG) == parameters


@pytest.mark.parametrize(("command", "parameter"), WRONG)
def test_a_wrong_value_is_status_1_and_one_line(command, parameter, runs_dir, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("no zip")
    (tmp_path / "study.toml").write_text('name = "one"\n[settings]\nepochs = 1\n')
    paths = {"FILE": tmp_path / "file", "DIR": tmp_path, "STUDY": tmp_path / "study.toml"}
    arguments, line = WRONG[command, parameter]
    before = {run.id for run in Store(runs_dir).runs()}
    result = called([command, *(str(paths.get(each, each)) for each in arguments)], runs_dir)
    for name, path in paths.items():
        line = line.replace(name, str(path))
    assert (result.exit_code, result.stdout) == (1, "")
    *_, new = sorted({run.id for run in Store(runs_dir).runs()} - before) or [""]
    assert result.stderr == f"{f'run {new} failed: ' if new else ''}{line}\n"
    assert not new or parameter == "data"  # files are read as a run's first step


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["show", "nope"], NO_RUN),
        (["resume", "nope"], NO_RUN),
        (["resume", "\ud800"], NO_RUN.replace("nope", "\\ud800")),
        (["inspect", "x" * 300], f"teacher_weights: cannot read '{'x' * 300}' (File name too long)."),
        (["serve", "--host", "\udcff"], "host: cannot listen on '\\udcff', port 8501: encoding of hostname failed. "
                                        "Choose another address or port."),
        (["explain", "nope"], NO_RUN),
        (["compare", "nope", "other"], NO_RUN),
        (["compare", "nope"], "compare: 2 to 6 runs fit side by side, got 1. Name another run."),
        (["compare", *["nope"] * 7], "compare: 2 to 6 runs fit side by side, got 7. Leave some out."),
        (["export", "nope"], NO_RUN),
        (["report", "nope"], NO_RUN),
        (["import", "nope.zip"], "import: there is no file 'nope.zip'. Give a zip that `export` wrote."),
        (["explain", "nope", "--target", "best"], "target: must be 'teacher', 'label' or a class number, got 'best'."),
        (["explain", "nope", "--image", "first"], "image: must be a whole number, got 'first'."),
        (["report", "nope", "--image", "1", "--image", "1.5"], "image: must be a whole number, got '1.5'."),
        (["models", "--channels", "rgb"], "channels: must be a whole number from 1 to 1000, got 'rgb'."),
        (["models", "--classes", "0"], "classes: must be a whole number from 1 to 100000, got 0."),
        (["distill", "--temperature", "warm"], "temperature: must be a number, at least 1 and at most 20, got 'warm'. "
                                               "Softens the teacher's probabilities; 1 leaves them unchanged, 4 is usual."),
    ],
)  # fmt: skip
def test_what_kdviz_refuses_is_status_1_and_one_line(arguments, line, tmp_path):
    result = called(arguments, tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"{line}\n"


@pytest.mark.parametrize(
    "command", ["resume", "study", "show", "compare", "explain", "report", "export", "import"]
)
def test_a_missing_argument_is_status_2(command, tmp_path):
    result = called([command], tmp_path)
    assert result.exit_code == 2
    assert "Missing argument" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", [command.name or command.callback.__name__ for command in app.registered_commands])  # fmt: skip
def test_an_unknown_option_is_status_2(command, tmp_path):
    result = called([command, "--nothing-of-the-kind"], tmp_path)
    assert result.exit_code == 2
    assert "No such option: --nothing-of-the-kind" in result.stderr
