"""The command line: its commands, and how they fail."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

from kdviz.cli.care import delete, doctor
from kdviz.cli.child import take_role
from kdviz.cli.explaining import explain, report
from kdviz.cli.inspecting import inspect
from kdviz.cli.registries import datasets, models
from kdviz.cli.runs import compare, export, import_run, runs, show
from kdviz.cli.serving import serve
from kdviz.cli.training import distill, resume, study
from kdviz.errors import KdvizError

COMMANDS: dict[str, Callable[..., None]] = {
    "serve": serve,
    "distill": distill,
    "resume": resume,
    "study": study,
    "runs": runs,
    "show": show,
    "compare": compare,
    "explain": explain,
    "report": report,
    "export": export,
    "import": import_run,
    "delete": delete,
    "doctor": doctor,
    "datasets": datasets,
    "models": models,
    "inspect": inspect,
}
"""In the order of the help page."""

_TRACEBACK = "KDVIZ_TRACEBACK"
_REASON_LENGTH = 300

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Train student networks by distillation and compare their explanations with the teacher's.",
)


def main() -> None:
    """Run the command line."""
    take_role()
    app()


def _with_exit_status(command: Callable[..., None]) -> Callable[..., None]:
    """The command, ending with one line and status 1 on an error, and with 130 when interrupted."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except KdvizError as error:
            print(error, file=sys.stderr)
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            print("Interrupted.", file=sys.stderr)
            raise typer.Exit(130) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if getattr(error, "errno", None) == errno.EPIPE or os.environ.get(_TRACEBACK):
                raise  # a reader such as `head` has left, which click ends quietly
            print(_unexpected(error), file=sys.stderr)
            raise typer.Exit(1) from None

    return wrapped


def _unexpected(error: Exception) -> str:
    """One line for an error that nobody expected."""
    reason = " ".join(str(error).split())[:_REASON_LENGTH]
    said = ": ".join(filter(None, (type(error).__name__, reason)))
    return f"unexpected error: {said}. Set {_TRACEBACK}=1 to see where, and report it."


for _name, _command in COMMANDS.items():
    app.command(_name)(_with_exit_status(_command))
