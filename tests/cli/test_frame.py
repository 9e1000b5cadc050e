"""Whatever goes wrong in a command is one line and an exit status."""

import builtins
import os
import runpy

import pytest
import typer
from typer.testing import CliRunner

from kdviz.cli.commands import _with_exit_status


def called(error):
    def command() -> None:
        raise error

    app = typer.Typer()
    app.command()(_with_exit_status(command))
    return CliRunner().invoke(app, [])


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            RecursionError("maximum recursion depth exceeded"),
            "RecursionError: maximum recursion depth exceeded",
        ),
        (ValueError("first\nsecond"), "ValueError: first second"),
        (MemoryError(), "MemoryError"),
        (KeyError("x" * 1000), f"KeyError: '{'x' * 299}"),
    ],
)
def test_an_unexpected_error_is_one_line(error, line):
    result = called(error)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == f"unexpected error: {line}. Set KDVIZ_TRACEBACK=1 to see where, and report it.\n"


def test_its_place_is_shown_on_request(monkeypatch):
    monkeypatch.setenv("KDVIZ_TRACEBACK", "1")
    error = ValueError("here")
    assert called(error).exception is error


@pytest.mark.parametrize(("error", "status"), [(typer.Exit(3), 3), (BrokenPipeError(32, "Broken pipe"), 1)])
def test_statuses_and_closed_pipes_pass_through(error, status):
    result = called(error)
    assert (result.exit_code, result.stderr) == (status, "")


def test_an_interrupt_during_imports_is_one_line(monkeypatch, capsys):
    importing = builtins.__import__

    def interrupted(name, *args, **options):
        if name == "kdviz.cli":
            raise KeyboardInterrupt
        return importing(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("kdviz.__main__")
    assert ended.value.code == 130
    assert capsys.readouterr() == ("", "Interrupted.\n")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["import", "PIPE"], "import: 'PIPE' is not a readable zip file. Export the run again."),
        (["import", "/dev/zero"], "import: '/dev/zero' is not a readable zip file. Export the run again."),
        (["study", "PIPE"], "study: 'PIPE' is a device or a pipe. Give a TOML file."),
        (["study", "/dev/zero"], "study: '/dev/zero' is a device or a pipe. Give a TOML file."),
        (["inspect", "PIPE"], "file: 'PIPE' is a device or a pipe. Give a file of weights."),
    ],
)
def test_a_pipe_or_a_device_is_no_file(arguments, line, tmp_path):
    from kdviz.cli.commands import app

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    names = [each.replace("PIPE", str(pipe)) for each in arguments]
    result = CliRunner().invoke(app, names, env={"KDVIZ_RUNS_DIR": str(tmp_path / "runs")})
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == line.replace("PIPE", str(pipe)) + "\n"
