"""The figures of a result: label, meaning, unit, and which direction is better.

Tables, comparisons, sweeps, reports, claims, CSV headers and the command line take them from `METRICS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from kdviz.language import _, decimal, percentage
from kdviz.types import Agreement, ArmResult, Interval, Results, Spec, TimeFigures

Unit = Literal["share", "score", "nats", "count"]
"""share: in [0, 1], shown in percent. score: an agreement, at most 1. nats: a divergence. count: a number."""

_RANGES: Mapping[Unit, tuple[float, float]] = {
    "share": (0.0, 1.0),
    "score": (-math.inf, 1.0),
    "nats": (0.0, math.inf),
    "count": (0.0, math.inf),
}
_DIGITS: Mapping[Unit, int] = {"share": 1, "score": 2, "nats": 2, "count": 0}


@dataclass(frozen=True)
class MetricSpec(Spec):
    """A figure of an arm. `about` is its help text, with {explainer} and {area} to be filled by `about`.

    read: its value; NaN if the arm has none. better: 1 if higher is better, −1 if lower is, 0 for neither.
    score: the agreement whose corrected value it is, with interval, raw value and chance level. area: the
    share of the image of its region.
    """

    unit: Unit
    better: Literal[-1, 0, 1]
    read: Callable[[ArmResult], float]
    score: Callable[[ArmResult], Agreement] | None = None
    area: Callable[[ArmResult], float] | None = None

    @property
    def digits(self) -> int:
        """Number of decimals of the displayed value."""
        return _DIGITS[self.unit]

    @property
    def in_points(self) -> bool:
        """Whether differences are shown in percentage points: of shares of images, but not of evidence."""
        return self.unit == "share" and self.area is None

    def possible(self, found: Interval) -> Interval:
        """An interval of the figure's mean without what the figure cannot be.

        An interval of few seeds is as wide below the mean as above it, and may end beyond 100 %. The mean is
        never there, so that what is left covers it as often.
        """
        least, most = _RANGES[self.unit]
        return Interval(found.value, max(found.low, least), min(found.high, most))

    def text(self, value: float) -> str:
        """The displayed value: "46.5 %", "0.54", "1,234"; a dash if undefined."""
        if not math.isfinite(value):
            return "–"
        if self.unit == "share":
            return percentage(value, self.digits)
        return f"{value:,.0f}" if self.unit == "count" else decimal(value, self.digits)


METRICS: Mapping[str, MetricSpec] = {
    "accuracy": MetricSpec(
        name="accuracy",
        label="Accuracy",
        about="Share of test images classified correctly. A planted cue is drawn at random in them: with K "
        "classes it is right by luck in 1 of K images, and relying on it leads to errors in the others.",
        unit="share",
        better=1,
        read=lambda arm: arm.accuracy,
    ),
    "accuracy_intact": MetricSpec(
        name="accuracy_intact",
        label="Accuracy, cue helps",
        about="Share of test images classified correctly where the cue agrees with the class.",
        unit="share",
        better=1,
        read=lambda arm: arm.intact_accuracy,
    ),
    "cue_followed": MetricSpec(
        name="cue_followed",
        label="Follows a wrong cue",
        about="Of the test images in which the cue is wrong, the share that is answered with what it means.",
        unit="share",
        better=-1,
        read=lambda arm: arm.cue_followed,
    ),
    "agreement": MetricSpec(
        name="agreement",
        label="Agreement",
        about="Cosine of the student's and the teacher's Grad-CAM maps, corrected for chance: 0 is chance, "
        "1 the same map.",
        unit="score",
        better=1,
        read=lambda arm: arm.cosine.interval.value,
        score=lambda arm: arm.cosine,
    ),
    "agreement_raw": MetricSpec(
        name="agreement_raw",
        label="Raw agreement",
        about="Cosine of the two Grad-CAM maps, not corrected for chance.",
        unit="score",
        better=0,
        read=lambda arm: arm.cosine.raw,
    ),
    "agreement_chance": MetricSpec(
        name="agreement_chance",
        label="Chance level",
        about="Cosine of Grad-CAM maps of different images.",
        unit="score",
        better=0,
        read=lambda arm: arm.cosine.chance,
    ),
    "agreement_untrained": MetricSpec(
        name="agreement_untrained",
        label="Agreement, held-out explainer",
        about="Agreement evaluated with {explainer}, which the explanation loss does not use.",
        unit="score",
        better=1,
        read=lambda arm: arm.held_out.interval.value,
        score=lambda arm: arm.held_out,
    ),
    "fidelity": MetricSpec(
        name="fidelity",
        label="Fidelity (same class as the teacher)",
        about="Share of test images for which the arm predicts the same class as the teacher.",
        unit="share",
        better=1,
        read=lambda arm: arm.fidelity,
    ),
    "fidelity_kl": MetricSpec(
        name="fidelity_kl",
        label="KL divergence from the teacher",
        about="Mean KL divergence from the teacher's class probabilities: 0 where they are equal.",
        unit="nats",
        better=-1,
        read=lambda arm: arm.fidelity_kl,
    ),
    "calibration_error": MetricSpec(
        name="calibration_error",
        label="Calibration error",
        about="Expected calibration error: the gap between confidence and accuracy, 0 where they are equal.",
        unit="share",
        better=-1,
        read=lambda arm: arm.calibration_error,
    ),
    "dead_rate": MetricSpec(
        name="dead_rate",
        label="Undefined maps",
        about="Share of test images left out of the agreement because a Grad-CAM map was all zero.",
        unit="share",
        better=-1,
        read=lambda arm: arm.cosine.dead_rate,
    ),
    "object_share": MetricSpec(
        name="object_share",
        label="Share of evidence on the object",
        about="Share of the positive evidence on the object, which covers {area} of the image.",
        unit="share",
        better=1,
        read=lambda arm: arm.object_share,
        area=lambda arm: arm.object_area,
    ),
    "cue_share": MetricSpec(
        name="cue_share",
        label="Share of evidence on the cue",
        about="Share of the positive evidence on the cue, which covers {area} of the image.",
        unit="share",
        better=-1,
        read=lambda arm: arm.cue_share,
        area=lambda arm: arm.cue_area,
    ),
    "parameters": MetricSpec(
        name="parameters",
        label="Parameters",
        about="Number of trained weights.",
        unit="count",
        better=0,
        read=lambda arm: float(arm.parameters),
    ),
}
"""By name. Names are columns of CSV files and values in URLs, so they never change."""


def _found_by(explainer: str, label: str) -> MetricSpec:
    return MetricSpec(
        name=f"found_by_{explainer.replace('-', '_')}",
        label=label,
        about="Share of the texts with a helpful planted word in which the map is highest on that word.",
        unit="share",
        better=0,
        read=lambda arm: arm.cue_hits.get(explainer, math.nan),
    )


def _ranked_by(explainer: str, label: str) -> MetricSpec:
    return MetricSpec(
        name=f"left_out_rank_of_{explainer.replace('-', '_')}",
        label=label,
        about="Kendall's τ between the ranks of a text's words by the map and by the effect of their "
        "removal, mean over texts.",
        unit="score",
        better=0,
        read=lambda arm: arm.left_out_ranks.get(explainer, math.nan),
    )


def _on_the_word(explainer: str, label: str) -> Iterator[MetricSpec]:
    """How often a map over time is highest on a spoken word, and how much of it is there; a control of each.

    The strictest one: untrained maps are highest on the word more often than maps of other clips are, and
    have less of their evidence there.
    """
    name = explainer.replace("-", "_")

    def timed(arm: ArmResult) -> TimeFigures:
        return arm.time_figures.get(explainer, TimeFigures())

    hit = MetricSpec(
        name=f"word_hit_{name}",
        label=f"Brightest moment on the word by {label}",
        about="Share of the clips whose map over time is highest while the word is spoken.",
        unit="share",
        better=1,
        read=lambda arm: timed(arm).hit,
    )
    share = MetricSpec(
        name=f"word_share_{name}",
        label=f"Share of evidence on the word by {label}",
        about="Share of the positive evidence while the word is spoken, which is {area} of the clip.",
        unit="share",
        better=1,
        read=lambda arm: timed(arm).share,
        area=lambda arm: timed(arm).share_chance,
    )
    yield from (hit, share)
    yield replace(
        hit,
        name=f"word_hit_{name}_untrained",
        label=f"Brightest moment on the word by {label}, before training",
        read=lambda arm: arm.untrained_time_figures.get(explainer, TimeFigures()).hit,
    )
    yield replace(
        share,
        name=f"word_share_{name}_other",
        label=f"Share of evidence on the word by {label}, maps of other clips",
        read=lambda arm: timed(arm).share_other,
    )


EXPLAINER_FIGURES: Mapping[str, MetricSpec] = {
    metric.name: metric
    for metric in (
        _found_by("saliency", "Planted word ranked first by saliency"),
        _found_by("input-x-gradient", "Planted word ranked first by input × gradient"),
        _found_by("integrated-gradients", "Planted word ranked first by integrated gradients"),
        MetricSpec(
            name="found_by_chance",
            label="Planted word ranked first by chance",
            about="How often a random word of the text is the planted one.",
            unit="share",
            better=0,
            read=lambda arm: arm.cue_chance,
        ),
        _ranked_by("attention", "Rank agreement of attention with removal"),
        _ranked_by("input-x-gradient", "Rank agreement of input × gradient with removal"),
        MetricSpec(
            name="shuffled_accuracy",
            label="Accuracy, attention shuffled",
            about="Test accuracy where the attention to words is shuffled among them.",
            unit="share",
            better=0,
            read=lambda arm: arm.shuffled_accuracy,
        ),
        *_on_the_word("grad-cam", "Grad-CAM"),
        *_on_the_word("integrated-gradients", "integrated gradients"),
    )
}
"""Figures that judge explainers instead of networks, which claims read and no table shows. By name."""


def defined(names: Iterable[str], results: Results) -> list[MetricSpec]:
    """The metrics of these names that at least one arm has."""
    arms = results.values()
    return [METRICS[name] for name in names if any(math.isfinite(METRICS[name].read(arm)) for arm in arms)]


def about(metric: MetricSpec, results: Results, explainer: str) -> str:
    """The help text of a figure of a run. explainer: the label of the held-out explainer."""
    areas = [metric.area(arm) for arm in results.values()] if metric.area else []
    area = next(filter(math.isfinite, areas), math.nan)
    return _(metric.about).format(explainer=explainer, area=metric.text(area))
