"""Configs from a user's settings, and from stored ones."""

from __future__ import annotations

from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError

from kdviz.config.files import FILES_ELSEWHERE
from kdviz.config.messages import lines
from kdviz.config.run_config import RunConfig
from kdviz.errors import ConfigError
from kdviz.image_size import sides


def make_config(values: Mapping[str, Any]) -> RunConfig:
    """A validated config. Raises ConfigError with one line for each wrong field, all at once."""
    return _validated(values)


def stored_settings(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Settings stored by any version on any machine, upgraded to this version.

    Files that they name need not exist here. Raises ConfigError like `make_config`.
    """
    return _validated(values, FILES_ELSEWHERE).model_dump(mode="json")


def stored_config(values: Mapping[str, Any]) -> RunConfig:
    """The config of a stored run, perhaps of another version. It was validated then, and is not now.

    Its files may be gone, and its names unknown. Missing fields take their defaults, unknown ones are
    dropped. Raises ConfigError where a field has a value of another type.
    """
    known = {name: value for name, value in values.items() if name in RunConfig.model_fields}
    for name, value in known.items():
        if not _fits(value, RunConfig.model_fields[name].annotation):
            raise ConfigError(f"{name}: {value!r} is not a value of this setting.")
    if "image_size" in known:
        sides(known["image_size"])
    if "arms" in known:
        known["arms"] = tuple(known["arms"])
    return RunConfig.model_construct(**known)


def changed(config: RunConfig, **values: Any) -> RunConfig:
    """A copy of the config with some values replaced, validated. Raises ConfigError."""
    return make_config({**config.model_dump(), **values})


_LARGEST = 2**53
"""Beyond any setting's bounds; NaN is not below it either."""


def _fits(value: Any, annotation: Any) -> bool:
    """Whether a JSON value has the type of a field; any text fits a fixed list of names."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is Literal:
        return isinstance(value, str)
    if origin is tuple:
        return isinstance(value, list | tuple) and all(_fits(each, parts[0]) for each in value)
    if annotation in (int, float):
        kinds = int if annotation is int else int | float
        return isinstance(value, kinds) and not isinstance(value, bool) and abs(value) < _LARGEST
    return isinstance(value, annotation) and not isinstance(value, bool)


def _validated(values: Mapping[str, Any], context: str | None = None) -> RunConfig:
    try:
        return RunConfig.model_validate(dict(values), context=context)
    except ValidationError as error:
        raise ConfigError("\n".join(lines(error))) from None
