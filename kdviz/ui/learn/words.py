"""The terms that a lesson uses, explained in place."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.glossary import terms_of
from kdviz.language import _, subject


def words_of_lesson(names: Sequence[str]) -> None:
    """A button that opens their texts from the glossary. Nothing without terms."""
    if not names:
        return
    with st.popover(
        _("Words of this lesson"), icon=":material/menu_book:", type="tertiary", key="lesson_words"
    ):
        known = terms_of(subject())
        for term in (known[name] for name in names):
            st.markdown(f"**{term.title}** · {term.text}")
