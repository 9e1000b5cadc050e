"""Numbers as a person says them."""

from __future__ import annotations

import re
from typing import Literal

from kdviz.types import RunState

Colour = Literal["gray", "blue", "orange", "green", "red"]

STATES: dict[RunState, tuple[str, str, Colour]] = {
    "queued": ("Queued", "schedule", "gray"),
    "running": ("Running", "play_circle", "blue"),
    "paused": ("Paused", "pause_circle", "orange"),
    "finished": ("Finished", "check_circle", "green"),
    "failed": ("Failed", "error", "red"),
    "cancelled": ("Stopped", "stop_circle", "gray"),
    "interrupted": ("Interrupted", "power_off", "orange"),
}
"""For each state of a run: its name, icon and colour."""


def count(number: float) -> str:
    """A large number with three digits that mean something: "870", "78.0 k", "1.23 M"."""
    for size, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return f"{number:.0f}"


def ago(seconds: float) -> str:
    """How long ago: "just now", "5 min ago", "3 h ago", "2 days ago"."""
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min ago"
    if seconds < 86400:
        return f"{seconds // 3600:.0f} h ago"
    days = seconds // 86400
    return f"{days:.0f} day{'' if days == 1 else 's'} ago"


def plain(text: str) -> str:
    """A person's own text, such as a folder's name, so that Markdown shows it as it is."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~<>$:])", r"\\\1", text)
