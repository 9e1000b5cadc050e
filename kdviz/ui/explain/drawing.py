"""The panels of one image or text, drawn by the component of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from kdviz.comparison import PlantedCue
from kdviz.figures.maps import image_layer, spectrogram_axes
from kdviz.language import _
from kdviz.narrative import cue_meaning, cue_word
from kdviz.ui.explain.captions import own_first
from kdviz.ui.explain.cue import cue_outline
from kdviz.ui.explain.explanation_view import ExplanationView
from kdviz.ui.frame import url_state
from kdviz.ui.widgets.overlay import ComparerCallbacks, comparer
from kdviz.ui.widgets.panel import Panel
from kdviz.ui.widgets.sentence import FramedWord, sentence_legend, sentence_row

_CALLBACKS = ComparerCallbacks(
    opacity=lambda percent: url_state.set_choice("opacity", int(percent)),
    divider=lambda percent: url_state.set_choice("divider", int(percent)),
    apart=lambda shown: url_state.set_choice("apart", "yes" if shown else "no"),
    target=lambda target: url_state.set_choice("target", int(target)),
)


def draw_panels(
    view: ExplanationView,
    panels: Sequence[Panel],
    *,
    mode: Literal["row", "swipe"],
    cue: PlantedCue | None = None,
    divider: int = 50,
    controls: bool = True,
    name: str = "",
) -> None:
    """Draw the panels of an explanation.

    divider: in percent, under which the first two are. controls: whether opacity and the like can be changed;
    without them it is one of many, and small. name: of this one, where a page draws several.
    """
    explanation, query = view.explanation, view.query
    if explanation.text is None:
        comparer(
            mode,
            image_layer(explanation.image),
            panels,
            opacity=query.opacity,
            divider=divider,
            apart=query.apart,
            own_first=own_first(query),
            controls=controls,
            callbacks=_CALLBACKS,
            unit=view.unit,
            cue=None if cue is None else cue_outline(cue, explanation),
            axes=None if explanation.sound is None else spectrogram_axes(explanation.image.shape[1]),
            key="_".join(filter(None, ("comparer", name))),
        )
        return
    sentence_row(
        panels,
        signed=view.signed,
        unit=view.unit,
        choose=_CALLBACKS.target,
        framed=_legend_of_frames(view, cue),
        evidence=_evidence(view),
        own_first=own_first(query),
        small=not controls,
        key="_".join(filter(None, ("sentences", name))),
    )


def draw_legend(view: ExplanationView, cue: PlantedCue | None) -> None:
    """What the words of a text are coloured and framed for, once for all methods; nothing of a picture."""
    if view.explanation.text is not None:
        framed = _legend_of_frames(view, cue)
        sentence_legend(view.explanation.text, signed=view.signed, framed=framed, evidence=_evidence(view))


def _evidence(view: ExplanationView) -> str:
    """For which class the words of a text are coloured."""
    if view.query.target in ("teacher", "own"):
        return _("Evidence for what each network predicts:")
    return _("Evidence for {name}:").format(name=view.class_of("teacher"))


def _legend_of_frames(view: ExplanationView, cue: PlantedCue | None) -> FramedWord | None:
    """What the frames around words of a text mean."""
    if cue:
        return FramedWord(cue_word(cue, view.explanation), cue_meaning(cue, view.explanation))
    return FramedWord(_("word"), _("marked by a person")) if view.framed else None
