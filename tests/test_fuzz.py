"""Seeded cases of wrong input, 500 unless KDVIZ_FUZZ_CASES says more: each ends in success or in plain text."""

import os
import random
from collections import namedtuple

import pytest
import streamlit as st
import typer
from typer.testing import CliRunner

from kdviz.cli.commands import app
from kdviz.config import RunConfig, make_config
from kdviz.errors import ConfigError
from kdviz.store import Store
from kdviz.study import read_study
from kdviz.ui.frame import url_state

COMMANDS = typer.main.get_command(app).commands
TEXTS = [
    "", " ", "x", "x" * 5000, "\0", "\udcff", "\ud800", "💥", "a\nb", "-1", "0", "1e9", "nan", "inf", "-inf", "1e999",
    "9" * 5000, "1_000", "0x10", "٣", "~nosuchuser/x", "~", ".", "..", "../../x", "/", "/proc/self/mem", "/dev/zero",
    "/dev/null", "PIPE", "LOOP", "[1]", "{}", "%00", "true", "None", "40x100", "1,2,3", "a:b", "a.py:f", "'", '"', "<b>",
]  # fmt: skip
TOML = [
    "1", "-1", "1e400", "nan", "true", '""', '"x"', f'"{"x" * 5000}"', "[]", "[1]", '["shapes"]', "[[1]]", "{a = 1}",
    "1979-05-27", "07:32:00", "9" * 30, "9" * 5000, "[" * 5000 + "]" * 5000, "0x10", "'''\nx'''", '"\\u0000"', "[{}]",
]  # fmt: skip
KEYS = [*RunConfig.model_fields, "name", "about", "per_image", "settings", "grid", "pairs", "x", "", "a.b.c"]
PARTS = ["", "[settings]", "[grid]", "[[pairs]]", "[x]", "[settings.x]", "[[grid]]"]
Cost = namedtuple("Cost", ("parameters", "multiply_adds"))
CASES = int(os.environ.get("KDVIZ_FUZZ_CASES", 500)) // 4
"""Of each of the four kinds."""


def cases(kind):
    """Independent of each other, so that one case can be run alone."""
    return [random.Random(f"{kind} {number}") for number in range(CASES)]


def nested(draw, depth=3):
    """A value of any JSON type."""
    kind = draw.randrange(8 if depth else 6)
    if kind == 6:
        return [nested(draw, depth - 1) for _ in range(draw.randrange(3))]
    if kind == 7:
        return {draw.choice(KEYS): nested(draw, depth - 1) for _ in range(draw.randrange(3))}
    return [
        None,
        True,
        draw.choice(TEXTS),
        draw.randint(-(2**70), 2**70),
        draw.uniform(-1e3, 1e3),
        float("nan"),
    ][kind]


def refusal(use):
    """The lines of a ConfigError, none if there is no error."""
    try:
        use()
    except ConfigError as error:
        return str(error).splitlines()
    return []


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a pipe and a link to itself, for the paths PIPE and LOOP."""
    folder = tmp_path_factory.mktemp("fuzz")
    os.mkfifo(folder / "PIPE")
    (folder / "LOOP").symlink_to("LOOP")
    Store(folder / "runs")
    return folder


@pytest.fixture(autouse=True)
def _nothing_is_trained(monkeypatch, place):
    monkeypatch.chdir(place)
    monkeypatch.setattr("kdviz.cli.serving._launch", lambda *args, **options: None)
    monkeypatch.setattr("kdviz.cli.training._train", lambda *args, **options: None)
    monkeypatch.setattr("kdviz.cli.study.run_study", lambda *args, **options: None)
    monkeypatch.setattr("kdviz.cli.registries.cost", lambda *args, **options: Cost(1, 1))


def arguments(draw):
    """A command with one to three options or arguments, of any value."""
    name = draw.choice(sorted(COMMANDS))
    given = [name]
    for parameter in COMMANDS[name].params:
        option = parameter.opts[0].startswith("-")
        if option and (
            parameter.name in ("help", "runs_dir") or draw.random() > 2 / len(COMMANDS[name].params)
        ):
            continue
        given += [parameter.opts[0]] if option else []
        given += [] if getattr(parameter, "is_flag", False) else [draw.choice(TEXTS)]
    return given


@pytest.mark.parametrize("draw", cases("command"), ids=range(CASES))
def test_a_command_ends_in_success_or_in_plain_text(draw, place):
    given = arguments(draw)
    result = CliRunner().invoke(app, given, env={"KDVIZ_RUNS_DIR": str(place / "runs"), "COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit), given
    assert "unexpected error" not in result.output, given
    assert "Traceback" not in result.output
    assert result.exit_code in (0, 1, 2)
    assert not result.exit_code or result.stderr.strip()


@pytest.mark.parametrize("draw", cases("settings"), ids=range(CASES))
def test_settings_are_a_config_or_a_line_for_each_error(draw):
    given = {draw.choice(list(RunConfig.model_fields)): nested(draw) for _ in range(draw.randint(1, 3))}
    lines = refusal(lambda: make_config(given).key)
    assert all(line.partition(": ")[2] for line in lines), given


@pytest.mark.parametrize("draw", cases("study"), ids=range(CASES))
def test_a_study_is_runs_or_a_line_for_each_error(draw, tmp_path):
    lines = ['name = "fuzz"'] if draw.random() < 0.8 else []
    for _ in range(draw.randint(1, 3)):
        lines += [draw.choice(PARTS), f"{draw.choice(KEYS) or chr(34) * 2} = {draw.choice(TOML)}"]
    content = bytearray("\n".join(lines).encode())
    if draw.random() < 0.3:
        content[draw.randrange(len(content))] = draw.randrange(256)
    (tmp_path / "study.toml").write_bytes(content)
    assert all(refusal(lambda: read_study(tmp_path / "study.toml")))


@pytest.mark.parametrize("draw", cases("address"), ids=range(CASES))
def test_a_parameter_of_an_address_is_read_or_left_alone(draw, monkeypatch):
    monkeypatch.setattr(st, "query_params", {"epoch": draw.choice(TEXTS), "run": draw.choice(TEXTS)})
    number = url_state.number("epoch")
    assert number is None or isinstance(number, int)
    assert url_state.requested("run") is None or isinstance(url_state.requested("run"), str)
