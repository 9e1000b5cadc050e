"""Allowed values of a setting, for widgets, options and errors."""

from __future__ import annotations

from typing import Any, get_args

from kdviz.config.choices import CHOICES
from kdviz.config.run_config import RunConfig
from kdviz.types import ARMS


def limits(field: str) -> dict[str, Any]:
    """Bounds of a numeric field, by pydantic's names: "ge", "gt", "le", "lt"."""
    return {
        kind: getattr(rule, kind)
        for rule in RunConfig.model_fields[field].metadata
        for kind in ("ge", "gt", "le", "lt")
        if hasattr(rule, kind)
    }


def bounds(field: str) -> tuple[float | None, float | None]:
    """Smallest and largest allowed value of a numeric field; None without a bound."""
    found = limits(field)
    return found.get("ge", found.get("gt")), found.get("le", found.get("lt"))


def is_whole(field: str) -> bool:
    """Whether a numeric field is an integer."""
    annotation = str(RunConfig.model_fields[field].annotation)
    return "int" in annotation and "str" not in annotation


def options(field: str) -> tuple[str, ...]:
    """Names that a field may take, from a registry or a fixed list; empty for free values."""
    if field in CHOICES:
        return tuple(CHOICES[field])
    if field == "arms":
        return tuple(arm for arm in ARMS if arm != "teacher")
    annotation = RunConfig.model_fields[field].annotation
    return tuple(str(option) for option in get_args(annotation) if isinstance(option, str))
