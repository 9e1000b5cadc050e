"""Glossary: every term of kdviz in two or three sentences."""

from __future__ import annotations

import streamlit as st

from kdviz.glossary import terms
from kdviz.store import Store


def glossary(store: Store) -> None:
    """The terms in their order, each under a heading that a link can point to."""
    for name, term in terms().items():
        st.subheader(term.title, anchor=name)
        st.markdown(term.text)
