"""Servers of the app for tests in a browser."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import TextIO

from tests.forking import FORKS
from tests.patience import PATIENCE_S

ROOT = Path(__file__).parents[2]
_used: list[int] = []
"""Ports of servers of this process."""


@contextmanager
def serving(runs_dir: Path) -> Iterator[str]:
    """The address of a server on a runs directory, for as long as the block lasts.

    It is forked from a process that has imported Streamlit, PyTorch and kdviz: that takes longer than most
    tests, and is done once for all of a worker of pytest-xdist.
    """
    port = _usual_port()
    output, written = FORKS.Pipe(duplex=False)
    server = FORKS.Process(target=_serve, args=(port, _environment(runs_dir), written), daemon=True)
    server.start()
    written.close()
    with output, open(output.fileno(), closefd=False) as lines:
        try:
            _await_address(lines)
            yield f"http://localhost:{port}"
        finally:
            server.terminate()
            server.join(PATIENCE_S)
    assert server.exitcode == -signal.SIGTERM, "uvicorn ends by the signal once it has shut down"


@contextmanager
def streamlit_run(runs_dir: Path) -> Iterator[str]:
    """As `serving`, with a process of its own, whose first visitor waits for all imports."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"],
        cwd=ROOT,
        env={**os.environ, **_environment(runs_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        _await_address(server.stdout)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE_S)


def _serve(port: int, environment: dict[str, str], output: Connection) -> None:
    """In the forked process: what `streamlit run` does."""
    assert "tests.browser.imported" in sys.modules
    Thread(target=_end_with_parent, daemon=True).start()
    for standard in (1, 2):
        os.dup2(output.fileno(), standard)
    sys.stdout.reconfigure(line_buffering=True)
    os.chdir(ROOT)
    os.environ.update(environment)
    from streamlit.web import cli

    from kdviz.jobs import TrainingProcess

    # Few of these servers train: a child process loads PyTorch once a run begins, not ahead of it.
    TrainingProcess.start = lambda self: None
    cli.main(["run", "app.py", f"--server.port={port}"])


def _end_with_parent() -> None:
    """Of a test process that is killed no server is left."""
    parent_process().join()
    os._exit(1)


def _usual_port() -> int:
    """The first port used before on which nothing listens now, or else a free one.

    A browser compiles a script again where its address is another one.
    """
    for port in _used:
        with suppress(OSError), socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(("localhost", port))
            return port
    _used.append(free_port())
    return _used[-1]


def free_port() -> int:
    """A port of this computer on which nothing listens."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


def _environment(runs_dir: Path) -> dict[str, str]:
    cache = runs_dir.with_name("cache")
    return {"KDVIZ_RUNS_DIR": str(runs_dir), "XDG_CACHE_HOME": str(cache), "PYTHONUNBUFFERED": "1"}


def _await_address(lines: TextIO) -> None:
    """Waits until a server says where it answers. Fails with all that it said if it ends before."""
    said = []
    for line in lines:
        said.append(line)
        if "URL:" in line:
            return
    raise AssertionError("".join(said))
