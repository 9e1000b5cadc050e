"""Results of the checks of an explainer's maps: what was found, and what follows from them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kdviz.comparison.test_set.plausibility import Plausibility
from kdviz.types import Arm, Interval

CheckName = Literal[
    "deletion", "insertion", "infidelity", "randomisation", "stability", "completeness",
    "comprehensiveness", "sufficiency",
]  # fmt: skip

Trust = Literal["location", "limited", "none", "unknown"]

Undefined = Literal["blank maps", "not complete", "no rise", "whole words"]
"""Why a check has no value.

Too many maps are blank, the explainer is not complete, the class score does not exceed the baseline's, or
inputs are words, which cannot be changed a little.
"""


_ABOVE_ZERO: tuple[CheckName, ...] = (
    "deletion", "insertion", "infidelity", "comprehensiveness", "sufficiency",
)  # fmt: skip
"""The checks that are passed if the whole interval of a gain over a reference is above 0."""

_NEARLY = 0.1


@dataclass(frozen=True)
class Check:
    """The result of a check.

    passed: None if the check does not apply, or its value is undefined. value: higher is better for
    `deletion`, `insertion` and `comprehensiveness`, lower for the others; NaN where undefined. interval: of
    `value`; of its gain over the reference, for `infidelity`, `comprehensiveness` and `sufficiency`; of the
    lowest similarity, for `randomisation`. reference: the value for the next image's map, for `infidelity`,
    or for random orders.
    similarity: by measure, to the map of the randomized network, for `randomisation`.
    """

    name: CheckName
    passed: bool | None
    value: float = math.nan
    undefined: Undefined | None = None
    interval: Interval | None = None
    reference: float = math.nan
    similarity: Mapping[str, float] = field(default_factory=dict)

    @property
    def only_just(self) -> bool:
        """Whether it is passed by little: its interval begins nearer to 0 than a tenth of its gain.

        Of the checks that are passed if the whole interval is above 0.
        """
        if not self.passed or self.interval is None or self.name not in _ABOVE_ZERO:
            return False
        return self.interval.low < _NEARLY * self.interval.value


@dataclass(frozen=True)
class TrustCard:
    """The checks of one explainer of one arm, on n images. plausibility: None where no words are marked."""

    explainer: str
    arm: Arm
    n: int
    checks: tuple[Check, ...]
    plausibility: Plausibility | None = None

    @property
    def counts(self) -> tuple[int, int]:
        """Number of passed checks, and of those that apply."""
        made = [check.passed for check in self.checks if check.passed is not None]
        return sum(made), len(made)

    @property
    def only_just(self) -> tuple[CheckName, ...]:
        """The checks that are passed by little."""
        return tuple(check.name for check in self.checks if check.only_just)

    @property
    def trust(self) -> Trust:
        """What the map may be used for.

        "none": it ignores the weights, or neither removing nor inserting what it marks tells the network's
        evidence from random pixels. "limited": another check failed. "location": all that apply are passed.
        """
        passed = {check.name: check.passed for check in self.checks}
        if self.counts[1] == 0:
            return "unknown"
        removal = {passed.get("deletion"), passed.get("insertion")} - {None}
        if passed.get("randomisation") is False or removal == {False}:
            return "none"
        return "limited" if False in passed.values() else "location"
