"""Scrolling a page whose content was exchanged below its end."""

from __future__ import annotations

import streamlit as st

_TOP = """document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);"""


def scroll_to_top(occasion: str) -> None:
    """Scroll once for each occasion."""
    st.html(f"<script>/* {occasion} */ {_TOP}</script>", unsafe_allow_javascript=True)
