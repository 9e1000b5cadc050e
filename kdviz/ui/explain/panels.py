"""The comparer's panels: images with text lines under them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kdviz.comparison import ArmExplanation, ImageExplanation, Levels, difference_map
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import (
    Heatmaps,
    OutlineLayer,
    difference_alt,
    difference_scale,
    heatmap_alt,
    heatmaps,
    map_layer,
    outline_layer,
    undefined_reason,
)
from kdviz.figures.style import ARM_STYLES, percent, score
from kdviz.language import _, decimal
from kdviz.types import Arm
from kdviz.ui.explain.controls import ImageQuery
from kdviz.ui.widgets.overlay import ClassProbability, MapPanel

if TYPE_CHECKING:
    from kdviz.types import FloatArray

_MEASURE = "cosine"
_CLASSES = 5


@dataclass(frozen=True, eq=False)
class ExplanationView:
    """One image's explanation, and its heatmaps on one scale."""

    explanation: ImageExplanation
    maps: Heatmaps
    query: ImageQuery

    @classmethod
    def of(cls, explanation: ImageExplanation, query: ImageQuery) -> ExplanationView:
        """As the query wants it drawn."""
        signed = query.signed and EXPLAINERS[explanation.explainer].signed
        maps = heatmaps(explanation.attributions, signed=signed, clip=True, colours=query.colours)
        return cls(explanation, maps, query)

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


def image_panel(view: ExplanationView, alt: str) -> MapPanel:
    """The image as the networks receive it, with outlines of the arms if they are on."""
    label = view.explanation.label_name
    lines = (label,) if label else ()
    return MapPanel(_("image"), alt, outlines=_outlines(view, *view.maps.positive), lines=lines)


def arm_panel(view: ExplanationView, arm: Arm, chance: Levels | None) -> MapPanel:
    """An arm's map, its prediction, and its agreement with the teacher. chance: None while unknown."""
    explanation = view.explanation
    return replace(
        method_panel(view, arm, chance),
        lines=(*_prediction(explanation, arm), *_agreement(view, arm, chance), *_gap(explanation.arms[arm])),
        shares=_probabilities(explanation, arm),
    )


def method_panel(view: ExplanationView, arm: Arm, chance: Levels | None) -> MapPanel:
    """An arm's map and its agreement with the teacher, for displays of many maps."""
    style, maps = ARM_STYLES[arm], view.maps
    agreement = view.explanation.arms[arm].scores.get(_MEASURE, math.nan)
    outlined: tuple[Arm, ...] = ("teacher",) if arm == "teacher" else ("teacher", arm)
    return MapPanel(
        style.label,
        heatmap_alt(arm, maps.positive[arm], agreement=agreement),
        heat=map_layer(maps.values[arm], maps.scale, grid=view.query.grid),
        outlines=_outlines(view, *outlined),
        color=style.color,
        glyph=style.glyph,
        lines=_agreement(view, arm, chance or {}) if arm != "teacher" else (),
    )


def difference_panel(view: ExplanationView, pair: tuple[Arm, Arm]) -> MapPanel:
    """The second of a pair minus the first, in the unit of the maps."""
    first, second = pair
    names = {"first": ARM_STYLES[first].label, "second": ARM_STYLES[second].label}
    values = view.difference(first, second)
    scale = difference_scale(values)
    return MapPanel(
        _("{second} − {first}").format(**names),
        difference_alt(second, values, other=first),
        heat=map_layer(values, scale, grid=view.query.grid),
        outlines=_outlines(view, *pair),
        lines=(_difference_line(view, pair, values).format(**names, limit=decimal(scale.limit, 1)),),
    )


def _difference_line(view: ExplanationView, pair: tuple[Arm, Arm], values: FloatArray) -> str:
    if not view.same_target(*pair):
        return _("Undefined: the two are explained for different classes.")
    if not np.isfinite(values).all():
        return _("Undefined: one of the maps is.")
    if view.signed:
        return _("Orange: more for the class by the {second}; purple: by the {first}. −{limit} to +{limit}×.")
    return _("Orange: the {second} looks more; purple: the {first}. −{limit} to +{limit}×.")


def _outlines(view: ExplanationView, *arms: Arm) -> tuple[OutlineLayer, ...]:
    return tuple(outline_layer(arm, view.maps.positive[arm]) for arm in arms) if view.query.outline else ()


def _prediction(explanation: ImageExplanation, arm: Arm) -> tuple[str, ...]:
    of = explanation.arms[arm]
    if explanation.label is None:
        text = _("Predicts {name} ({share})")
    elif of.predicted == explanation.label:
        text = _("Predicts {name} ({share}), ✓ correct")
    else:
        text = _("Predicts {name} ({share}), ✗ wrong")
    return (text.format(name=explanation.classes[of.predicted], share=percent(of.confidence)),)


def _agreement(view: ExplanationView, arm: Arm, chance: Levels | None) -> tuple[str, ...]:
    """The agreement of the map with the teacher's, or why it is undefined."""
    of = view.explanation.arms[arm]
    if not view.maps.is_defined(arm):
        return _undefined(view, of)
    if arm == "teacher":
        return (_("The reference for the other arms."),)
    if not view.same_target("teacher", arm):
        name = view.explanation.classes[of.target]
        return (_("Evidence for {name}, another class: agreement is undefined.").format(name=name),)
    agreement = score(of.scores[_MEASURE])
    if chance is None:
        return (_("Agreement {score}; chance is being measured.").format(score=agreement),)
    level = chance.get(arm, {}).get(_MEASURE, math.nan)
    text = _("Agreement {score}; chance {chance}.") if math.isfinite(level) else _("Agreement {score}.")
    return (text.format(score=agreement, chance=score(level)),)


def _undefined(view: ExplanationView, of: ArmExplanation) -> tuple[str, ...]:
    reason = _("Undefined: {reason}.").format(reason=undefined_reason(of.attribution))
    finite = np.isfinite(of.attribution).all()
    against = finite and not view.signed and of.attribution.min() < 0
    return (reason, _("Evidence against it: see “Signed”.")) if against else (reason,)


def _gap(of: ArmExplanation) -> tuple[str, ...]:
    text = _("Completeness gap: {share}.")
    return (text.format(share=percent(of.gap)),) if math.isfinite(of.gap) else ()


def _probabilities(explanation: ImageExplanation, arm: Arm) -> tuple[ClassProbability, ...]:
    """The arm's most probable classes, and the explained one."""
    of = explanation.arms[arm]
    likely = dict(of.top(_CLASSES)) | {of.target: float(of.probabilities[of.target])}
    return tuple(
        ClassProbability(target, explanation.classes[target], share, percent(share), target == of.target)
        for target, share in likely.items()
    )
