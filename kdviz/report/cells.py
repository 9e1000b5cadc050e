"""Numbers as a report prints them, each with its exact value behind it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from kdviz.figures.style import percent, score
from kdviz.language import _
from kdviz.metrics import MetricSpec
from kdviz.types import Agreement


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
    return Cell(_number(value, score))


def agreed(of: Agreement) -> Cell:
    """A corrected agreement with its interval, the raw one and the chance level behind it."""
    ends = [_number(end, score) for end in (of.low, of.high)]
    low, high = ends if math.isfinite(of.low) else (None, None)
    behind = ((_("raw"), _number(of.raw, score)), (_("chance"), _number(of.chance, score)))
    return Cell(_number(of.corrected, score), low, high, behind if math.isfinite(of.raw) else ())


def figure(metric: MetricSpec, value: float) -> Cell:
    """A figure as its metric writes it."""
    return Cell(_number(value, metric.text))


def _number(value: float, words: Callable[[float], str]) -> Number:
    return Number(words(value), value if math.isfinite(value) else None)
