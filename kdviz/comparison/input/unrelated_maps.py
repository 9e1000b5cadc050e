"""The chance level step by step: a teacher's map beside maps of a student that have nothing to do with it.

Of an image or a sound, such a map is the student's map of another one. Of a text, which has no grid in common
with another, it is the student's own map with its words in another order: as `agreement` takes them.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from kdviz.agreement import MEASURES, ImageScores, image_scores, maps_in_other_orders
from kdviz.cache import Cache
from kdviz.comparison.input.explanation import comparable_maps
from kdviz.comparison.input.pairs import MapPair, map_pairs
from kdviz.comparison.models.snapshots import snapshots
from kdviz.datasets import balanced_indices
from kdviz.progress import Report, silent
from kdviz.store import Store
from kdviz.types import MAIN_MEASURE, Arm, FloatArray

CHANCE_IMAGES = 60
"""Test images, class-balanced, whose maps are compared with each other; or texts."""

_EXPLAINER = "grad-cam"


@dataclass(frozen=True, eq=False)
class UnrelatedMaps:
    """A teacher's map, of `teacher`, and an unrelated one of an arm, drawn over `other`.

    values: the arm's map as it is compared, (*s). score: NaN if one of the maps is undefined.
    """

    teacher: MapPair
    other: MapPair
    values: FloatArray
    score: float


@dataclass(frozen=True, eq=False)
class ChanceWalkthrough(ABC):
    """Agreement of the maps of some test inputs, matched and unrelated."""

    pairs: tuple[MapPair, ...]

    @property
    @abstractmethod
    def matched(self) -> FloatArray:
        """(n,) the agreement of both maps of the same input; NaN if one is undefined."""

    @property
    @abstractmethod
    def chance(self) -> float:
        """The mean over all unrelated maps that can be drawn."""

    @abstractmethod
    def unrelated(self, count: int) -> list[UnrelatedMaps]:
        """The first `count` pairs of unrelated maps of a random sequence that is always the same."""

    @property
    def raw(self) -> float:
        """The mean of the matched ones; NaN if none is defined."""
        return _mean(self.matched)


@dataclass(frozen=True, eq=False)
class PairedScores(ChanceWalkthrough):
    """Agreement of the teacher's map of input i (row) with an arm's map of input j (column), n inputs.

    scores: (n, n), NaN if a map is undefined. The diagonal compares maps of the same input.
    """

    scores: FloatArray

    @property
    def matched(self) -> FloatArray:
        """The diagonal."""
        return self.scores.diagonal()

    @property
    def chance(self) -> float:
        """The mean over all pairs of different inputs: the limit of many random pairs."""
        return _mean(self.scores[~np.eye(len(self.scores), dtype=bool)])

    def unrelated(self, count: int) -> list[UnrelatedMaps]:
        """From random derangements."""
        pairs = self.pairs
        return [
            UnrelatedMaps(pairs[i], pairs[j], pairs[j].other, float(self.scores[i, j]))
            for i, j in shuffled(len(pairs), count)
        ]


@dataclass(frozen=True, eq=False)
class ReorderedScores(ChanceWalkthrough):
    """Agreement of the teacher's map of a text with an arm's of the same, its words in their order or not.

    scores: of n texts, with `PARTNERS` other orders each. orders: the arm's maps in these orders,
    (n, PARTNERS, L).
    """

    scores: ImageScores
    orders: FloatArray

    @property
    def matched(self) -> FloatArray:
        """Texts of one word have no other order, and are left out."""
        return np.asarray(self.scores.raw)

    @property
    def chance(self) -> float:
        """The mean over all orders."""
        return self.scores.level

    def unrelated(self, count: int) -> list[UnrelatedMaps]:
        """From all texts in all orders, each once."""
        texts, orders = self.scores.unrelated.shape
        drawn = np.random.default_rng(0).permutation(texts * orders)[:count]
        return [
            UnrelatedMaps(
                self.pairs[text],
                self.pairs[text],
                self.orders[text, order],
                float(self.scores.unrelated[text, order]),
            )
            for text, order in zip(*(each.tolist() for each in divmod(drawn, orders)), strict=True)
        ]


_FOUND: Cache[ChanceWalkthrough] = Cache(16)


def chance_walkthrough(store: Store, run_id: str, arm: Arm, *, report: Report = silent) -> ChanceWalkthrough:
    """Grad-CAM maps of up to `CHANCE_IMAGES` test inputs, the teacher's and an arm's. Raises StoreError."""
    run = snapshots(store, run_id, report=report)
    test = run.images.test
    indices = balanced_indices(test.labels, min(CHANCE_IMAGES, len(test)), seed=0)
    pairs = map_pairs(store, run_id, indices.tolist(), arm, explainer=_EXPLAINER, report=report)
    key = (run_id, arm, run.hashes["teacher"], run.hashes[arm])
    return _FOUND.get(key, lambda: chance_of_pairs(pairs), run.lock)


def chance_of_pairs(pairs: tuple[MapPair, ...]) -> ChanceWalkthrough:
    """The main measure for maps of `_EXPLAINER`."""
    maps = [np.stack([getattr(pair, of) for pair in pairs]) for of in ("teacher", "other")]
    teacher, other = comparable_maps(torch.from_numpy(maps[0]), torch.from_numpy(maps[1]), _EXPLAINER)
    orders = maps_in_other_orders(teacher, other)
    if orders is not None:
        return ReorderedScores(pairs, image_scores(teacher, other, measure=MAIN_MEASURE), orders.numpy())
    measure = MEASURES[MAIN_MEASURE].measure
    table = torch.stack([measure(each.expand_as(other), other) for each in teacher])
    return PairedScores(pairs, table.numpy())


def shuffled(n: int, count: int, *, seed: int = 0) -> list[tuple[int, int]]:
    """`count` pairs (i, j), i ≠ j, from random derangements of n inputs.

    A derangement is a random circular order in which each input is paired with the next one. Empty for fewer
    than 2 inputs.
    """
    rng = np.random.default_rng(seed)
    found: list[tuple[int, int]] = []
    while n > 1 and len(found) < count:
        circle = rng.permutation(n)
        found += zip(circle.tolist(), np.roll(circle, -1).tolist(), strict=True)
    return found[:count]


def _mean(scores: Sequence[float] | FloatArray) -> float:
    values = np.asarray(scores, dtype=np.float64)
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else math.nan
