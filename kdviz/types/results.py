"""Results of a finished run, as frozen data."""

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

    @property
    def negated(self) -> Interval:
        """The same of −value: a loss for a gain."""
        return Interval(-self.value, -self.high, -self.low)


@dataclass(frozen=True)
class Gain(Interval):
    """A figure of one arm minus that of another over the same n images, with its 95 % interval."""

    n: int

    def of(self, total: int) -> Gain:
        """The same; undefined where these are so few of `total` images that it says nothing of them."""
        return Gain(math.nan, math.nan, math.nan, self.n) if _too_few(self.n, total) else self


UNDEFINED_GAIN = Gain(math.nan, math.nan, math.nan, 0)
"""The gain of an arm that was not compared."""


ENOUGH_IMAGES = 20
"""Images that are left of many from which a figure of them is reported."""


def _too_few(n: int, total: int) -> bool:
    """Whether fewer than `ENOUGH_IMAGES` are left, and less than half of them all."""
    return 2 * n < total and n < ENOUGH_IMAGES


@dataclass(frozen=True)
class Agreement:
    """Agreement of two models on a set of images by one measure, compared to chance.

    raw, chance: means over the n images with defined maps. corrected, low, high: (raw − chance)/(1 − chance)
    with its 95 % bootstrap interval. dead_rate: share of images left out because a map was undefined, in [0,
    1].
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
        """The corrected agreement with its 95 % interval, as reported: undefined if of too few images."""
        if self.is_too_little:
            return Interval(math.nan, math.nan, math.nan)
        return Interval(self.corrected, self.low, self.high)

    @property
    def total(self) -> int:
        """The number of images with those that were left out; 0 if unknown."""
        return round(self.n / (1 - self.dead_rate)) if self.dead_rate < 1 else 0

    @property
    def is_partial(self) -> bool:
        """Whether most images were left out, so that it may be of another kind of images than other arms'."""
        return 2 * self.n < self.total

    @property
    def is_too_little(self) -> bool:
        """Whether so few images are left of many that it says nothing of them."""
        return _too_few(self.n, self.total)


UNDEFINED_AGREEMENT = Agreement(math.nan, math.nan, math.nan, math.nan, math.nan, 0, math.nan)
"""The agreement of an arm that was not compared."""


@dataclass(frozen=True)
class TimeFigures:
    """Whether maps of sounds are at the right time, by one explainer; means over sounds, NaN where undefined.

    hit: share of the sounds whose map over time is highest when the sound in question is heard. share: share
    of the map's positive evidence at that time. hit_chance, share_chance: the same of a random moment, and of
    evidence spread evenly. hit_other, share_other: of the maps of all other sounds.
    """

    hit: float = math.nan
    hit_chance: float = math.nan
    hit_other: float = math.nan
    share: float = math.nan
    share_chance: float = math.nan
    share_other: float = math.nan


@dataclass(frozen=True)
class ArmResult:
    """Results of one arm on the test set. What does not apply to an arm is NaN.

    parameters: number of trained weights.
    accuracy: test accuracy in [0, 1]; with the random cue, if one is planted.
    intact_accuracy: test accuracy where the cue helps.
    cue_followed: share of the test images whose random cue indicates another class than the label for which
    that class is predicted.
    commonest_prediction: share of the test images for which it predicts its most frequent class: 1 if it
    predicts one class only.
    calibration_error: expected calibration error, in [0, 1].
    fidelity, fidelity_kl: share of images with the teacher's predicted class, and KL divergence from its
    probabilities (nats).
    agreement: Grad-CAM agreement with the teacher, by measure; empty for the teacher.
    held_out: cosine agreement by `held_out_explainer`, which no loss uses.
    gain, held_out_gain: how much these two are above the twin's, by the main measure over the same images.
    accuracy_gain: how much the accuracy is above the twin's, over all test images.
    object_share, cue_share: share of the positive evidence in that region; object_area, cue_area: the
    region's share of the image, which is the expected share for evidence spread evenly.
    cue_hits: by explainer, the share of texts with a helpful planted word on which its map of the arm's own
    prediction is highest; cue_chance: the expected share for a random word.
    left_out_ranks: of a small transformer over texts, by explainer, the mean of Kendall's τ between the ranks
    of words by its map of the arm's own prediction and by the effect of their removal, in [-1, 1];
    shuffled_accuracy: test accuracy where the class token's attention in the last block is shuffled.
    time_figures: of sounds whose word has a known place, and no tone, by explainer, whether the maps are at
    the time of the word; untrained_time_figures: the same of the arm before its training.
    explanation_weight: the arm's λ at the end of training.
    """

    parameters: int
    accuracy: float
    intact_accuracy: float = math.nan
    cue_followed: float = math.nan
    commonest_prediction: float = math.nan
    calibration_error: float = math.nan
    fidelity: float = math.nan
    fidelity_kl: float = math.nan
    agreement: Mapping[str, Agreement] = field(default_factory=dict)
    held_out: Agreement = UNDEFINED_AGREEMENT
    held_out_explainer: str = ""
    gain: Gain = UNDEFINED_GAIN
    held_out_gain: Gain = UNDEFINED_GAIN
    accuracy_gain: Gain = UNDEFINED_GAIN
    object_share: float = math.nan
    object_area: float = math.nan
    cue_share: float = math.nan
    cue_area: float = math.nan
    cue_hits: Mapping[str, float] = field(default_factory=dict)
    cue_chance: float = math.nan
    left_out_ranks: Mapping[str, float] = field(default_factory=dict)
    shuffled_accuracy: float = math.nan
    time_figures: Mapping[str, TimeFigures] = field(default_factory=dict)
    untrained_time_figures: Mapping[str, TimeFigures] = field(default_factory=dict)
    explanation_weight: float = math.nan

    @property
    def cosine(self) -> Agreement:
        """Agreement by the main measure; undefined for the teacher."""
        return self.agreement.get(MAIN_MEASURE, UNDEFINED_AGREEMENT)


MAIN_MEASURE = "cosine"
"""The measure of agreement in headlines, tables and curves."""

Results = Mapping[Arm, ArmResult]
"""Results of a run by arm, in the order of `ARMS`."""
