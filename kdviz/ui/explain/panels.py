"""The panels of one image or text: maps with text lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kdviz.comparison import ArmExplanation, ImageExplanation, Levels
from kdviz.datasets import class_name
from kdviz.figures.maps import (
    ColourScale,
    OutlineLayer,
    difference_alt,
    has_clear_spot,
    heatmap_alt,
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
from kdviz.language import _, decimal, sentences
from kdviz.narrative import border_warning, prediction_line, scale_note
from kdviz.types import MAIN_MEASURE, Arm
from kdviz.ui.explain.explanation_view import ExplanationView
from kdviz.ui.frame.projector import projecting
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

_CLASSES, _PROJECTED_CLASSES = 5, 2
"""Most probable classes below a map: on a projector few, so that maps and answers are on one screen."""


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
        _map_panel(view.drawn(arm), arm, chance),
        lines=(
            PanelLine(prediction_line(explanation, arm)),
            *_agreement(view, arm, chance),
            *(() if own is None or chosen else _whose(view, arm)),
            *_notes(view.drawn(arm), arm),
            *_control(arm),
            *_gap(of),
        ),
        shares=_probabilities(explanation, arm),
    )
    if own is None or not chosen:
        return panel
    names = (class_name(explanation.classes, of.predicted), view.class_of(arm))
    return replace(panel, own=_own_panel(view, own, arm, chance), choice=names)


def _own_panel(view: ExplanationView, own: ExplanationView, arm: Arm, chance: Levels | None) -> Panel:
    """An arm's map for its own prediction; its agreement is that of the class that `view` explains."""
    of, alone = own.explanation.arms[arm], own.on_own_scale(arm)
    undefined = () if own.maps.is_defined(arm) else _undefined(own, of)
    return replace(
        _map_panel(alone, arm, None),
        lines=(
            PanelLine(prediction_line(own.explanation, arm)),
            *undefined,
            *_shared(view, arm, chance),
            *_notes(alone, arm),
            *_control(arm),
            *_gap(of),
        ),
        shares=_probabilities(own.explanation, arm),
    )


def _notes(view: ExplanationView, arm: Arm) -> tuple[PanelLine, ...]:
    """Whether no region stands out, or only the border; and what its colours are beside the others'.

    Of a text, that its scale is its own: over an image, the colour bar says it.
    """
    if not view.maps.is_defined(arm):
        return ()
    note = scale_note(view.maps.values[arm], view.maps.scale, own=view.alone_on_scale)
    marked = view.alone_on_scale and view.explanation.text is not None
    lines = _evenness(view, arm)
    if note:
        lines.append(PanelLine(_("Own colour scale"), note) if marked else PanelLine(note, folded=True))
    of = view.explanation.arms[arm]
    if of.target == of.predicted and not (present_cells(of.attribution) > 0).any():
        against = _("All of it is against {name}: predicted because every other class scores lower still.")
        lines.append(PanelLine(against.format(name=view.class_of(arm))))
    if warning := border_warning(view.maps.positive[arm], view.known):
        lines.append(PanelLine(*warning))
    return tuple(lines)


def _evenness(view: ExplanationView, arm: Arm) -> list[PanelLine]:
    """That a map is nearly even, though its colours reach from one end of a scale to the other."""
    values = view.maps.values[arm]
    if not is_defined(values) or has_clear_spot(values):
        return []
    highest = decimal(float(np.abs(present_cells(values)).max()), 1)
    about = _("Its highest value is {most} {unit}.").format(most=highest, unit=view.unit)
    return [PanelLine(_("Nearly even: this map hardly points anywhere."), about)]


def _control(arm: Arm) -> tuple[PanelLine, ...]:
    """What the placebo is, which no other panel says."""
    if arm != "placebo":
        return ()
    return (PanelLine(_("A control: it learned from the teacher's maps of other images."), folded=True),)


def _shared(view: ExplanationView, arm: Arm, chance: Levels | None) -> tuple[PanelLine, ...]:
    """An arm's agreement by the maps for the class that all arms are explained for."""
    if arm == "teacher" or not view.maps.is_defined(arm) or not view.same_target("teacher", arm):
        return ()
    return _agreement(view, arm, chance, by=view.class_of(arm))


def _whose(view: ExplanationView, arm: Arm) -> tuple[PanelLine, ...]:
    """The class of the map, where not all maps are for one."""
    return (PanelLine(_("Evidence for {name}.").format(name=view.class_of(arm)), folded=True),)


def small_panel(
    view: ExplanationView, arm: Arm, chance: Levels | None, *, own: ExplanationView | None, own_first: bool
) -> Panel:
    """The panel of an arm among many: its agreement, or why it has no map, and the rest folded.

    own: as in `arm_panel`; shown where `own_first`, for the class that the arm predicts.
    """
    panel = arm_panel(view, arm, chance, own=own)
    kept = (*_agreement(view, arm, chance), *_evenness(view, arm))
    if own_first and own is not None and panel.own is not None:
        undefined = () if own.maps.is_defined(arm) else _undefined(own, own.explanation.arms[arm])
        panel, kept = panel.own, (*_shared(view, arm, chance), *undefined, *_evenness(own, arm))
    return replace(folded(panel, but=kept), shares=(), own=None, choice=())


def folded(panel: Panel, *, but: Sequence[PanelLine] = ()) -> Panel:
    """The panel with all lines but some behind a question mark."""
    lines = tuple(line if line in but else replace(line, folded=True) for line in panel.lines)
    return replace(panel, lines=lines)


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
        mark=_("own scale") if view.alone_on_scale else "",
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
    mark: str = "",
) -> Panel:
    """A map over the image, or in the background of the text's words. alt, mark: of one over an image."""
    if view.explanation.text is None:
        heat = map_layer(values, scale, grid=view.query.grid)
        return MapPanel(name, alt(), heat=heat, outlines=_outlines(view, *outlined), mark=mark)
    words = shaded_words(view.explanation.text, values, scale)
    said = word_alt(name, words)
    shown = Sentence(word_layers(words, outlined=view.framed), said)
    return SentencePanel(name, said, sentences=(shown,))


def difference_panel(view: ExplanationView, pair: tuple[Arm, Arm]) -> Panel:
    """The second of a pair minus the first, in the unit of the maps."""
    first, second = pair
    names = {"first": ARM_STYLES[first].label, "second": ARM_STYLES[second].label}
    values = view.difference(first, second)
    scale, said = view.maps.difference_scale, _difference_line(view, pair, values)
    drawn = _drawn(
        view,
        _("{second} − {first}").format(**names),
        values,
        scale,
        outlined=pair,
        alt=lambda: difference_alt(second, values, other=first),
    )
    lines = [PanelLine(said.format(**names))]
    if is_defined(values):
        lines.append(PanelLine(_full_colour(view), folded=True))
    if of := _compared_class(view, pair):
        lines.append(PanelLine(of))
    return replace(drawn, lines=tuple(lines))


def _compared_class(view: ExplanationView, pair: tuple[Arm, Arm]) -> str:
    """The class that both maps are for, where one of the arms predicts another; else ""."""
    arms = [view.explanation.arms[arm] for arm in pair]
    if not view.same_target(*pair) or all(of.predicted == of.target for of in arms):
        return ""
    return _("Both maps are for {name}.").format(name=view.class_of(pair[0]))


def _difference_line(view: ExplanationView, pair: tuple[Arm, Arm], values: FloatArray) -> str:
    if not view.same_target(*pair):
        return _("Undefined: the two are explained for different classes.")
    if not is_defined(values):
        return _("Undefined: one of the maps is.")
    if view.signed:
        return _("Orange: more for the class by the {second}; purple: by the {first}.")
    return _("Orange: the {second} looks more; purple: the {first}.")


def _full_colour(view: ExplanationView) -> str:
    """What the full colour of a difference is."""
    text = (
        _("Full colour is, as in the maps, {limit} times the mean strength.")
        if view.signed
        else _("Full colour is, as in the maps, {limit} times an even spread.")
    )
    return text.format(limit=decimal(view.maps.difference_scale.limit, 1))


def _outlines(view: ExplanationView, *arms: Arm) -> tuple[OutlineLayer, ...]:
    """Of the object and of the arms, as far as they are switched on."""
    mask = view.object_mask
    known = () if mask is None else (mask_outline(mask),)
    drawn = arms if view.query.outline else ()
    return (*known, *(outline_layer(arm, view.maps.positive[arm]) for arm in drawn))


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
        return ()
    if not view.same_target("teacher", arm):
        name = class_name(view.explanation.classes, of.target)
        return (
            PanelLine(_("Evidence for {name}, another class: agreement is undefined.").format(name=name)),
        )
    if math.isnan(of.scores[MAIN_MEASURE]):
        return (PanelLine(_("No agreement: one of the two maps has no evidence for this class.")),)
    raw = score(of.scores[MAIN_MEASURE])
    if chance is None:
        return (PanelLine(_("Agreement: chance is being measured."), _raw_text(raw)),)
    corrected = view.explanation.beyond_chance(arm, chance)
    if not math.isfinite(corrected):
        about = _("{raw}, which cannot be compared with an agreement.").format(raw=_raw_text(raw))
        return (PanelLine(_("No agreement: chance is not measured for this method."), about, folded=True),)
    level = _("chance {chance}; 0 is chance, 1 the same map").format(chance=score(_level(arm, chance)))
    about = _("Agreement with the teacher, corrected for chance.")
    if corrected < 0:
        about = _("Below chance: less like the teacher's map than those of other images are.")
    maps_for = _("By the maps for {name}.").format(name=by) if by else ""
    raw_and_level = _("{sentence}.").format(sentence=f"{_raw_text(raw)}, {level}")
    text = _("Agreement: {score}").format(score=score(corrected))
    return (PanelLine(text, sentences(about, maps_for, raw_and_level)),)


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
    """What the map leaves out: of the score, or of the attention."""
    gap, elsewhere = _("Completeness gap: {share}."), _("Attention to tokens outside the map: {share}.")
    left_out = {gap: of.gap, elsewhere: of.elsewhere}
    return tuple(
        PanelLine(text.format(share=percent(n)), folded=True)
        for text, n in left_out.items()
        if math.isfinite(n)
    )


def _probabilities(explanation: ImageExplanation, arm: Arm) -> tuple[ClassProbability, ...]:
    """The arm's most probable classes, and the explained one."""
    of = explanation.arms[arm]
    most = _PROJECTED_CLASSES if projecting() else _CLASSES
    likely = dict(of.top(most)) | {of.target: float(of.probabilities[of.target])}
    return tuple(
        ClassProbability(
            target, class_name(explanation.classes, target), share, percent(share), target == of.target
        )
        for target, share in likely.items()
    )
