"""The rows of heatmaps of a report: one test image explained by all arms, on one scale."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from kdviz.comparison import (
    CueEffect,
    ImageExplanation,
    Levels,
    PlantedCue,
    Survey,
    chance_levels,
    cue_effects,
    difference_map,
    explain_test_image,
    finding_surveys,
    heard_parts,
    planted_cue,
)
from kdviz.datasets import class_name
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import (
    Heatmaps,
    SentenceLine,
    arm_lines,
    arm_overlay,
    colour_bar,
    data_url,
    difference_alt,
    enlarged,
    heatmap_alt,
    heatmaps,
    overlay,
    sentences_html,
    undefined_reason,
    wav_url,
    words_html,
    words_legend,
)
from kdviz.figures.style import ARM_STYLES, percent, score
from kdviz.language import _, decimal, listed, sentences
from kdviz.narrative import (
    brief_twin,
    by_other_explainers,
    cue_headline,
    headline_arms,
    heard_name,
    scale_note,
)
from kdviz.report.outlines import Outline, outlined_sentence, outlines
from kdviz.store import Store
from kdviz.types import Arm

_NEUTRAL = "#888"
_EXPLAINER = "grad-cam"


@dataclass(frozen=True)
class ReportPicture:
    """An image as a data URL, with its name and caption lines.

    sound: a data URL of the sound that it shows, or of what of it an arm heard; "" for other images. heard:
    what that is. height: of the picture with its bar, in heights of the image.
    """

    picture: str
    alt: str
    name: str
    lines: tuple[str, ...] = ()
    color: str = ""
    glyph: str = ""
    sound: str = ""
    heard: str = ""
    height: float = 1.0


@dataclass(frozen=True)
class HeatRow:
    """One image.

    top: the limit of the scale of its heatmaps; reach: that of the difference, "" without one; highest: the
    arm that exceeds the scale, in words. cells: the maps' own grids. sentences: HTML in place of panels, of a
    text. size: height and width of the image in pixels. outlines: over each panel.
    """

    title: str
    sentence: str
    panels: tuple[ReportPicture, ...]
    top: str
    reach: str
    highest: str
    cells: str
    sentences: str = ""
    size: tuple[int, int] = (0, 0)
    outlines: tuple[Outline, ...] = ()


@dataclass(frozen=True, eq=False)
class _Explained:
    """One image. shown: explained for the teacher's prediction; own: for each arm's own.

    effects: of the cue on the answers of the `headline_arms`; none without a cue. others: known surveys by
    other explainers.
    """

    shown: ImageExplanation
    own: ImageExplanation
    cue: PlantedCue | None
    effects: Mapping[Arm, CueEffect]
    others: Sequence[Survey] = ()

    def alone(self, arm: Arm) -> bool:
        """Whether an arm predicts another class, whose map has its own scale."""
        return self.own.arms[arm].target != self.shown.target

    @property
    def signed(self) -> bool:
        """Whether evidence against a class is drawn: of texts, as on the pages."""
        return self.shown.text is not None and EXPLAINERS[self.shown.explainer].signed

    @cached_property
    def maps(self) -> Heatmaps:
        """For the teacher's prediction, on one scale."""
        return heatmaps(self.shown.attributions, signed=self.signed)

    def own_maps(self, arm: Arm) -> Heatmaps:
        """An arm's map for its own prediction, on its own scale."""
        attribution = self.own.arms[arm].attribution
        scale = heatmaps({"teacher": attribution}, signed=self.signed).scale
        return replace(heatmaps(self.own.attributions, signed=self.signed), scale=scale)

    def drawn(self, arm: Arm) -> Heatmaps:
        """The maps, on the scale, on which an arm is drawn."""
        return self.own_maps(arm) if self.alone(arm) else self.maps


def heat_rows(store: Store, run_id: str, indices: Sequence[int]) -> list[HeatRow]:
    """Test images by index. Raises KdvizError if they cannot be shown."""
    chance = chance_levels(store, run_id)
    explained = [_explained(store, run_id, index) for index in indices]
    return [_with_sounds(store, run_id, each.own, _row(each, chance)) for each in explained]


def _explained(store: Store, run_id: str, index: int) -> _Explained:
    shown = explain_test_image(store, run_id, index)
    run = store.run(run_id)
    cue = planted_cue(run.config, index)
    others = [survey for name, survey in finding_surveys(store, run).items() if name != _EXPLAINER]
    effects = cue_effects(store, run_id, index, arms=headline_arms(shown)) or {}
    if all(of.predicted == of.target for of in shown.arms.values()):
        return _Explained(shown, shown, cue, effects, others)
    own = explain_test_image(store, run_id, index, target="own")
    return _Explained(shown, own, cue, effects, others)


def bar_picture(*, signed: bool = False) -> str:
    """The colour bar of the heatmaps, or of the difference, as a data URL."""
    return data_url(colour_bar(signed=signed))


def words_bar() -> str:
    """The scale of shaded words by the report's explainer, as HTML."""
    return words_html(words_legend(signed=EXPLAINERS["grad-cam"].signed, unknown=True))


def _row(of: _Explained, chance: Levels) -> HeatRow:
    explanation = of.shown
    image = _("Test image {index}: {label}").format(index=explanation.index, label=explanation.label_name)
    if explanation.text is not None:
        return _text_row(image, of, explanation.text, chance)
    arms = (_arm(of, each, chance) for each in explanation.arms)
    difference, reach = _difference(of)
    return HeatRow(
        image,
        _sentence(of, chance),
        (ReportPicture(data_url(enlarged(explanation.image)), image, _("image")), *arms, difference),
        decimal(of.maps.scale.limit, 1),
        reach,
        _highest(of),
        _grids(explanation),
        size=(explanation.image.shape[0], explanation.image.shape[1]),
        outlines=outlines(of.cue, explanation),
    )


def _with_sounds(store: Store, run_id: str, explanation: ImageExplanation, row: HeatRow) -> HeatRow:
    """The row, where it shows a sound with the whole of it and what each arm heard."""
    if explanation.sound is None:
        return row
    parts = {part.arm: part for part in heard_parts(store, run_id, explanation) if part.but_not is None}
    drawn = (None, *explanation.arms)
    panels = [
        panel if part is None else replace(panel, sound=wav_url(part.samples), heard=heard_name(part))
        for panel, part in zip(row.panels, map(parts.get, drawn), strict=False)
    ]
    return replace(row, panels=(*panels, *row.panels[len(drawn) :]))


def _text_row(title: str, of: _Explained, text: str, chance: Levels) -> HeatRow:
    """A line of words for each arm, and one for the difference."""
    framed = frozenset() if of.cue is None else frozenset(of.cue.mask.nonzero().flatten().tolist())
    drawn = ""
    for arm in of.shown.arms:
        maps = of.drawn(arm)
        (line,) = arm_lines({arm: maps.values[arm]})
        notes = (each.rstrip(".。") for each in _notes(of, arm))  # sentences elsewhere, here parts of one
        about = listed([line.name, _prediction(of.shown, arm), *notes, *_agreement(of, arm, chance)])
        drawn += sentences_html(text, [replace(line, about=about)], maps.scale, outlined=framed)
    values = difference_map(of.maps.values["teacher"], of.maps.values["student"])
    scale, name = of.maps.difference_scale, _("student − teacher")
    if not np.isnan(values).all():
        drawn += sentences_html(
            text, [SentenceLine(name, _NEUTRAL, "−", values, name)], scale, outlined=framed
        )
    return HeatRow(
        title,
        _sentence(of, chance),
        (),
        decimal(of.maps.scale.limit, 1),
        "" if np.isnan(values).all() else decimal(scale.limit, 1),
        _highest(of),
        "",
        drawn,
    )


def _prediction(explanation: ImageExplanation, arm: Arm) -> str:
    of = explanation.arms[arm]
    mark = "✓" if of.predicted == explanation.label else "✗"
    return f"{class_name(explanation.classes, of.predicted)} {percent(of.confidence)}\N{NO-BREAK SPACE}{mark}"


def _arm(of: _Explained, arm: Arm, chance: Levels) -> ReportPicture:
    style, maps = ARM_STYLES[arm], of.drawn(arm)
    picture = arm_overlay(of.shown.image, maps, arm)
    agreement = math.nan if of.alone(arm) else of.shown.beyond_chance(arm, chance)
    return ReportPicture(
        data_url(picture),
        heatmap_alt(arm, maps.positive[arm], agreement=agreement),
        style.label,
        (_prediction(of.shown, arm), *_notes(of, arm), *_agreement(of, arm, chance)),
        style.color,
        style.glyph,
        height=picture.shape[0] / enlarged(of.shown.image).shape[0],
    )


def _notes(of: _Explained, arm: Arm) -> tuple[str, ...]:
    """The scale of a map that has its own, that another is faint, and why a map is undefined."""
    notes = []
    if of.alone(arm):
        limit = decimal(of.drawn(arm).scale.limit, 1)
        notes.append(_("map for its own answer, on its own scale, to {limit}×").format(limit=limit))
    elif faint := scale_note(of.maps.values[arm], of.maps.scale, own=False):
        notes.append(faint)
    if not of.drawn(arm).is_defined(arm):
        reason = undefined_reason(of.own.arms[arm].attribution)
        notes.append(_("undefined: {reason}").format(reason=reason))
    return tuple(notes)


def _agreement(of: _Explained, arm: Arm, chance: Levels) -> tuple[str, ...]:
    """An arm's score on this image, by the maps for the teacher's prediction; the teacher has none."""
    shown = of.shown.arms[arm]
    if not shown.scores or undefined_reason(shown.attribution):
        return ()
    value = score(of.shown.beyond_chance(arm, chance))
    if of.alone(arm):
        name = class_name(of.shown.classes, of.shown.target)
        return (_("agreement, by the maps for {name}: {score}").format(name=name, score=value),)
    return (_("agreement {score}").format(score=value),)


def _difference(of: _Explained) -> tuple[ReportPicture, str]:
    """The student's map minus the teacher's, for the teacher's prediction, and the limit of its scale."""
    values = difference_map(of.maps.values["teacher"], of.maps.values["student"])
    scale = of.maps.difference_scale
    defined = bool(np.isfinite(values).all())
    lines = () if defined else (_("undefined: one of the maps is"),)
    if defined and of.alone("student"):
        lines = (_("by the maps for {name}").format(name=class_name(of.shown.classes, of.shown.target)),)
    picture = ReportPicture(
        data_url(overlay(of.shown.image, values, scale)),
        difference_alt("student", values),
        _("student − teacher"),
        lines,
    )
    return picture, decimal(scale.limit, 1) if defined else ""


def _highest(of: _Explained) -> str:
    """The arm whose map exceeds the common scale."""
    shared = {arm: heat for arm, heat in of.maps.values.items() if not of.alone(arm)}
    arm, value = replace(of.maps, positive=shared).highest
    if value <= of.maps.scale.limit:
        return ""
    return _("Highest: {arm}, {value}×.").format(arm=ARM_STYLES[arm].label, value=decimal(value, 1))


def _grids(explanation: ImageExplanation) -> str:
    sizes = sorted({each.shape for each in explanation.attributions.values()})
    return _(" and ").join(f"{height} × {width}" for height, width in sizes)


def _sentence(of: _Explained, chance: Levels) -> str:
    """What the arms predict, what is outlined, and where twin and student look, as on Explain."""
    explanation = of.shown
    label = explanation.label_name
    wrong = [
        _("{arm} predicts {label}").format(
            arm=ARM_STYLES[arm].label, label=class_name(explanation.classes, of_arm.predicted)
        )
        for arm, of_arm in explanation.arms.items()
        if of_arm.predicted != explanation.label
    ]
    predictions = (
        _("Label: {label}; {others}.").format(label=label, others=listed(wrong))
        if wrong
        else _("All networks predict {label}.").format(label=label)
    )
    if of.cue is None:
        return sentences(predictions, brief_twin(explanation, chance))
    return sentences(
        predictions,
        outlined_sentence(of.cue, explanation),
        cue_headline(of.own, of.cue, of.effects),
        by_other_explainers(of.own, of.cue, of.others),
    )
