"""Settings of a run in words: a field by its title, a value by its label."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kdviz.config import CHOICES, RunConfig
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _, listed


def setting_name(field: str) -> str:
    """The title of a field; its name where it is of another version."""
    known = RunConfig.model_fields.get(field)
    return _(known.title) if known and known.title else field


def lambda_meaning() -> str:
    """What λ is, in words, beside a slider of it."""
    return _("how strongly the student is trained to look where its teacher looks")


def setting_value(field: str, value: Any) -> str:
    """The label of a choice; any other value as text, "–" for none. Of files the name."""
    if value is None:
        return "–"
    if field in ("data", "marks", "teacher_weights"):
        return Path(str(value)).name
    if isinstance(value, list | tuple):
        return listed(ARM_STYLES[arm].label if arm in ARM_STYLES else str(arm) for arm in value)
    specs = CHOICES.get(field, {})
    if value in specs:
        return _(specs[value].label)
    return f"{value:g}" if isinstance(value, float) else str(value)
