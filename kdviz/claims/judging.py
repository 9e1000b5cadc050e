"""What finished runs say of a claim: the effect with its interval over seeds, and whether it was shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from kdviz.agreement import hierarchical_bootstrap
from kdviz.claims.claim import Claim, Contrast, Side
from kdviz.study import PAIR, Done, tidy_table
from kdviz.study.table import records
from kdviz.types import Interval

ClaimVerdict = Literal["reversed", "untested", "open", "shown"]
"""shown: all of the interval lies where the claim says. reversed: none of it. open: part of it, or there is
no interval, with one seed. untested: no seed has both sides.
"""

_WORST_FIRST: tuple[ClaimVerdict, ...] = ("reversed", "untested", "open", "shown")


@dataclass(frozen=True)
class Effect:
    """A contrast as measured. differences: by seed. difference: their mean with its 95 % interval."""

    contrast: Contrast
    differences: Mapping[int, float]
    difference: Interval

    @property
    def verdict(self) -> ClaimVerdict:
        """What the interval says of this contrast."""
        return verdict_of(self.difference, self.contrast.claimed)


@dataclass(frozen=True)
class Judgement:
    """What is known of a claim so far."""

    claim: Claim
    effects: tuple[Effect, ...]

    @property
    def verdict(self) -> ClaimVerdict:
        """The claim is shown where all of its contrasts are; else the worst of them counts."""
        return min((effect.verdict for effect in self.effects), key=_WORST_FIRST.index)

    @property
    def seeds(self) -> int:
        """Seeds that the verdict rests on."""
        return min(len(effect.differences) for effect in self.effects)


def judge(claim: Claim, done: Sequence[Done]) -> Judgement:
    """The claim by those of its runs that are finished."""
    rows = records(tidy_table(claim.study(1), done))
    return Judgement(claim, tuple(_measured(contrast, rows) for contrast in claim.contrasts))


def verdict_of(difference: Interval, claimed: tuple[float, float]) -> ClaimVerdict:
    """Where an interval lies, seen from what is claimed. One that touches its end leaves it open."""
    if not isfinite(difference.value):
        return "untested"
    low, high = claimed
    if low < difference.low and difference.high < high:
        return "shown"
    if difference.high < low or difference.low > high:
        return "reversed"
    return "open"


def _measured(contrast: Contrast, rows: Iterable[Mapping[str, Any]]) -> Effect:
    """Over the seeds that have both sides."""
    more, less = (_by_seed(side, rows) for side in (contrast.more, contrast.less))
    differences = {seed: more[seed] - less[seed] for seed in sorted(more.keys() & less.keys())}
    return Effect(contrast, differences, hierarchical_bootstrap(list(differences.values())))


def _by_seed(side: Side, rows: Iterable[Mapping[str, Any]]) -> dict[int, float]:
    """The side's figure where it is defined."""
    found = {
        int(row["seed"]): float(row[side.figure])
        for row in rows
        if row["arm"] == side.arm and row.get(PAIR, "") == side.condition
    }
    return {seed: value for seed, value in found.items() if isfinite(value)}
