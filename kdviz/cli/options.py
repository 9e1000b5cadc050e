"""Options that commands share, and one option for each field of `RunConfig`, with its help and bounds."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic.fields import FieldInfo

from kdviz.config import OPENING, RunConfig, bounds, options
from kdviz.datasets import DATASETS

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
RunsDir = Annotated[
    Path,
    typer.Option("--runs-dir", envvar="KDVIZ_RUNS_DIR", help="Directory of the runs.", show_default=True),
]
RunId = Annotated[str, typer.Argument(help="The id of a run, as `runs` lists it.")]
RUNS = Path("runs")

_SUITS = {"explanation_loss": "the two networks", "explanation_weight": "the loss"}


def runs_dir_option(runs_dir: Path) -> list[str]:
    """The arguments that select the runs directory; empty for the default one."""
    return [] if runs_dir == RUNS else ["--runs-dir", str(runs_dir)]


def with_config_options(command: Callable[..., None]) -> Callable[..., None]:
    """The command with one option for each field of `RunConfig`.

    Its first argument is a dict of the options that were given, by field name; fields that were left out
    are filled from the data set's recipe by `make_config`.
    """
    own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    fields = RunConfig.model_fields
    added = [_parameter(name, field) for name, field in fields.items()]

    def wrapped(**given: Any) -> None:
        values = {name: given.pop(name) for name in fields}
        values = {name: value for name, value in values.items() if value is not None}
        if "arms" in values:
            values["arms"] = tuple(arm.strip() for arm in values["arms"].split(",") if arm.strip())
        command(values, **given)

    wrapped.__name__, wrapped.__doc__ = command.__name__, command.__doc__
    parameters = [*added, *own]
    wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {each.name: each.annotation for each in parameters}
    return wrapped


def _parameter(name: str, field: FieldInfo) -> inspect.Parameter:
    option = typer.Option(f"--{name.replace('_', '-')}", help=_help(name, field), show_default=False)
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[_kind(field) | None, option]
    )


def _kind(field: FieldInfo) -> Any:
    """The type of the option. Names stay strings, so that an unknown one is answered with a suggestion."""
    annotation = str(field.annotation)
    if "float" in annotation:
        return float
    return int if "int" in annotation and "str" not in annotation else str


def _help(name: str, field: FieldInfo) -> str:
    parts = [field.description or ""]
    if names := options(name):
        parts.append(f"One of: {', '.join(names)}." if name != "arms" else f"Of: {', '.join(names)}.")
    low, high = bounds(name)
    if low is not None:
        parts.append(f"From {low:g}{f' to {high:g}' if high is not None else ''}.")
    return " ".join([*parts, _default(name, field)]).strip()


def _default(name: str, field: FieldInfo) -> str:
    """The default in a sentence; "" if there is none."""
    if name in _SUITS:
        return f"Default: depends on {_SUITS[name]}."
    usual, opening = _in_words(field.default), _in_words(OPENING.get(name, field.default))
    if name in OPENING and name != "dataset":
        return f"Default: {opening}; with --dataset, {usual or 'depends on the data set'}."
    if any(name in spec.recipe for spec in DATASETS.values()):
        return "Default: depends on the data set."
    return f"Default: {usual}." if usual else ""


def _in_words(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)
