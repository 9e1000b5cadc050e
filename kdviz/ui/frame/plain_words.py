"""What the numbers of a page mean, in everyday words, each with the term of the field."""

from __future__ import annotations

import streamlit as st

from kdviz.language import _
from kdviz.ui.frame.glossary import glossary_link


def plain_words(before: str = "", *, cue: bool) -> None:
    """A button that opens the list. before: a paragraph above it. cue: whether one is planted."""
    with st.popover(_("What the numbers mean"), icon=":material/help:", type="tertiary", key="plain_words"):
        if before:
            st.markdown(before)
        st.markdown(
            "\n".join(f"- **{words}** ({glossary_link(term)}): {text}" for words, term, text in _list(cue))
        )
        st.caption(_("Differences are computed before rounding: 0.93 − 0.06 may read 0.88."))


def _list(cue: bool) -> tuple[tuple[str, str, str], ...]:
    """Everyday words, the name of the term in the glossary, and a sentence."""
    return (*_about_students(), *_about_figures(), *(_about_cue() if cue else ()))


def _about_students() -> tuple[tuple[str, str, str], ...]:
    return (
        (
            _("weight of the teacher's maps"),
            "lambda",
            _(
                "how much it counts in training that the student looks where its teacher looks. 0: not at "
                "all."
            ),
        ),
        (
            _("student without the maps"),
            "twin",
            _(
                "the same student, trained along with it at λ = 0. What differs between the two comes from "
                "the teacher's maps."
            ),
        ),
        (
            _("student with the wrong maps"),
            "placebo",
            _(
                "it was shown where the teacher looks on *other* images. A real gain is larger than the "
                "placebo's."
            ),
        ),
    )


def _about_figures() -> tuple[tuple[str, str, str], ...]:
    return (
        (
            _("agreement with the teacher"),
            "corrected-agreement",
            _(
                "how much two heat maps have in common, corrected for chance: 0 = no more than chance, "
                "1 = the same map."
            ),
        ),
        (
            _("chance"),
            "chance-level",
            _(
                "how alike the maps of two unrelated images are. Most objects are in the middle, so that is "
                "a lot."
            ),
        ),
        (
            _("a second opinion"),
            "held-out-explainer",
            _(
                "a way to draw heat maps that the student was not trained with, so it cannot have rehearsed "
                "it."
            ),
        ),
    )


def _about_cue() -> tuple[tuple[str, str, str], ...]:
    return (
        (
            _("random patch"),
            "planted-cue",
            _(
                "in the student's training its colour or place gave the answer away; in the teacher's, and "
                "in the test, it is drawn at random, so it is right only by luck. Who is right where it is "
                "wrong has not followed it."
            ),
        ),
    )
