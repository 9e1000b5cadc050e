"""The planted cue of the image that is explained: its outline, and why each arm predicts what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from kdviz.comparison import ExplainedVariants, ImageExplanation, PlantedCue, planted_cue
from kdviz.figures.maps import CueLayer, cue_layer
from kdviz.language import _
from kdviz.narrative import cue_meaning, true_cue
from kdviz.store import Run
from kdviz.types import Arm
from kdviz.ui.explain.controls import ImageQuery, open_own_input
from kdviz.ui.frame.errors import safely
from kdviz.ui.frame.formatting import plain
from kdviz.ui.frame.responsive import WIDE
from kdviz.ui.frame.scroll import scroll_to
from kdviz.ui.widgets.answers import answer_verdict
from kdviz.ui.widgets.in_sight import expect_in_sight
from kdviz.ui.widgets.input_views import InputView

WHAT_IF_OPEN, WHAT_IF_PLACE, _SOUGHT = "what_if_open", "what_if_place", "what_if_sought"
"""Keys of the panel in which the cue can be changed, and of its place; in the session how
often it was asked for, and where."""

_LINKS = "why_links"
"""Key of the row between the headline and the maps."""


def shown_cue(run: Run, query: ImageQuery) -> PlantedCue | None:
    """The cue of the test image; None without one that has a place."""
    return planted_cue(run.config, query.index, intact=query.intact)


def cue_outline(cue: PlantedCue, explanation: ImageExplanation) -> CueLayer:
    """Where the cue is, and what it meant in training."""
    return cue_layer(explanation.image, cue.box, cue_meaning(cue, explanation))


def cue_places(cue: PlantedCue | None) -> frozenset[int]:
    """Numbers of the words of a text that are its cue; none without one."""
    return frozenset() if cue is None else frozenset(cue.mask.nonzero().flatten().tolist())


def variant_verdict(explained: ExplainedVariants, number: int, arm: Arm) -> str:
    """`answer_verdict` of an arm's answer to a variant of an input."""
    answers, way = explained.arms[arm], explained.variants.cues[number]
    return answer_verdict(
        answers.predicted(number),
        explained.label,
        None if way is None else way.indicated,
        without_cue=answers.predicted(0),
    )


@contextmanager
def with_why(
    text: str,
    brief: str,
    cue: PlantedCue | None,
    *,
    about_brief: str = "",
    links: Callable[[], None] | None = None,
) -> Iterator[None]:
    """A container for the maps, with a headline above, and below why the arms predict what they do.

    "" draws nothing. brief: the headline, one plain sentence. about_brief: a help beside it. links: draws
    what is in the row below it: one of its own, so that the maps begin at the same height.
    """
    about = _(
        "Each network's map is here the evidence for its own prediction, whatever class is shown below."
    )
    with st.container(gap="xxsmall", key="maps"):
        if brief:
            with st.container(key="why_brief"):
                st.markdown(f"**{plain(brief)}**", help=plain(about_brief) or None)
        low = f"@media {WIDE} {{ .st-key-{_LINKS} button {{ min-height: 1.5rem; padding-block: 0; }} }}"
        st.html(f"<style>.st-key-{_LINKS} {{ row-gap: 0; }} {low}</style>")
        with st.container(horizontal=True, vertical_alignment="center", key=_LINKS):
            if brief and cue:
                _to_what_if()
            if links:
                links()
        yield
        with st.container(key="why"):
            if text:
                st.markdown(plain(text), help=about if cue else None)


def _to_what_if() -> None:
    """A button that opens the panel below in which the cue can be changed, and scrolls there."""
    st.button(
        _("Move the patch and see"),
        icon=":material/drag_pan:",
        type="tertiary",
        key="to_what_if",
        on_click=safely(open_what_if),
    )


def try_own(view: InputView) -> None:
    """A button that asks for the visitor's own input in place of the test image."""
    st.button(
        _("Try your own picture"),
        icon=view.own_icon,
        type="tertiary",
        key="try_own",
        on_click=safely(open_own_input),
        args=(next(iter(view.own_sources())),),
    )


def open_what_if() -> None:
    """Open the panel in which the cue can be changed, and scroll there."""
    st.session_state[WHAT_IF_OPEN] = True
    count, _where = st.session_state.get(_SOUGHT, (0, None))
    st.session_state[_SOUGHT] = count + 1, None
    expect_in_sight(WHAT_IF_PLACE)


def scroll_to_what_if(where: int | None) -> None:
    """Scroll to the panel whenever it was asked for; not again at another input, nor back at this one.

    where: the test image; None for the visitor's own.
    """
    count, asked = st.session_state.get(_SOUGHT, (0, None))
    count = count if asked in (None, (where,)) else 0
    st.session_state[_SOUGHT] = count, (where,) if count else None
    scroll_to(WHAT_IF_OPEN, count=count)


def true_cue_note(explanation: ImageExplanation, cue: PlantedCue) -> None:
    """A line where a cue that is drawn at random happens to be right."""
    if said := true_cue(explanation, cue):
        st.markdown(f":material/info: {plain(said)}")


def helping_cue_note() -> None:
    """A line while the cue is shown as in training, with a way back."""
    with st.container(horizontal=True, vertical_alignment="center", key="cue_helps_note"):
        st.markdown(
            ":material/info: " + _("The patch helps here, as in training: it gives the class away."),
            width="content",
        )
        st.button(
            _("Back to the test image"),
            icon=":material/undo:",
            type="tertiary",
            key="cue_undo",
            on_click=safely(_undo),
        )


def _undo() -> None:
    st.session_state["intact"] = False
