"""The rows of heatmaps of a report: one test image explained by all arms, on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kdviz.comparison import (
    ImageExplanation,
    Levels,
    chance_levels,
    difference_map,
    explain_test_image,
)
from kdviz.figures.maps import (
    Heatmaps,
    arm_overlay,
    colour_bar,
    data_url,
    difference_alt,
    difference_scale,
    enlarged,
    heatmap_alt,
    heatmaps,
    overlay,
    undefined_reason,
)
from kdviz.figures.style import ARM_STYLES, percent, score
from kdviz.language import _, decimal, listed, sentences
from kdviz.store import Store
from kdviz.types import MAIN_MEASURE, Arm

SHOWN = 6
"""Number of images by default."""


@dataclass(frozen=True)
class ReportPicture:
    """An image as a data URL, with its name and caption lines."""

    picture: str
    alt: str
    name: str
    lines: tuple[str, ...] = ()
    color: str = ""
    glyph: str = ""


@dataclass(frozen=True)
class HeatRow:
    """One image.

    top: the limit of the scale of its heatmaps; reach: that of the difference, "" without one; highest: the
    arm that exceeds the scale, in words. cells: the maps' own grids.
    """

    title: str
    sentence: str
    panels: tuple[ReportPicture, ...]
    top: str
    reach: str
    highest: str
    cells: str


def shown_by_default(store: Store, run_id: str) -> list[int]:
    """The first images of the run's probe set, which was chosen before training."""
    epochs = store.probe_epochs(run_id)
    return store.probe(run_id, epochs[-1]).indices[:SHOWN].tolist() if epochs else list(range(SHOWN))


def heat_rows(store: Store, run_id: str, indices: Sequence[int]) -> list[HeatRow]:
    """Test images by index. Raises KdvizError if they cannot be shown."""
    chance = chance_levels(store, run_id)
    return [_row(explain_test_image(store, run_id, index), chance) for index in indices]


def bar_picture(*, signed: bool = False) -> str:
    """The colour bar of the heatmaps, or of the difference, as a data URL."""
    return data_url(colour_bar(signed=signed))


def _row(explanation: ImageExplanation, chance: Levels) -> HeatRow:
    maps = heatmaps(explanation.attributions)
    image = _("Test image {index}: {label}").format(index=explanation.index, label=explanation.label_name)
    arms = (_arm(explanation, each, maps, chance) for each in explanation.arms)
    difference, reach = _difference(explanation, maps)
    return HeatRow(
        image,
        _sentence(explanation),
        (ReportPicture(data_url(enlarged(explanation.image)), image, _("image")), *arms, difference),
        decimal(maps.scale.limit, 1),
        reach,
        _highest(maps),
        _grids(explanation),
    )


def _arm(explanation: ImageExplanation, arm: Arm, maps: Heatmaps, chance: Levels) -> ReportPicture:
    of, style = explanation.arms[arm], ARM_STYLES[arm]
    mark = "✓" if of.predicted == explanation.label else "✗"
    prediction = f"{explanation.classes[of.predicted]} {percent(of.confidence)}\N{NO-BREAK SPACE}{mark}"
    return ReportPicture(
        data_url(arm_overlay(explanation.image, maps, arm)),
        heatmap_alt(arm, maps.positive[arm], agreement=explanation.beyond_chance(arm, chance)),
        style.label,
        (prediction, *_agreement(explanation, arm, chance)),
        style.color,
        style.glyph,
    )


def _agreement(explanation: ImageExplanation, arm: Arm, chance: Levels) -> tuple[str, ...]:
    """An arm's score on this image; the teacher has none."""
    of = explanation.arms[arm]
    if reason := undefined_reason(of.attribution):
        return (_("undefined: {reason}").format(reason=reason),)
    if not of.scores:
        return ()
    raw, level = of.scores[MAIN_MEASURE], chance.get(arm, {}).get(MAIN_MEASURE, math.nan)
    return (
        _("agreement beyond chance {score} (cosine {raw}, chance {chance})").format(
            score=score(explanation.beyond_chance(arm, chance)), raw=score(raw), chance=score(level)
        ),
    )


def _difference(explanation: ImageExplanation, maps: Heatmaps) -> tuple[ReportPicture, str]:
    """The student's map minus the teacher's, and the limit of its scale."""
    values = difference_map(maps.values["teacher"], maps.values["student"])
    scale = difference_scale(values)
    defined = bool(np.isfinite(values).all())
    picture = ReportPicture(
        data_url(overlay(explanation.image, values, scale)),
        difference_alt("student", values),
        _("student − teacher"),
        () if defined else (_("undefined: one of the maps is"),),
    )
    return picture, decimal(scale.limit, 1) if defined else ""


def _highest(maps: Heatmaps) -> str:
    arm, value = maps.highest
    if value <= maps.scale.limit:
        return ""
    return _("Highest: {arm}, {value}×.").format(arm=ARM_STYLES[arm].label, value=decimal(value, 1))


def _grids(explanation: ImageExplanation) -> str:
    sizes = sorted({each.shape for each in explanation.attributions.values()})
    return _(" and ").join(f"{height} × {width}" for height, width in sizes)


def _sentence(explanation: ImageExplanation) -> str:
    label, target = explanation.label_name, explanation.classes[explanation.target]
    wrong = [
        _("{arm} predicts {label}").format(arm=ARM_STYLES[arm].label, label=explanation.classes[of.predicted])
        for arm, of in explanation.arms.items()
        if of.predicted != explanation.label
    ]
    predictions = (
        _("Label: {label}; {others}.").format(label=label, others=listed(wrong))
        if wrong
        else _("All arms predict {label}.").format(label=label)
    )
    if target == label:
        return predictions
    shown = _("Shown: the evidence for {target}, the teacher's prediction.").format(target=target)
    return sentences(predictions, shown)
