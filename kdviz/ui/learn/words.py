"""The terms that a lesson uses, explained in place."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.glossary import terms
from kdviz.language import _, listed


def words_of_lesson(names: Sequence[str]) -> None:
    """A line with the terms, which opens their texts from the glossary. Nothing without terms."""
    if not names:
        return
    known = [terms()[name] for name in names]
    titles = listed(term.label for term in known)
    with st.expander(_("Words: {terms}").format(terms=titles), icon=":material/menu_book:"):
        for term in known:
            st.markdown(f"**{term.title}** · {term.text}")
