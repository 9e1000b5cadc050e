"""The panels of one image or text: maps with text lines."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kdviz.comparison import ArmExplanation, ImageExplanation, Levels, difference_map
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import (
    ColourScale,
    Heatmaps,
    OutlineLayer,
    difference_alt,
    difference_scale,
    heatmap_alt,
    heatmaps,
    is_defined,
    map_layer,
    mask_outline,
    outline_layer,
    present_cells,
    shaded_words,
    undefined_reason,
    word_alt,
    word_layers,
)
from kdviz.figures.style import ARM_STYLES, percent, score
from kdviz.language import _, decimal
from kdviz.narrative import border_warning
from kdviz.types import MAIN_MEASURE, Arm
from kdviz.ui.explain.controls import ImageQuery
from kdviz.ui.widgets.panel import (
    ClassProbability,
    MapPanel,
    Panel,
    PanelLine,
    Sentence,
    SentencePanel,
)

if TYPE_CHECKING:
    from kdviz.types import FloatArray

_CLASSES = 5
_CONCENTRATED = 2.0
"""A map whose maximum is below this many times an even spread is said to be spread thinly."""


@dataclass(frozen=True, eq=False)
class ExplanationView:
    """One input's explanation, and its heatmaps on one scale.

    object_mask: to be outlined, (H, W); None for none. framed: numbers of a text's words in a frame.
    """

    explanation: ImageExplanation
    maps: Heatmaps
    query: ImageQuery
    object_mask: NDArray[np.bool_] | None = None
    framed: frozenset[int] = frozenset()

    def drawn(self, arm: Arm) -> ExplanationView:
        """The view in which an arm is drawn: a map of another class than the teacher's has its own scale."""
        return self if self.same_target("teacher", arm) else self.on_own_scale(arm)

    def on_own_scale(self, arm: Arm) -> ExplanationView:
        """The same maps, to be drawn on the scale of one arm's own."""
        alone: dict[Arm, FloatArray] = {"teacher": self.explanation.arms[arm].attribution}
        scale = heatmaps(alone, signed=self.signed, clip=True, colours=self.query.colours).scale
        return replace(self, maps=replace(self.maps, scale=scale))

    @classmethod
    def of(
        cls,
        explanation: ImageExplanation,
        query: ImageQuery,
        object_mask: NDArray[np.bool_] | None = None,
        framed: frozenset[int] = frozenset(),
    ) -> ExplanationView:
        """As the query wants it drawn."""
        signed = query.signed and EXPLAINERS[explanation.explainer].signed
        maps = heatmaps(explanation.attributions, signed=signed, clip=True, colours=query.colours)
        return cls(explanation, maps, query, object_mask, framed)

    @property
    def signed(self) -> bool:
        """Whether evidence against the class is drawn too."""
        return self.maps.scale.signed

    @property
    def unit(self) -> str:
        """Of the maps' values."""
        return _("times the mean strength of the evidence") if self.signed else _("times an even spread")

    def difference(self, first: Arm, second: Arm) -> FloatArray:
        """The second arm's map minus the first's; all NaN if they explain different classes."""
        values = difference_map(self.maps.values[first], self.maps.values[second])
        return values if self.same_target(first, second) else np.full_like(values, np.nan)

    def same_target(self, first: Arm, second: Arm) -> bool:
        """Whether two arms are explained for the same class."""
        return self.explanation.arms[first].target == self.explanation.arms[second].target

    def class_of(self, arm: Arm) -> str:
        """The name of the class that an arm is explained for."""
        return self.explanation.classes[self.explanation.arms[arm].target]


def image_panel(view: ExplanationView, alt: str) -> Panel:
    """The image as the networks receive it, with outlines of the arms if they are on."""
    label = view.explanation.label_name
    lines = (PanelLine(label),) if label else ()
    return MapPanel(_("image"), alt, outlines=_outlines(view, *view.maps.positive), lines=lines)


def arm_panel(
    view: ExplanationView, arm: Arm, chance: Levels | None, *, own: ExplanationView | None = None
) -> Panel:
    """An arm's map, its prediction, and its agreement with the teacher. chance: None while unknown.

    own: the same image explained for each arm's own prediction, None where all are. It can be shown instead,
    on its own scale, where that is another class.
    """
    explanation = view.explanation
    of = explanation.arms[arm]
    chosen = own is not None and of.target != of.predicted
    panel = replace(
        method_panel(view, arm, chance),
        lines=(
            *_prediction(explanation, arm),
            *(() if own is None or chosen else _whose(view, arm)),
            *_notes(view.drawn(arm), arm, own=view.drawn(arm) is not view),
            *_agreement(view, arm, chance),
            *_gap(of),
        ),
        shares=_probabilities(explanation, arm),
    )
    if own is None or not chosen:
        return panel
    names = (explanation.classes[of.predicted], view.class_of(arm))
    return replace(panel, own=_own_panel(view, own, arm, chance), choice=names)


def _own_panel(view: ExplanationView, own: ExplanationView, arm: Arm, chance: Levels | None) -> Panel:
    """An arm's map for its own prediction; its agreement is that of the class that `view` explains."""
    of, alone = own.explanation.arms[arm], own.on_own_scale(arm)
    undefined = () if own.maps.is_defined(arm) else _undefined(own, of)
    return replace(
        _map_panel(alone, arm, None),
        lines=(
            *_prediction(own.explanation, arm),
            *undefined,
            *_notes(alone, arm, own=True),
            *_shared(view, arm, chance),
            *_gap(of),
        ),
        shares=_probabilities(own.explanation, arm),
    )


def _notes(view: ExplanationView, arm: Arm, *, own: bool) -> tuple[PanelLine, ...]:
    """The scale of a map that has its own, and whether no region stands out, or only the border."""
    if not view.maps.is_defined(arm):
        return ()
    lines = [_("Own scale, to {limit}×.").format(limit=decimal(view.maps.scale.limit, 1))] if own else []
    positive = view.maps.positive[arm]
    highest = float(present_cells(positive).max()) if is_defined(positive) else math.nan
    if highest < _CONCENTRATED:
        thinly = _("Spread thinly: at most {most} times an even spread.")
        lines.append(thinly.format(most=decimal(highest, 1)))
    if warning := border_warning(view.maps.positive[arm]):
        lines.append(warning)
    return tuple(map(PanelLine, lines))


def _shared(view: ExplanationView, arm: Arm, chance: Levels | None) -> tuple[PanelLine, ...]:
    """An arm's agreement by the maps for the class that all arms are explained for."""
    if arm == "teacher" or not view.maps.is_defined(arm) or not view.same_target("teacher", arm):
        return ()
    return _agreement(view, arm, chance, by=view.class_of(arm))


def _whose(view: ExplanationView, arm: Arm) -> tuple[PanelLine, ...]:
    """The class of the map, where not all maps are for one."""
    return (PanelLine(_("Evidence for {name}.").format(name=view.class_of(arm))),)


def method_panel(view: ExplanationView, arm: Arm, chance: Levels | None) -> Panel:
    """An arm's map with its notes and its agreement with the teacher, for displays of many maps."""
    drawn = view.drawn(arm)
    panel = _map_panel(drawn, arm, chance)
    return replace(panel, lines=(*_notes(drawn, arm, own=drawn is not view), *panel.lines))


def _map_panel(view: ExplanationView, arm: Arm, chance: Levels | None) -> Panel:
    style, maps = ARM_STYLES[arm], view.maps
    outlined: tuple[Arm, ...] = ("teacher",) if arm == "teacher" else ("teacher", arm)
    agreement = view.explanation.beyond_chance(arm, chance or {})
    drawn = _drawn(
        view,
        style.label,
        maps.values[arm],
        maps.scale,
        outlined=outlined,
        alt=lambda: heatmap_alt(arm, maps.positive[arm], agreement=agreement),
    )
    lines = _agreement(view, arm, chance) if arm != "teacher" else ()
    return replace(drawn, color=style.color, glyph=style.glyph, lines=lines)


def _drawn(
    view: ExplanationView,
    name: str,
    values: FloatArray,
    scale: ColourScale,
    *,
    outlined: tuple[Arm, ...],
    alt: Callable[[], str],
) -> Panel:
    """A map over the image, or in the background of the text's words. alt: of one over an image."""
    if view.explanation.text is None:
        heat = map_layer(values, scale, grid=view.query.grid)
        return MapPanel(name, alt(), heat=heat, outlines=_outlines(view, *outlined))
    words = shaded_words(view.explanation.text, values, scale)
    said = word_alt(name, words)
    shown = Sentence(word_layers(words, outlined=view.framed), said)
    return SentencePanel(name, said, sentences=(shown,))


def difference_panel(view: ExplanationView, pair: tuple[Arm, Arm]) -> Panel:
    """The second of a pair minus the first, in the unit of the maps."""
    first, second = pair
    names = {"first": ARM_STYLES[first].label, "second": ARM_STYLES[second].label}
    values = view.difference(first, second)
    scale, said = difference_scale(values), _difference_line(view, pair, values)
    drawn = _drawn(
        view,
        _("{second} − {first}").format(**names),
        values,
        scale,
        outlined=pair,
        alt=lambda: difference_alt(second, values, other=first),
    )
    return replace(drawn, lines=(PanelLine(said.format(**names, limit=decimal(scale.limit, 1))),))


def _difference_line(view: ExplanationView, pair: tuple[Arm, Arm], values: FloatArray) -> str:
    if not view.same_target(*pair):
        return _("Undefined: the two are explained for different classes.")
    if not is_defined(values):
        return _("Undefined: one of the maps is.")
    if view.signed:
        return _("Orange: more for the class by the {second}; purple: by the {first}. −{limit} to +{limit}×.")
    return _("Orange: the {second} looks more; purple: the {first}. −{limit} to +{limit}×.")


def _outlines(view: ExplanationView, *arms: Arm) -> tuple[OutlineLayer, ...]:
    """Of the object and of the arms, as far as they are switched on."""
    mask = view.object_mask
    known = () if mask is None else (mask_outline(mask),)
    drawn = arms if view.query.outline else ()
    return (*known, *(outline_layer(arm, view.maps.positive[arm]) for arm in drawn))


def _prediction(explanation: ImageExplanation, arm: Arm) -> tuple[PanelLine, ...]:
    of = explanation.arms[arm]
    if explanation.label is None:
        text = _("Predicts {name} ({share})")
    elif of.predicted == explanation.label:
        text = _("Predicts {name} ({share}), ✓ correct")
    else:
        text = _("Predicts {name} ({share}), ✗ wrong")
    return (PanelLine(text.format(name=explanation.classes[of.predicted], share=percent(of.confidence))),)


def _agreement(
    view: ExplanationView, arm: Arm, chance: Levels | None, *, by: str = ""
) -> tuple[PanelLine, ...]:
    """The corrected agreement of the map with the teacher's, or why it is undefined.

    by: the class of the maps that are compared, where another map is shown.
    """
    of = view.explanation.arms[arm]
    if not view.maps.is_defined(arm):
        return _undefined(view, of)
    if arm == "teacher":
        return (PanelLine(_("The reference for the other arms.")),)
    if not view.same_target("teacher", arm):
        name = view.explanation.classes[of.target]
        return (
            PanelLine(_("Evidence for {name}, another class: agreement is undefined.").format(name=name)),
        )
    raw = score(of.scores[MAIN_MEASURE])
    if chance is None:
        return (PanelLine(_("Agreement: chance is being measured."), _raw_text(raw)),)
    corrected = view.explanation.beyond_chance(arm, chance)
    if not math.isfinite(corrected):
        text = _("Agreement {score}, not corrected.")
        if by:
            text = _("By the maps for {name}, agreement {score}, not corrected.")
        return (PanelLine(text.format(name=by, score=raw)),)
    level = _("chance {chance}; 0 is chance, 1 the same map").format(chance=score(_level(arm, chance)))
    text = _("Likeness beyond luck: {score}")
    if by:
        text = _("Likeness beyond luck, by the maps for {name}: {score}")
    return (
        PanelLine(
            text.format(name=by, score=score(corrected)),
            f"{_('Agreement beyond chance')}. {_raw_text(raw)}, {level}",
        ),
    )


def _raw_text(raw: str) -> str:
    return _("Raw cosine {score}").format(score=raw)


def _level(arm: Arm, chance: Levels) -> float:
    return chance.get(arm, {}).get(MAIN_MEASURE, math.nan)


def _undefined(view: ExplanationView, of: ArmExplanation) -> tuple[PanelLine, ...]:
    reason = PanelLine(_("Undefined: {reason}.").format(reason=undefined_reason(of.attribution)))
    finite = is_defined(of.attribution)
    against = finite and not view.signed and present_cells(of.attribution).min() < 0
    return (reason, PanelLine(_("Evidence against it: see “Signed”."))) if against else (reason,)


def _gap(of: ArmExplanation) -> tuple[PanelLine, ...]:
    text = _("Completeness gap: {share}.")
    return (PanelLine(text.format(share=percent(of.gap))),) if math.isfinite(of.gap) else ()


def _probabilities(explanation: ImageExplanation, arm: Arm) -> tuple[ClassProbability, ...]:
    """The arm's most probable classes, and the explained one."""
    of = explanation.arms[arm]
    likely = dict(of.top(_CLASSES)) | {of.target: float(of.probabilities[of.target])}
    return tuple(
        ClassProbability(target, explanation.classes[target], share, percent(share), target == of.target)
        for target, share in likely.items()
    )
