"""Errors as a page shows them: a setting is called as its field is, where the command line has its name."""

from __future__ import annotations

import re

from kdviz.config import RunConfig
from kdviz.language import _

_COMPOUND = re.compile(r"\b(?:" + "|".join(name for name in RunConfig.model_fields if "_" in name) + r")\b")
"""Names of settings that are no words of a sentence."""


_MARKS = re.compile(r"[\\`*_\[\]<>$]")
"""What Markdown would take for emphasis, links, pictures, code, HTML or formulas."""


def _inputs() -> dict[str, str]:
    """What a visitor gives on a page that is no setting of a run, by its name in errors."""
    return {"text": _("Own text"), "sound": _("Own sound"), "picture": _("Own picture")}


def on_screen(line: str) -> str:
    """A line of an error, as Markdown that shows it letter by letter.

    "Training images: must be …" for "train_count: must be …".
    """
    subject, colon, rest = line.partition(": ")
    if colon and subject in (inputs := _inputs()):
        line = f"{inputs[subject]}: {rest}"
    elif colon and subject in RunConfig.model_fields:
        line = f"{_label(subject)}: {_COMPOUND.sub(_found_label, rest)}"
    else:
        line = _COMPOUND.sub(_found_label, line)
    return _MARKS.sub(r"\\\g<0>", line)


def _found_label(found: re.Match[str]) -> str:
    return _label(found.group())


def _label(field: str) -> str:
    return _(RunConfig.model_fields[field].title or field)
