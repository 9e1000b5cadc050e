"""The command `serve`: what it hands to Streamlit, and what it says about an open server."""

import socket

import pytest
from typer.testing import CliRunner

from kdviz.cli import serving
from kdviz.cli.commands import app
from tests.browser.servers import free_port


@pytest.fixture
def launched(monkeypatch):
    """The arguments of each server that would have been started."""
    calls = []
    monkeypatch.setattr(serving, "_launch", lambda flags, runs_dir: calls.append((flags, runs_dir)))
    return calls


@pytest.fixture
def port():
    return str(free_port())


def served(*arguments, runs):
    result = CliRunner().invoke(app, ["serve", *arguments, "--runs-dir", str(runs)])
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_without_options_it_answers_this_computer_alone(launched, port, tmp_path):
    assert served("--port", port, runs=tmp_path) == ""
    flags = ["--server.address=localhost", f"--server.port={port}", "--server.maxUploadSize=1024"]
    assert launched == [(flags, tmp_path)]


def test_a_server_that_is_opened_says_so(launched, port, tmp_path):
    assert "open to everyone" in served("--port", port, "--host", "0.0.0.0", runs=tmp_path)
    assert launched[0][0] == ["--server.address=0.0.0.0", f"--server.port={port}"]


def test_a_name_is_one_of_the_names_under_which_it_answers_and_opens_it(launched, port, tmp_path):
    assert "open to everyone" in served("--port", port, "--name", "lab.example.org", runs=tmp_path)
    assert launched[0][0][2:] == [
        f"--server.allowedHosts={name}" for name in ("lab.example.org", "localhost", "127.0.0.1", "::1")
    ]


def test_a_port_that_is_taken_is_one_line(launched, tmp_path):
    with socket.create_server(("localhost", 0)) as taken:
        number = taken.getsockname()[1]
        result = CliRunner().invoke(app, ["serve", "--port", str(number), "--runs-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stderr == (
        f"host: cannot listen on 'localhost', port {number}: Address already in use. "
        "Choose another address or port.\n"
    )
    assert not launched
