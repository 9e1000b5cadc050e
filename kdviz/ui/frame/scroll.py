"""Scrolling to a part of the page, or to its top."""

from __future__ import annotations

import streamlit as st

from kdviz.ui.frame.component import component

_MOUNT = component("kdviz_scroll_to", __file__)

_TOP = """document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);"""


def scroll_to(key: str, *, count: int) -> None:
    """Scroll to the container of that key whenever `count` has grown since the tab was opened."""
    st.html(f"<style>.st-key-{key} {{ scroll-margin-top: 4.5rem; }}</style>")
    _MOUNT(key=f"scroll_to_{key}", data={"to": key, "count": count})


def scroll_to_top(occasion: str) -> None:
    """Scroll once for each occasion, as when the content was exchanged below the end of the page."""
    st.html(f"<script>/* {occasion} */ {_TOP}</script>", unsafe_allow_javascript=True)
