"""What a finished run has measured, as frozen data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from kdviz.types.names import Arm


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval; NaN where undefined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Agreement:
    """One measure of one pair of models over one set of images, against chance.

    raw, chance: means over the n images whose maps are defined.
    corrected, low, high: (raw − chance)/(1 − chance) with its 95 % bootstrap interval.
    dead_rate: share of images left out because a map was undefined, in [0, 1].
    """

    raw: float
    chance: float
    corrected: float
    low: float
    high: float
    n: int
    dead_rate: float

    @property
    def interval(self) -> Interval:
        """The corrected agreement with its 95 % interval."""
        return Interval(self.corrected, self.low, self.high)


UNDEFINED_AGREEMENT = Agreement(math.nan, math.nan, math.nan, math.nan, math.nan, 0, math.nan)
"""The agreement of an arm that was not compared."""


@dataclass(frozen=True)
class ArmResult:
    """Final figures of one arm on the test set. What does not apply to an arm is NaN.

    parameters: number of weights that are trained.
    accuracy: test accuracy in [0, 1]; of a run with a planted cue, with the misleading cue.
    intact_accuracy: test accuracy with the cue intact.
    calibration_error: expected calibration error, in [0, 1].
    fidelity, fidelity_kl: share of images with the teacher's predicted class, and KL divergence from its
        probabilities (nats).
    agreement: Grad-CAM agreement with the teacher, by measure; empty for the teacher.
    held_out: cosine agreement by `held_out_explainer`, which no loss is made of.
    object_share, cue_share: share of the positive evidence in that region; object_area, cue_area: the
        region's own share of the image, which is what evidence spread evenly would give.
    explanation_weight: the arm's λ at the end of training.
    """

    parameters: int
    accuracy: float
    intact_accuracy: float = math.nan
    calibration_error: float = math.nan
    fidelity: float = math.nan
    fidelity_kl: float = math.nan
    agreement: Mapping[str, Agreement] = field(default_factory=dict)
    held_out: Agreement = UNDEFINED_AGREEMENT
    held_out_explainer: str = ""
    object_share: float = math.nan
    object_area: float = math.nan
    cue_share: float = math.nan
    cue_area: float = math.nan
    explanation_weight: float = math.nan

    @property
    def cosine(self) -> Agreement:
        """Agreement by the measure of headlines; undefined for the teacher."""
        return self.agreement.get(MAIN_MEASURE, UNDEFINED_AGREEMENT)


MAIN_MEASURE = "cosine"
"""The measure of agreement that headlines, tables and curves show."""

Results = Mapping[Arm, ArmResult]
"""A run's final figures by arm, in the order of `ARMS`."""
