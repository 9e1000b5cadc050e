"""The command `serve`: the dashboard."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from runpy import run_module
from typing import Annotated

import typer

from kdviz.cli.options import RUNS, RunsDir, whole_number
from kdviz.cli.printing import print_line
from kdviz.errors import ConfigError, KdvizError
from kdviz.store import Store
from kdviz.store.uploads import MAX_UPLOAD_BYTES

APP = Path(__file__).parents[2] / "app.py"
LOCAL = ("localhost", "127.0.0.1", "::1")


def serve(
    *,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 opens the dashboard to the network.")
    ] = LOCAL[0],
    port: Annotated[str, typer.Option(metavar="INTEGER", help="Port to listen on.")] = "8501",
    name: Annotated[
        list[str] | None,
        typer.Option(
            help="A host name under which visitors open it, as behind a proxy. Repeat it for several. An "
            "address in digits and this computer's own name need none."
        ),
    ] = None,
    runs_dir: RunsDir = RUNS,
) -> None:
    """Start the dashboard: for this computer, or with --host for a network."""
    if not APP.exists():
        raise KdvizError(f"serve: {APP} is missing. Start the dashboard from a checkout of kdviz.")
    names = [_checked_name(each) for each in name or ()]
    number = whole_number("port", port, most=65535)
    Store(runs_dir)
    _check_free(host, number)
    flags = [f"--server.address={host}", f"--server.port={number}"]
    if host in LOCAL and not names:  # of others, uploads wait in this computer's memory: those are smaller
        flags.append(f"--server.maxUploadSize={MAX_UPLOAD_BYTES >> 20}")
    else:
        print_line(
            "The dashboard is open to everyone who can reach this address; each visitor sees their own runs. "
            "docs/operations.md says what that exposes."
        )
    allowed = [*names, *LOCAL] if names else []
    _launch([*flags, *(f"--server.allowedHosts={each}" for each in allowed)], runs_dir)


def _launch(flags: Sequence[str], runs_dir: Path) -> None:
    """Become Streamlit's server; returns when it is stopped."""
    os.environ["KDVIZ_RUNS_DIR"] = str(runs_dir)
    sys.argv = ["streamlit", "run", str(APP), *flags]
    run_module("streamlit", run_name="__main__", alter_sys=True)


def _checked_name(name: str) -> str:
    """The name. Raises ConfigError for what is no host name."""
    if not re.fullmatch(r"(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", name):
        raise ConfigError(
            f"name: {name!r} is no host name. Give it without scheme and port, as lab.school.org."
        )
    return name


def _check_free(host: str, port: int) -> None:
    """Raises ConfigError if the server could not listen there."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, UnicodeError, TypeError) as error:  # the last for a name that is no text
        why = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"host: cannot listen on {host!r}, port {port}: {why}. Choose another address or port."
        ) from None
