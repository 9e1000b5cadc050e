"""What is allowed for a field of a run's settings, as widgets, options and errors need it."""

from __future__ import annotations

from typing import Any, get_args

from kdviz.config.choices import CHOICES
from kdviz.config.run_config import RunConfig
from kdviz.types import ARMS


def limits(field: str) -> dict[str, Any]:
    """The rules of a numeric field by pydantic's names: "ge", "gt", "le", "lt"."""
    return {
        kind: getattr(rule, kind)
        for rule in RunConfig.model_fields[field].metadata
        for kind in ("ge", "gt", "le", "lt")
        if hasattr(rule, kind)
    }


def bounds(field: str) -> tuple[float | None, float | None]:
    """Smallest and largest value allowed for a numeric field; None where there is no bound."""
    found = limits(field)
    return found.get("ge", found.get("gt")), found.get("le", found.get("lt"))


def is_whole(field: str) -> bool:
    """Whether a numeric field holds whole numbers only."""
    annotation = str(RunConfig.model_fields[field].annotation)
    return "int" in annotation and "str" not in annotation


def options(field: str) -> tuple[str, ...]:
    """The names that a field may take: a registry's, or a fixed list's; empty for free values."""
    if field in CHOICES:
        return tuple(CHOICES[field])
    if field == "arms":
        return tuple(arm for arm in ARMS if arm != "teacher")
    annotation = RunConfig.model_fields[field].annotation
    return tuple(str(option) for option in get_args(annotation) if isinstance(option, str))
