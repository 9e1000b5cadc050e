"""Pydantic's errors as lines of kdviz: one for each wrong field, with what is allowed."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kdviz.config.fields import is_whole, limits, options
from kdviz.config.run_config import RunConfig
from kdviz.errors import unknown_name

_BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


def lines(error: ValidationError) -> list[str]:
    """A line for each error."""
    return [line for found in error.errors() for line in _line(found).splitlines()]


def _line(found: ErrorDetails) -> str:
    field = str(found["loc"][0]) if found["loc"] else ""
    if found["type"] == "value_error":
        return str(found["ctx"]["error"])
    if found["type"] == "extra_forbidden":
        return unknown_name("setting", field, RunConfig.model_fields)
    given = repr(found["input"])
    if names := options(field):
        wrong = str(found["input"]) if len(found["loc"]) == 1 else given.strip("'")
        return unknown_name(field, wrong, names)
    about = RunConfig.model_fields[field].description if field in RunConfig.model_fields else ""
    return f"{field}: {_allowed(field)}, got {given}. {about}".rstrip()


def _allowed(field: str) -> str:
    found = limits(field)
    if not found:
        return "must be text"
    kind = "a whole number" if is_whole(field) else "a number"
    parts = [f"{words} {found[rule]:.10g}" for rule, words in _BOUNDS.items() if rule in found]
    return f"must be {kind}, {' and '.join(parts)}"
