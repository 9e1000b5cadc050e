"""Judging a claim by its finished runs: effects with intervals over seeds, and a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from kdviz.agreement import hierarchical_bootstrap
from kdviz.claims.claim import FIGURES, Claim, Contrast, Side
from kdviz.study import Done
from kdviz.types import Interval

ClaimVerdict = Literal["reversed", "untested", "open", "shown"]
"""shown: the whole interval is in the claimed range. reversed: none of it. open: part of it, or there is no
interval because of one seed. untested: no seed has both sides.
"""

_WORST_FIRST: tuple[ClaimVerdict, ...] = ("reversed", "untested", "open", "shown")


@dataclass(frozen=True)
class Effect:
    """A measured contrast. differences: by seed. difference: their mean with its 95 % interval."""

    contrast: Contrast
    differences: Mapping[int, float]
    difference: Interval

    @property
    def verdict(self) -> ClaimVerdict:
        """The verdict on this contrast."""
        return verdict_of(self.difference, self.contrast.claimed)


@dataclass(frozen=True)
class Judgement:
    """A claim with its measured effects."""

    claim: Claim
    effects: tuple[Effect, ...]

    @property
    def verdict(self) -> ClaimVerdict:
        """The verdict on the claim: the worst of those on its contrasts."""
        return min((effect.verdict for effect in self.effects), key=_WORST_FIRST.index)

    @property
    def seeds(self) -> int:
        """Number of seeds of the contrast with the fewest."""
        return min(len(effect.differences) for effect in self.effects)


def judge(claim: Claim, done: Sequence[Done]) -> Judgement:
    """Judge a claim by its finished runs."""
    return Judgement(claim, tuple(_measured(contrast, done) for contrast in claim.contrasts))


def verdict_of(difference: Interval, claimed: tuple[float, float]) -> ClaimVerdict:
    """The interval compared to the claimed range. An interval that touches a bound is open."""
    if not isfinite(difference.value):
        return "untested"
    low, high = claimed
    if low < difference.low and difference.high < high:
        return "shown"
    if difference.high < low or difference.low > high:
        return "reversed"
    return "open"


def _measured(contrast: Contrast, done: Iterable[Done]) -> Effect:
    """The effect over the seeds that have both sides."""
    more, less = (_by_seed(side, done) for side in (contrast.more, contrast.less))
    differences = {seed: more[seed] - less[seed] for seed in sorted(more.keys() & less.keys())}
    return Effect(contrast, differences, hierarchical_bootstrap(list(differences.values())))


def _by_seed(side: Side, done: Iterable[Done]) -> dict[int, float]:
    """The side's figure by seed, where it is defined."""
    found = {
        each.point.config.seed: FIGURES[side.figure].read((each.run.results or {})[side.arm])
        for each in done
        if not each.failed and each.point.pair == side.condition
    }
    return {seed: value for seed, value in found.items() if isfinite(value)}
