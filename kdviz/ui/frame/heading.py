"""The row of a page's title, with room for the page's menu beside it."""

from __future__ import annotations

from contextvars import ContextVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from kdviz.ui.frame.responsive import NARROW

_BESIDE: ContextVar[DeltaGenerator | None] = ContextVar("beside", default=None)


def heading(title: str) -> None:
    """Draw the title of a page."""
    # On a phone the menu has a row of its own: beside a title and a button, names would be cut.
    row = ".st-key-heading:has(.st-key-beside_title > *) { flex-wrap: wrap !important; row-gap: .5rem; }"
    whole = ".st-key-heading > :has(> .st-key-beside_title), .st-key-beside_title { flex-basis: 100%; }"
    narrow = f"@media {NARROW} {{ {row} {whole} }}"
    st.html(f"<style>.st-key-heading h1 {{ padding: 0; white-space: nowrap; }} {narrow}</style>")
    with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="medium", key="heading"):
        st.title(title, width="content")
        beside = st.container(
            horizontal=True, vertical_alignment="center", wrap=False, width="stretch", key="beside_title"
        )
        _BESIDE.set(beside)


def beside_title() -> DeltaGenerator:
    """The place at the right of the title; the page itself where no title was drawn."""
    return _BESIDE.get() or st.container()
