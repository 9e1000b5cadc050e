"""The planted cue of the image that is explained: its outline, and why each arm predicts what it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from kdviz.comparison import ImageExplanation, PlantedCue, planted_cue
from kdviz.figures.maps import CueLayer, cue_layer
from kdviz.language import _
from kdviz.narrative import cue_meaning
from kdviz.store import Run
from kdviz.ui.explain.controls import ImageQuery
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.responsive import NARROW, only_when


def shown_cue(run: Run, query: ImageQuery) -> PlantedCue | None:
    """The cue of the test image; None without one that has a place."""
    return planted_cue(run.config, query.index, intact=query.intact)


def cue_outline(cue: PlantedCue, explanation: ImageExplanation) -> CueLayer:
    """Where the cue is, and what it meant in training."""
    return cue_layer(explanation.image, cue.box, cue_meaning(cue, explanation))


def cue_places(cue: PlantedCue | None) -> frozenset[int]:
    """Numbers of the words of a text that are its cue; none without one."""
    return frozenset() if cue is None else frozenset(cue.mask.nonzero().flatten().tolist())


@contextmanager
def with_why(text: str, brief: str, cue: PlantedCue | None) -> Iterator[None]:
    """A container for the maps, with why the arms predict what they do above them. "" draws nothing.

    brief: the same in a line: narrow screens have it above the maps, and the text after them.
    """
    about = _(
        "Each network's map is here the evidence for its own prediction, whatever class is shown below."
    )
    st.html(f"<style>@media {NARROW} {{ :has(> .st-key-why) {{ order: 1; }} }}</style>")
    with st.container(gap="xxsmall", key="maps"):
        if brief:
            with only_when(NARROW, key="why_brief"):
                st.markdown(plain(brief))
        with st.container(key="why"):
            if text:
                st.markdown(plain(text), help=about if cue else None)
        yield
