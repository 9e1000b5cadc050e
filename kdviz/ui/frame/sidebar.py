"""Folding the sidebar away, which Streamlit leaves open over a narrow page and remembers as open."""

from __future__ import annotations

import streamlit as st

from kdviz.ui.frame.responsive import NARROW

_FOLD = """
    const open = !document.querySelector('[data-testid="stExpandSidebarButton"]');
    if (open) document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
"""


def fold_sidebar(occasion: str, *, only_when_narrow: bool = False) -> None:
    """Fold the sidebar once for each occasion, such as a page that is opened; `data-folded` then names it."""
    wanted = f"matchMedia('{NARROW}').matches" if only_when_narrow else "true"
    done = f"document.documentElement.dataset.folded = {occasion!r};"
    st.html(f"<script>if ({wanted}) {{ {_FOLD} }} {done}</script>", unsafe_allow_javascript=True)
