"""The comparer's panels: each a picture of the image, with what is said under it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kdviz.comparison import ImageExplanation, Levels, difference_map
from kdviz.explainers import EXPLAINERS
from kdviz.figures.maps import (
    MapLayer,
    density,
    difference_alt,
    heat_layer,
    heatmap_alt,
    outline_layer,
    scale_limit,
    signed_density,
    signed_layer,
    symmetric_limit,
    undefined_reason,
)
from kdviz.figures.style import ARM_STYLES, percent, score
from kdviz.language import _
from kdviz.types import Arm
from kdviz.ui.explain.controls import View
from kdviz.ui.widgets.overlay import Panel, Share

if TYPE_CHECKING:
    from kdviz.types import FloatArray

_MEASURE = "cosine"
_SHARES = 5
_FINE_CELLS, _CLIPPED = 256, 0.005


@dataclass(frozen=True, eq=False)
class Drawn:
    """A look, made ready to be drawn.

    heat: densities by arm. maps: what is drawn of them, signed or not. top: where the one scale of the maps
    has its full colour. clipped: the share of the highest cells that is left out of account for it: some in
    maps of so many cells that single ones blind.
    """

    look: ImageExplanation
    heat: Mapping[Arm, FloatArray]
    maps: Mapping[Arm, FloatArray]
    top: float
    signed: bool
    clipped: float

    @classmethod
    def of(cls, look: ImageExplanation, view: View) -> Drawn:
        """From what was computed."""
        heat = {arm: density(of.attribution) for arm, of in look.arms.items()}
        if view.signed and EXPLAINERS[look.explainer].signed:
            maps = {arm: signed_density(of.attribution) for arm, of in look.arms.items()}
            first = maps["teacher"]
            reach = symmetric_limit([first] if np.isfinite(first).all() else maps.values())
            return cls(look, heat, maps, reach, True, 0.0)
        clipped = _CLIPPED if heat["teacher"].size > _FINE_CELLS else 0.0
        return cls(look, heat, heat, scale_limit(heat, clipped=clipped), False, clipped)

    @property
    def unit(self) -> str:
        """Of the maps' values."""
        return _("times the mean strength of the evidence") if self.signed else _("times an even spread")

    def less(self, first: Arm, second: Arm) -> FloatArray:
        """The second arm's map less the first's; all NaN where they explain two classes."""
        signed = difference_map(self.maps[first], self.maps[second])
        return np.full_like(signed, np.nan) if self.apart(first, second) else signed

    def apart(self, first: Arm, second: Arm) -> bool:
        """Whether two arms are explained for two classes."""
        return self.look.arms[first].target != self.look.arms[second].target


def image_panel(drawn: Drawn, view: View, alt: str) -> Panel:
    """The image as the networks see it, with every arm's outline if they are wanted."""
    lines = () if drawn.look.label is None else (drawn.look.classes[drawn.look.label],)
    return Panel(_("image"), alt, outlines=_outlines(drawn, view, *drawn.heat), lines=lines)


def arm_panel(drawn: Drawn, view: View, arm: Arm, chance: Levels | None) -> Panel:
    """An arm's map, what it answers, and how its map matches the teacher's. chance: None while unknown."""
    return replace(
        _picture(drawn, view, arm),
        lines=(*_answer(drawn.look, arm), *_verdict(drawn, arm, chance), *_sum(drawn.look, arm)),
        shares=_shares(drawn.look, arm),
    )


def method_panel(drawn: Drawn, view: View, arm: Arm, chance: Levels | None) -> Panel:
    """An arm's map, and how it matches the teacher's: what there is room for among many."""
    said = _verdict(drawn, arm, chance or {}) if arm != "teacher" else ()
    return replace(_picture(drawn, view, arm), lines=said)


def difference_panel(drawn: Drawn, view: View, pair: tuple[Arm, Arm]) -> Panel:
    """The second of a pair less the first, in the unit of the maps."""
    first, second = pair
    signed = drawn.less(first, second)
    reach = symmetric_limit([signed])
    names = {"first": ARM_STYLES[first].label, "second": ARM_STYLES[second].label}
    if np.isfinite(signed).all():
        said = (
            _("Orange: more for the class by the {second}; purple: by the {first}. −{reach} to +{reach}×.")
            if drawn.signed
            else _("Orange: the {second} looks more; purple: the {first}. −{reach} to +{reach}×.")
        )
    elif drawn.apart(first, second):
        said = _("Undefined: the two are explained for different classes.")
    else:
        said = _("Undefined: one of the maps is.")
    return Panel(
        _("{second} − {first}").format(**names),
        difference_alt(second, signed, other=first),
        heat=signed_layer(signed, reach=reach, grid=view.grid),
        cells=view.grid,
        outlines=_outlines(drawn, view, *pair),
        lines=(said.format(**names, reach=f"{reach:.1f}"),),
    )


def _picture(drawn: Drawn, view: View, arm: Arm) -> Panel:
    style, of = ARM_STYLES[arm], drawn.look.arms[arm]
    values = drawn.maps[arm]
    outlined: tuple[Arm, ...] = ("teacher",) if arm == "teacher" else ("teacher", arm)
    return Panel(
        style.label,
        heatmap_alt(arm, drawn.heat[arm], agreement=of.scores.get(_MEASURE, math.nan)),
        heat=signed_layer(values, reach=drawn.top, grid=view.grid)
        if drawn.signed
        else heat_layer(values, top=drawn.top, colours=view.colours, grid=view.grid),
        cells=view.grid,
        outlines=_outlines(drawn, view, *outlined),
        color=style.color,
        glyph=style.glyph,
    )


def _outlines(drawn: Drawn, view: View, *arms: Arm) -> tuple[MapLayer, ...]:
    return tuple(outline_layer(arm, drawn.heat[arm]) for arm in arms) if view.outline else ()


def _answer(look: ImageExplanation, arm: Arm) -> tuple[str, ...]:
    of = look.arms[arm]
    if look.label is None:
        said = _("Says {answer}, {share}.")
    elif of.predicted == look.label:
        said = _("Says {answer}, {share}: ✓ right.")
    else:
        said = _("Says {answer}, {share}: ✗ wrong.")
    return (said.format(answer=look.classes[of.predicted], share=percent(float(of.probabilities.max()))),)


def _verdict(drawn: Drawn, arm: Arm, chance: Levels | None) -> tuple[str, ...]:
    """How the map matches the teacher's, or why nobody can say."""
    of = drawn.look.arms[arm]
    if not np.isfinite(drawn.maps[arm]).all():
        said = _("Undefined: {reason}.").format(reason=undefined_reason(of.attribution))
        against = not drawn.signed and np.isfinite(of.attribution).all() and of.attribution.min() < 0
        return (said, _("What speaks against it: see “For and against”.")) if against else (said,)
    if arm == "teacher":
        return (_("The others are measured by this map."),)
    if drawn.apart("teacher", arm):
        name = drawn.look.classes[of.target]
        return (_("Evidence for {name}, another class: no agreement is defined.").format(name=name),)
    if chance is None:
        return (_("Agreement {score}; chance is being measured.").format(score=score(of.scores[_MEASURE])),)
    level = chance.get(arm, {}).get(_MEASURE, math.nan)
    said = _("Agreement {score}; chance {chance}.") if math.isfinite(level) else _("Agreement {score}.")
    return (said.format(score=score(of.scores[_MEASURE]), chance=score(level)),)


def _sum(look: ImageExplanation, arm: Arm) -> tuple[str, ...]:
    gap = look.arms[arm].gap
    said = _("The parts miss the sum that they should have by {share} of it.")
    return (said.format(share=percent(gap)),) if math.isfinite(gap) else ()


def _shares(look: ImageExplanation, arm: Arm) -> tuple[Share, ...]:
    """The arm's likeliest classes, and the one that is explained."""
    of = look.arms[arm]
    likely = dict(of.top(_SHARES)) | {of.target: float(of.probabilities[of.target])}
    return tuple(
        Share(target, look.classes[target], share, percent(share), target == of.target)
        for target, share in likely.items()
    )
