"""Estimates with intervals as text: "0.23 (0.20 to 0.26)"."""

from __future__ import annotations

import math
from collections.abc import Callable

from kdviz.language import _, decimal, with_interval
from kdviz.types import Interval


def score_text(over: Interval, *, signed: bool = False) -> str:
    """An agreement or a difference of two: "0.23 (0.20 to 0.26)". signed: with a plus sign above 0."""
    return _text(over, decimal, signed=signed)


def percent_text(over: Interval) -> str:
    """A share in percent: "84.1 % (82.0 to 86.2)"."""
    return _text(over, _hundredths, unit="\N{NO-BREAK SPACE}%")


def points_text(over: Interval) -> str:
    """A difference of two shares in percentage points, with its sign: "+58.0 (41.2 to 70.1)"."""
    return _text(over, _hundredths, signed=True)


def _text(over: Interval, words: Callable[[float], str], *, unit: str = "", signed: bool = False) -> str:
    """The word "undefined" for NaN; without an interval if its ends are NaN."""
    if not math.isfinite(over.value):
        return _("undefined")
    value, low, high = map(words, (over.value, over.low, over.high))
    plus = "+" if signed and over.value > 0 and float(value) > 0 else ""
    value = f"{plus}{value}{unit}"
    return with_interval(value, low, high) if math.isfinite(over.low) else value


def _hundredths(share: float) -> str:
    return decimal(100 * share, "z.1f")
