"""The command line's options for a run, read from `RunConfig`: one a field, with its help and bounds."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer
from pydantic.fields import FieldInfo

from kdviz.config import OPENING, RunConfig, bounds, options
from kdviz.datasets import DATASETS

_SUITS = {"explanation_loss": "the two networks", "explanation_weight": "the loss"}


def with_config_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command one option for each field of `RunConfig`.

    The command takes the options that were given as its first argument, a dict by field name; fields
    that were left out are not in it, so that the data set's recipe can fill them.
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
    """The type that the option is read as; names stay text, so that a wrong one gets a suggestion."""
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
    """What the setting is where it is left out, as far as one sentence can say it."""
    if name in _SUITS:
        return f"Default: what suits {_SUITS[name]}."
    usual, opening = _in_words(field.default), _in_words(OPENING.get(name, field.default))
    if name in OPENING and name != "dataset":
        return f"Default: {opening}; with --dataset, {usual or 'what suits it'}."
    if any(name in spec.recipe for spec in DATASETS.values()):
        return "Default: what suits the data set."
    return f"Default: {usual}." if usual else ""


def _in_words(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)
