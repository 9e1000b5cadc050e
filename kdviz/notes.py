"""Notes about a run's inputs, which are stored in English and translated where they are shown."""

from __future__ import annotations

import re

from kdviz.language import text_of
from kdviz.progress import Message

_PATTERN = re.compile(r"(?P<known>[\d,]+) of (?P<count>[\d,]+) training images have a mask that is matched\.")


def matched_masks_note(known: int, count: int) -> str:
    """How many training images have a mask, in English."""
    return str(_matched(known, count))


def shown_note(note: str) -> str:
    """A stored note in the current language, where it is known in it."""
    found = _PATTERN.fullmatch(note)
    return text_of(_matched(found["known"], found["count"])) if found else note


def _matched(known: int | str, count: int | str) -> Message:
    return Message(
        "{known} of {count} training images have a mask that is matched.", {"known": known, "count": count}
    )
