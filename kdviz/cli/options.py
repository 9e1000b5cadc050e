"""Options that commands share, and one option for each field of `RunConfig`, with its help and bounds."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic.fields import FieldInfo

from kdviz.config import OPENING, RunConfig, bounds, is_whole, options
from kdviz.datasets import DATASETS
from kdviz.errors import ConfigError

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
RunsDir = Annotated[
    Path,
    typer.Option("--runs-dir", envvar="KDVIZ_RUNS_DIR", help="Directory of the runs.", show_default=True),
]
RunId = Annotated[str, typer.Argument(help="The id of a run, as `runs` lists it.")]
RUNS = Path("runs")

_OPTIONS = {"parent": "--from"}
"""Options that are not called like their field."""

_ABOUT = {
    "dataset": "The images, texts or sounds that the networks are trained on.",
    "data": "Your own files: a folder, zip, .npz or CSV of images for `folder`; a CSV, TSV or JSON Lines "
    "file, or a folder or zip of .txt files, for `text-file`; a folder or zip of sounds, or a CSV, for "
    "`audio-folder`. For the others, the directory of downloads.",
    "cue": "What predicts the class in the student's training data only: in images a patch or a tint, in "
    "texts a word or the length, in sounds a tone or the loudness.",
    "cue_strength": "Probability that the cue shows the true class in the student's training data.",
    "train_count": "Number of images, texts or sounds that the student is trained on; empty means all.",
    "marks": "A file of what a person has marked in training images, texts or sounds, instead of the data's "
    "own masks.",
    "epochs": "Passes over the student's training data.",
    "batch_size": "Images, texts or sounds in a training step.",
    "seed": "Seed of the initial weights, and of the choice and order of the student's training data.",
}
"""Descriptions for every kind of input at once, where a page speaks of the chosen kind alone."""

_SUITS = {
    "clip_seconds": "the sounds, by the median of those to train with",
    "explanation_loss": "the two networks",
    "explanation_weight": "the loss",
}


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
        texts = {name: given.pop(name) for name in fields}
        values = {name: _value(name, text) for name, text in texts.items() if text is not None}
        command(values, **given)

    wrapped.__name__, wrapped.__doc__ = command.__name__, command.__doc__
    parameters = [*added, *own]
    wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {each.name: each.annotation for each in parameters}
    return wrapped


def whole_number(option: str, text: str, *, most: int | None = None) -> int:
    """The value of an option. Raises ConfigError unless it is a whole number, from 1 to `most` if given."""
    number = _number(int, text)
    if not isinstance(number, int) or (most and not 1 <= number <= most):
        allowed = f" from 1 to {most}" if most else ""
        raise ConfigError(f"{option}: must be a whole number{allowed}, got {number!r}.")
    return number


def _parameter(name: str, field: FieldInfo) -> inspect.Parameter:
    """An option that takes any text: `make_config` checks all values, and words all errors."""
    option = typer.Option(
        _OPTIONS.get(name, f"--{name.replace('_', '-')}"),
        help=_help(name, field),
        show_default=False,
        metavar={int: "INTEGER", float: "FLOAT"}.get(_kind(name), "TEXT"),
    )
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, option]
    )


def _value(name: str, text: str) -> Any:
    if name == "arms":
        return tuple(arm.strip() for arm in text.split(",") if arm.strip())
    return _number(_kind(name), text)


def _number(kind: type, text: str) -> Any:
    """The text as a number; the text itself where it is none."""
    try:
        return kind(text)
    except ValueError:
        return text


def _kind(name: str) -> type:
    if is_whole(name):
        return int
    return str if bounds(name) == (None, None) else float


def _help(name: str, field: FieldInfo) -> str:
    parts = [_ABOUT.get(name) or field.description or ""]
    if names := options(name):
        parts.append(f"One of: {', '.join(names)}." if name != "arms" else f"Of: {', '.join(names)}.")
    low, high = bounds(name)
    if low is not None:
        parts.append(f"From {low:.10g}{f' to {high:.10g}' if high is not None else ''}.")
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
