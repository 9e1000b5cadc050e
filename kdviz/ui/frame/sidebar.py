"""Folding the sidebar away, which Streamlit leaves open over a narrow page and remembers as open."""

from __future__ import annotations

import streamlit as st

from kdviz.ui.frame.responsive import NARROW

_FOLD = """
    const open = !document.querySelector('[data-testid="stExpandSidebarButton"]');
    if (open) document.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
"""


_HIDDEN = '[data-testid="stSidebar"][data-collapsed="true"] * { visibility: hidden !important; }'
"""Of each element: Streamlit makes its Help buttons visible by themselves."""


def hide_folded_sidebar() -> None:
    """Keep Tab out of a sidebar that is folded away, which Streamlit only moves beside the screen."""
    st.html(f"<style>{_HIDDEN}</style>")


def fold_sidebar(occasion: str, *, only_when_narrow: bool = False) -> None:
    """Fold the sidebar once for each occasion, such as a page that is opened; `data-folded` then names it."""
    wanted = f"matchMedia('{NARROW}').matches" if only_when_narrow else "true"
    done = f"document.documentElement.dataset.folded = {occasion!r};"
    st.html(f"<script>if ({wanted}) {{ {_FOLD} }} {done}</script>", unsafe_allow_javascript=True)
