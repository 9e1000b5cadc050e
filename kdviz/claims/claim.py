"""A claim from the literature as an experiment: its runs, and the contrasts that are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from math import inf
from typing import Any, Literal

from kdviz.metrics import EXPLAINER_FIGURES, METRICS, MetricSpec
from kdviz.study import Point, Study, planned
from kdviz.types import Arm, Spec

Basis = Literal["source", "second-hand", "abstract", "memory", "none"]
"""How a published effect is known; `BASES` has it in words."""

BASES: Mapping[Basis, str] = {
    "source": "as reported by the authors",
    "second-hand": "as quoted by others",
    "abstract": "from the abstract",
    "memory": "from memory, not looked up",
    "none": "no figure is known",
}

FIGURES: Mapping[str, MetricSpec] = {**METRICS, **EXPLAINER_FIGURES}
"""What a claim can compare, by name."""

MORE = (0.0, inf)
"""The default claim: a gain."""


def above(size: float) -> tuple[float, float]:
    """The claim of a gain above `size`."""
    return size, inf


def below(size: float) -> tuple[float, float]:
    """The claim of no gain; a gain below `size` counts as none."""
    return -inf, size


def within(size: float) -> tuple[float, float]:
    """The claim of no difference; one below `size` counts as none."""
    return -size, size


@dataclass(frozen=True)
class Side:
    """One side of a contrast: a figure of an arm under a condition.

    label: in English. figure: one of `FIGURES`. condition: one of the claim's; "" if it has none.
    """

    label: str
    figure: str = "accuracy"
    arm: Arm = "student"
    condition: str = ""


@dataclass(frozen=True)
class Contrast:
    """The difference `more` − `less`, paired by seed.

    subject: what is compared, in English. claimed: range of the difference, according to the claim.
    published: smallest and largest published difference, in the same unit; the largest is infinite if only
    the smallest is known; None if none is known. reproduced: what an independent attempt found, None without.
    """

    subject: str
    more: Side
    less: Side
    claimed: tuple[float, float] = MORE
    published: tuple[float, float] | None = None
    reproduced: float | None = None

    @property
    def in_points(self) -> bool:
        """Whether the difference is shown in percentage points."""
        return all(FIGURES[side.figure].in_points for side in (self.more, self.less))


@dataclass(frozen=True)
class Claim(Spec):
    """A study with contrasts, all of which must be as claimed. label: the claim in a few words.

    question: the title while its answer is to be predicted. about: the claim in one sentence. paper: authors
    and year, "" for none. source: the publication. published: the effect in words; basis: how it is known.
    test: what is trained and compared here. limits: of the small experiment. settings: of all runs;
    conditions: further settings, by name of the condition.
    """

    question: str
    source: str
    published: str
    basis: Basis
    test: str
    limits: str
    contrasts: tuple[Contrast, ...]
    settings: Mapping[str, Any]
    conditions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    paper: str = ""

    def __hash__(self) -> int:
        """By its name, which is unique."""
        return hash(self.name)

    @property
    def texts(self) -> Iterator[str]:
        """All its texts on the page, in English."""
        yield from (
            self.label,
            self.question,
            self.about,
            self.source,
            self.published,
            self.test,
            self.limits,
        )
        for contrast in self.contrasts:
            yield from (contrast.subject, contrast.more.label, contrast.less.label)

    def study(self, seeds: int) -> Study:
        """The study with seeds 0 to `seeds` − 1."""
        return Study(
            name=f"Claim: {self.label}",
            about=self.about,
            settings=dict(self.settings),
            grid={"seed": list(range(seeds))},
            pairs=[{"name": name, **own} for name, own in self.conditions.items()],
        )

    def points(self, seeds: int) -> tuple[Point, ...]:
        """The runs of the study, seed by seed."""
        return _points(self, seeds)


@cache
def _points(claim: Claim, seeds: int) -> tuple[Point, ...]:
    return planned(claim.study(seeds))
