"""A user's annotations of a run, with length limits: name, note, tags, pin."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from unicodedata import category

from kdviz.errors import StoreError

NAME_LENGTH = 120
NOTE_LENGTH = 4000
TAG_LENGTH = 32
TAG_COUNT = 12

_UNREADABLE = ("Cc", "Cs")  # control characters, and halves of characters, which SQLite refuses


def annotation_columns(
    *,
    name: str | None = None,
    note: str | None = None,
    tags: Sequence[str] | None = None,
    pinned: bool | None = None,
) -> dict[str, Any]:
    """The columns to change; None leaves one unchanged. Raises StoreError if a text is too long."""
    columns: dict[str, Any] = {}
    if name is not None:
        columns["name"] = _within("name", _one_line(name), NAME_LENGTH)
    if note is not None:
        columns["note"] = _within("note", _readable(note).strip(), NOTE_LENGTH)
    if tags is not None:
        columns["tags"] = json.dumps(_tags(tags))
    if pinned is not None:
        columns["pinned"] = int(pinned)
    return columns


def _tags(given: Sequence[str]) -> list[str]:
    """In order, without blanks and case-insensitive duplicates."""
    lines: dict[str, str] = {}
    for line in map(_one_line, given):
        lines.setdefault(line.casefold(), line)
    tags = [_within("tag", line, TAG_LENGTH) for line in lines.values() if line]
    if len(tags) > TAG_COUNT:
        raise StoreError(f"tags: at most {TAG_COUNT} are kept, got {len(tags)}. Leave some out.")
    return tags


def _within(field: str, text: str, length: int) -> str:
    if len(text) > length:
        raise StoreError(f"{field}: at most {length:,} characters are kept, got {len(text):,}. Shorten it.")
    return text


def _one_line(text: str) -> str:
    return " ".join(_readable(text).split())


def _readable(text: str) -> str:
    """The lines, with unprintable characters replaced by spaces."""
    return "\n".join(
        "".join(" " if category(letter) in _UNREADABLE else letter for letter in line)
        for line in text.splitlines()
    )
