"""Numbers as a report prints them, each with its exact value behind it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from kdviz.figures.style import percent, score
from kdviz.language import _
from kdviz.types import Interval


@dataclass(frozen=True)
class Number:
    """text: as printed. value: exact; None where there is none to give."""

    text: str
    value: float | None = None


@dataclass(frozen=True)
class Cell:
    """A number; with the two ends of its interval, and what stands behind it by name, where there is that."""

    number: Number
    low: Number | None = None
    high: Number | None = None
    behind: tuple[tuple[str, Number], ...] = ()


NOTHING = Cell(Number("–"))
"""For what an arm does not have."""


def share(value: float) -> Cell:
    """A share as a percentage."""
    return Cell(_number(value, percent))


def scored(value: float) -> Cell:
    """An agreement."""
    return Cell(_number(value, _score))


def agreed(interval: Interval, *, raw: float, chance: float) -> Cell:
    """A corrected agreement with its interval, the raw one and that of unrelated images behind it."""
    ends = [_number(end, _score) for end in (interval.low, interval.high)]
    low, high = ends if math.isfinite(interval.low) else (None, None)
    behind = ((_("raw"), _number(raw, _score)), (_("chance"), _number(chance, _score)))
    return Cell(_number(interval.value, _score), low, high, behind if math.isfinite(raw) else ())


def counted(value: int) -> Cell:
    """How many there are."""
    return Cell(Number(f"{value:,}", value))


def _number(value: float, words: Callable[[float], str]) -> Number:
    return Number(words(value), value if math.isfinite(value) else None)


def _score(value: float) -> str:
    return score(value).replace("-", "\N{MINUS SIGN}")
