"""Numbers, times and states of runs as text, in the visitor's language."""

from __future__ import annotations

import re
from typing import Literal

from kdviz.language import _, decimal, language, plural
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
"""For each state of a run: its name (translated where it is shown), icon and colour."""


_LONGEST_WORD = 60
_SIZES = ((1e12, " T"), (1e9, " G"), (1e6, " M"), (1e3, " k"))
_CHINESE_SIZES = ((1e12, " 万亿"), (1e8, " 亿"), (1e4, " 万"))


def count(number: float) -> str:
    """A large number with three significant digits: "870", "78 k", "1.23 M"; in Chinese "7.8 万"."""
    for size, unit in _CHINESE_SIZES if language() == "zh" else _SIZES:
        if number >= size:
            return f"{float(f'{number / size:.3g}'):g}{unit}"
    return decimal(number, 0)


def ago(seconds: float) -> str:
    """How long ago: "just now", "5 min ago", "3 h ago", "2 days ago"."""
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return _("{n} min ago").format(n=int(seconds // 60))
    if seconds < 86400:
        return _("{n} h ago").format(n=int(seconds // 3600))
    return plural("{count} day ago", "{count} days ago", int(seconds // 86400))


def shortened(text: str) -> str:
    """The first characters of a long word, such as a name in a link."""
    return text if len(text) <= _LONGEST_WORD else f"{text[:_LONGEST_WORD]}…"


def plain(text: str) -> str:
    """A user's own text, such as a folder's name, escaped for Markdown."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~<>$:])", r"\\\1", text)
