"""Numbers as a report prints them, with their exact values."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from kdviz.figures.style import percent, score
from kdviz.language import _, interval_ends
from kdviz.metrics import MetricSpec
from kdviz.narrative import agreement_text
from kdviz.types import Agreement, Interval


@dataclass(frozen=True)
class Number:
    """text: as printed. value: exact; None if there is none."""

    text: str
    value: float | None = None


@dataclass(frozen=True)
class Cell:
    """A number, with its interval and related numbers by name, if there are any."""

    number: Number
    low: Number | None = None
    high: Number | None = None
    behind: tuple[tuple[str, Number], ...] = ()


NOTHING = Cell(Number("–"))
"""An empty cell."""


def share(value: float) -> Cell:
    """A share as a percentage."""
    return Cell(_number(value, percent))


def ranged(over: Interval) -> Cell:
    """A share as a percentage with its interval."""
    if not math.isfinite(over.low):
        return share(over.value)
    value, low, high = (_number(each, percent) for each in (over.value, over.low, over.high))
    return Cell(value, low, high)


def scored(value: float) -> Cell:
    """An agreement."""
    return Cell(_number(value, score))


def agreed(of: Agreement) -> Cell:
    """A corrected agreement with its interval, raw value, chance level and number of images."""
    found = of.interval
    if of.is_too_little:
        return Cell(Number(agreement_text(of)))
    low = high = None
    if math.isfinite(found.low):
        texts = interval_ends(found.low, found.high)
        low, high = (Number(text, end) for text, end in zip(texts, (found.low, found.high), strict=True))
    behind = (
        (_("raw"), _number(of.raw, score)),
        (_("chance"), _number(of.chance, score)),
        ("n", Number(f"{of.n:,}", of.n)),
    )
    return Cell(_number(found.value, score), low, high, behind if math.isfinite(of.raw) else ())


def figure(metric: MetricSpec, value: float) -> Cell:
    """A figure in the format of its metric."""
    return Cell(_number(value, metric.text))


def _number(value: float, words: Callable[[float], str]) -> Number:
    return Number(words(value), value if math.isfinite(value) else None)
