"""Study files: common settings, a grid, and settings that vary together; the runs that they define."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from kdviz.config import IDLE_WITHOUT_LAMBDA, NEED_LAMBDA, RunConfig, make_config
from kdviz.content import is_special
from kdviz.errors import ConfigError, unknown_name

PAIR = "pair"
"""The column with the name of a run's combination of `pairs`."""

MAX_RUNS = 10_000
"""Combinations of a study, which are counted before any is made."""

MAX_BYTES = 1 << 20
"""Of a study file."""

_ALWAYS = ("explanation_weight", "seed")


class Study(BaseModel):
    """The content of a study file. Read it with `read_study`, which has readable errors.

    per_image: whether predictions and scores of every test image are stored, so that intervals include the
    sampling of images. settings: of all runs. grid: values by setting, in all combinations. pairs: settings
    that vary together, each combination with a `name`. offered: whether the dashboard offers it before it has
    any run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(min_length=1)
    about: str = ""
    per_image: bool = False
    offered: bool = True
    settings: dict[str, Any] = {}
    grid: dict[str, list[Any]] = {}
    pairs: list[dict[str, Any]] = []

    @property
    def fields(self) -> tuple[str, ...]:
        """The settings that vary, always including λ and the seed."""
        of_pairs = [field for pair in self.pairs for field in pair if field != "name"]
        return tuple(dict.fromkeys([*of_pairs, *self.grid, *_ALWAYS]))


@dataclass(frozen=True)
class Point:
    """One run of a study. pair: the name of its combination of `pairs`, "" if there are none."""

    pair: str
    config: RunConfig

    def value(self, field: str) -> Any:
        """Its value of a setting; "none" if the setting has no effect at λ = 0."""
        if field in IDLE_WITHOUT_LAMBDA and not self.config.explanation_weight:
            return "none"
        return getattr(self.config, field)

    def label(self, study: Study) -> str:
        """Its values of the settings that vary, by the names of a study file."""
        values = [f"{field} = {_short(self.value(field))}" for field in study.grid]
        return ", ".join([*([self.pair] if self.pair else []), *values]) or study.name


def read_study(path: Path) -> tuple[Study, tuple[Point, ...]]:
    """A study and its runs, seed by seed. Raises ConfigError, with a line for each error."""
    try:
        study = Study.model_validate(tomllib.loads(_text(path)))
    except OSError as error:
        raise ConfigError(
            f"study: {str(path)!r} cannot be read: {error.strerror}. Give a TOML file."
        ) from None
    except ValueError as error:  # of tomllib, of the encoding, and for numbers of thousands of digits
        if isinstance(error, ValidationError):
            raise _wrong(path, [_line(found) for found in error.errors()]) from None
        raise ConfigError(f"{path.name}: is not TOML: {error}. Correct that line.") from None
    except RecursionError:
        raise ConfigError(f"{path.name}: nests brackets too deeply. Give lists of plain values.") from None
    try:
        return study, planned(study)
    except ConfigError as error:
        raise _wrong(path, str(error).splitlines()) from None


def _text(path: Path) -> str:
    """The content of a study file. Raises ConfigError for what is none, before it is read."""
    if is_special(path):
        raise ConfigError(f"study: {str(path)!r} is a device or a pipe. Give a TOML file.")
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ConfigError(f"study: {str(path)!r} has more than {MAX_BYTES >> 20} MB. Give a TOML file.")
    return content.decode()


def planned(study: Study) -> tuple[Point, ...]:
    """The runs of a study, seed by seed. Raises ConfigError, with a line for each error."""
    if problems := list(_problems(study)):
        raise ConfigError("\n".join(problems))
    found: dict[str, Point] = {}
    wrong: dict[str, list[str]] = {}  # points by error
    for pair, values in _combinations(study):
        try:
            point = Point(pair, make_config(_without_twins_at_zero(values)))
        except ConfigError as error:
            label = ", ".join(f"{field} = {values[field]!r}" for field in study.fields if field in values)
            for line in str(error).splitlines():
                wrong.setdefault(line, []).append(label or "the only one")
        else:
            found.setdefault(point.config.key, point)
    if wrong:
        raise ConfigError("\n".join(_refused(line, points) for line, points in wrong.items()))
    return tuple(found.values())


def _combinations(study: Study) -> list[tuple[str, dict[str, Any]]]:
    """The settings of every run; the seed changes slowest, so that one seed is complete early."""
    grid = list(product(*study.grid.values()))
    found = []
    for pair in study.pairs or [{}]:
        own = {field: value for field, value in pair.items() if field != "name"}
        for values_of in grid:
            values = {**study.settings, **own, **dict(zip(study.grid, values_of, strict=True))}
            found.append((pair.get("name", ""), values))
    if seeds := study.grid.get("seed"):
        found.sort(key=lambda each: seeds.index(each[1]["seed"]))
    return found


def _without_twins_at_zero(values: Mapping[str, Any]) -> dict[str, Any]:
    """Drop settings without effect at λ = 0, where the student is its own twin and placebo."""
    if values.get("explanation_weight") != 0:
        return dict(values)
    kept = {field: value for field, value in values.items() if field not in IDLE_WITHOUT_LAMBDA}
    if isinstance(kept.get("arms"), list):
        kept["arms"] = [arm for arm in kept["arms"] if arm not in NEED_LAMBDA]
    return kept


def _problems(study: Study) -> Iterator[str]:
    """Errors of the file itself, before any config is made."""
    places: dict[str, set[str]] = {}
    for part, fields in _parts(study):
        for field in fields:
            if field not in RunConfig.model_fields:
                yield unknown_name(part, field, RunConfig.model_fields)
            places.setdefault(field, set()).add(part)
    for field, parts in places.items():
        if len(parts) > 1:
            yield f"{field}: is set under {' and '.join(sorted(parts))}. Keep one of them."
    for field, values in study.grid.items():
        if not values:
            yield f"grid.{field}: must contain at least one value, got none. Fill the list, or leave it out."
    for number, pair in enumerate(study.pairs, start=1):
        if not isinstance(pair.get("name"), str) or not pair["name"].strip():
            yield f"pairs: number {number} has no name. Give it one, in a few words: name = 'ResNet to CNN'."
    names = [str(pair.get("name")) for pair in study.pairs]
    if len(set(names)) < len(names):
        yield "pairs: two have the same name. Give each its own."
    count = prod(map(len, study.grid.values())) * max(1, len(study.pairs))
    if count > MAX_RUNS:
        yield f"grid: has {count:,} combinations, at most {MAX_RUNS:,} are allowed. Shorten its lists."


def _parts(study: Study) -> Iterator[tuple[str, Iterable[str]]]:
    yield "settings", study.settings
    yield "grid", study.grid
    yield "pairs", dict.fromkeys(field for pair in study.pairs for field in pair if field != "name")


def _refused(line: str, points: list[str]) -> str:
    others = len(points) - 1
    more = f" and {others} other{'' if others == 1 else 's'}" if others else ""
    return f"grid point {points[0]}{more}: {line}"


def _line(found: ErrorDetails) -> str:
    """A pydantic error as one line."""
    field = ".".join(map(str, found["loc"]))
    if found["type"] == "extra_forbidden":
        return unknown_name("study", field, Study.model_fields)
    if found["type"] == "missing":
        return f"{field}: is missing. Give the study one, in one line."
    kinds = {
        "name": "text",
        "about": "text",
        "per_image": "true or false",
        "offered": "true or false",
        "grid": "lists of values",
    }
    kind = kinds.get(str(found["loc"][0]), "tables of settings")
    return f"{field}: must be {kind}, got {found['input']!r}."


def _wrong(path: Path, lines: list[str]) -> ConfigError:
    return ConfigError("\n".join(f"{path.name}: {line}" for line in lines))


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
