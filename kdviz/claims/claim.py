"""A claim of the field as an experiment: which runs test it, and what is to be compared in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from math import inf
from typing import Any, Literal

from kdviz.metrics import METRICS
from kdviz.study import Point, Study, planned
from kdviz.types import Arm, Spec

Basis = Literal["source", "second-hand", "abstract", "memory", "none"]
"""Where a published effect is known from; `BASES` says it in words."""

BASES: Mapping[Basis, str] = {
    "source": "as its authors report it",
    "second-hand": "as others quote it",
    "abstract": "from the abstract",
    "memory": "from memory, not looked up",
    "none": "no figure is known",
}

MORE = (0.0, inf)
"""The usual claim: more than nothing."""


def above(size: float) -> tuple[float, float]:
    """The claim that there is more than `size`."""
    return size, inf


def below(size: float) -> tuple[float, float]:
    """The claim that there is no gain; one below `size` counts as none."""
    return -inf, size


def within(size: float) -> tuple[float, float]:
    """The claim that there is no difference; one below `size` counts as none."""
    return -size, size


@dataclass(frozen=True)
class Side:
    """One side of a contrast: a figure of an arm under a condition.

    label: in English. figure: one of `kdviz.study.FIGURES`. condition: one of the claim's; "" for its only
    one.
    """

    label: str
    figure: str = "accuracy"
    arm: Arm = "student"
    condition: str = ""


@dataclass(frozen=True)
class Contrast:
    """The difference `more` − `less`, seed by seed.

    subject: what is compared, in English. claimed: between which differences the claim says it lies.
    published: the smallest and largest published difference, in the same unit, infinite where only the
    smallest is known; None where there is none.
    """

    subject: str
    more: Side
    less: Side
    claimed: tuple[float, float] = MORE
    published: tuple[float, float] | None = None

    @property
    def in_points(self) -> bool:
        """Whether the difference is shown in percentage points."""
        return all(METRICS[side.figure].in_points for side in (self.more, self.less))


@dataclass(frozen=True)
class Claim(Spec):
    """A study and its contrasts, all of which must come out as claimed. about: the claim in one sentence.

    source: who published it. published: the effect, in words, known by its `basis`. test: what is trained
    and compared here. limits: what the small experiment leaves out. settings: of all runs; conditions: own
    settings by their name, where there are several.
    """

    source: str
    published: str
    basis: Basis
    test: str
    limits: str
    contrasts: tuple[Contrast, ...]
    settings: Mapping[str, Any]
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def __hash__(self) -> int:
        """By its name, which is its own."""
        return hash(self.name)

    @property
    def texts(self) -> Iterator[str]:
        """All that a person reads of it, in English."""
        yield from (self.label, self.about, self.source, self.published, self.test, self.limits)
        for contrast in self.contrasts:
            yield from (contrast.subject, contrast.more.label, contrast.less.label)

    def study(self, seeds: int) -> Study:
        """Its runs with so many seeds, from 0 on."""
        return Study(
            name=f"Claim: {self.label}",
            about=self.about,
            settings=dict(self.settings),
            grid={"seed": list(range(seeds))},
            pairs=[{"name": name, **own} for name, own in self.conditions.items()],
        )

    def points(self, seeds: int) -> tuple[Point, ...]:
        """The runs themselves, one seed's before the next one's."""
        return _points(self, seeds)


@cache
def _points(claim: Claim, seeds: int) -> tuple[Point, ...]:
    return planned(claim.study(seeds))
