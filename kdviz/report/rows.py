"""The rows of heatmaps of a report: one test image explained by all arms, on one scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    SentenceLine,
    arm_lines,
    arm_overlay,
    colour_bar,
    data_url,
    difference_alt,
    difference_scale,
    enlarged,
    heatmap_alt,
    heatmaps,
    overlay,
    sentences_html,
    undefined_reason,
    words_html,
    words_legend,
)
from kdviz.figures.style import ARM_STYLES, percent, score
from kdviz.language import _, decimal, listed, sentences
from kdviz.store import Store
from kdviz.types import MAIN_MEASURE, Arm

SHOWN = 6
"""Number of images by default."""


_NEUTRAL = "#888"


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
    arm that exceeds the scale, in words. cells: the maps' own grids. sentences: HTML in place of panels, of a
    text.
    """

    title: str
    sentence: str
    panels: tuple[ReportPicture, ...]
    top: str
    reach: str
    highest: str
    cells: str
    sentences: str = ""


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


def words_bar() -> str:
    """The scale of shaded words, as HTML."""
    return words_html(words_legend(signed=False))


def _row(explanation: ImageExplanation, chance: Levels) -> HeatRow:
    maps = heatmaps(explanation.attributions)
    image = _("Test image {index}: {label}").format(index=explanation.index, label=explanation.label_name)
    if explanation.text is not None:
        return _text_row(image, explanation, explanation.text, maps, chance)
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


def _text_row(
    title: str, explanation: ImageExplanation, text: str, maps: Heatmaps, chance: Levels
) -> HeatRow:
    """A line of words for each arm, and one for the difference."""
    lines = []
    for line, arm in zip(arm_lines(maps.positive), explanation.arms, strict=True):
        about = listed([line.name, _prediction(explanation, arm), *_agreement(explanation, arm, chance)])
        lines.append(replace(line, about=about))
    values = difference_map(maps.values["teacher"], maps.values["student"])
    scale, name = difference_scale(values), _("student − teacher")
    drawn = sentences_html(text, lines, maps.scale)
    if not np.isnan(values).all():
        drawn += sentences_html(text, [SentenceLine(name, _NEUTRAL, "−", values, name)], scale)
    return HeatRow(
        title,
        _sentence(explanation),
        (),
        decimal(maps.scale.limit, 1),
        "" if np.isnan(values).all() else decimal(scale.limit, 1),
        _highest(maps),
        "",
        drawn,
    )


def _prediction(explanation: ImageExplanation, arm: Arm) -> str:
    of = explanation.arms[arm]
    mark = "✓" if of.predicted == explanation.label else "✗"
    return f"{explanation.classes[of.predicted]} {percent(of.confidence)}\N{NO-BREAK SPACE}{mark}"


def _arm(explanation: ImageExplanation, arm: Arm, maps: Heatmaps, chance: Levels) -> ReportPicture:
    style = ARM_STYLES[arm]
    return ReportPicture(
        data_url(arm_overlay(explanation.image, maps, arm)),
        heatmap_alt(arm, maps.positive[arm], agreement=explanation.beyond_chance(arm, chance)),
        style.label,
        (_prediction(explanation, arm), *_agreement(explanation, arm, chance)),
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
