"""The line under the maps that says what is outlined on them, and how."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from kdviz.comparison import PlantedCue
from kdviz.figures.maps import line_legend, mask_outline, outline_layer
from kdviz.figures.style import ARM_STYLES
from kdviz.language import _
from kdviz.types import Arm
from kdviz.ui.explain.cue import cue_outline
from kdviz.ui.explain.explanation_view import ExplanationView


def outline_legend(view: ExplanationView, cue: PlantedCue | None) -> None:
    """Of the cue, the object and the arms' highest cells, as far as they are outlined; nothing of a text."""
    if view.explanation.text is not None:
        return
    lines = [] if view.object_mask is None else [(mask_outline(view.object_mask), _("Thin: the object"))]
    if view.query.outline:
        highest = _("{arm}: the highest 20 % of its map")
        lines += [
            (outline_layer(arm, view.maps.positive[arm]), highest.format(arm=ARM_STYLES[arm].label))
            for arm in _arms(view)
        ]
    framed = None if cue is None else (cue_outline(cue, view.explanation), _("Solid: the patch"))
    if html := line_legend(lines, cue=framed):
        with st.container(key="outline_legend"):
            st.html(html)


def _arms(view: ExplanationView) -> Iterable[Arm]:
    """Those whose outlines are drawn, as the teacher's is on every map."""
    swiped: tuple[Arm, ...] = ("teacher", *view.query.pair)
    return dict.fromkeys(swiped if view.query.layout == "swipe" else view.explanation.arms)
