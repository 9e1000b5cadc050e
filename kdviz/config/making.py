"""Configs from a user's settings, and from stored ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from kdviz.config.messages import lines
from kdviz.config.run_config import FILES_ELSEWHERE, RunConfig
from kdviz.errors import ConfigError


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
    dropped.
    """
    known = {name: value for name, value in values.items() if name in RunConfig.model_fields}
    if "arms" in known:
        known["arms"] = tuple(known["arms"])
    return RunConfig.model_construct(**known)


def changed(config: RunConfig, **values: Any) -> RunConfig:
    """A copy of the config with some values replaced, validated. Raises ConfigError."""
    return make_config({**config.model_dump(), **values})


def _validated(values: Mapping[str, Any], context: str | None = None) -> RunConfig:
    try:
        return RunConfig.model_validate(dict(values), context=context)
    except ValidationError as error:
        raise ConfigError("\n".join(lines(error))) from None
