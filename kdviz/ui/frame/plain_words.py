"""What the numbers of a page mean, in everyday words, each with the term of the field."""

from __future__ import annotations

import streamlit as st

from kdviz.language import _
from kdviz.ui.frame.glossary import glossary_link


def plain_words() -> None:
    """A button that opens the list."""
    with st.popover(_("What the numbers mean"), icon=":material/help:", type="tertiary", key="plain_words"):
        st.markdown(
            "\n".join(f"- **{words}** ({glossary_link(term)}): {text}" for words, term, text in _list())
        )
        st.caption(_("Differences are computed before rounding: 0.93 − 0.06 may read 0.88."))


def _list() -> tuple[tuple[str, str, str], ...]:
    """Everyday words, the name of the term in the glossary, and a sentence."""
    return (
        (
            _("strength of the hint"),
            "lambda",
            _("how much it counts in training that the student looks where its teacher looks. 0 is no hint."),
        ),
        (
            _("student without hints"),
            "twin",
            _(
                "the same student, trained along with it at λ = 0. What differs between the two comes from "
                "the hint."
            ),
        ),
        (
            _("student with wrong hints"),
            "placebo",
            _("it was shown where the teacher looks on *other* images. A real gain is larger than its."),
        ),
        (
            _("looks alike, beyond luck"),
            "corrected-agreement",
            _("how much two heat maps have in common. 0 is what luck gives, 1 is the same map."),
        ),
        (
            _("luck"),
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
        (
            _("the patch misleads"),
            "planted-cue",
            _(
                "in training its colour or place gave the answer away; in the test it names a wrong class. "
                "Who is still right has looked at the object."
            ),
        ),
    )
