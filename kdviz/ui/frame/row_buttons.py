"""Buttons in the row of the menu of pages, where wide screens have room for them."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_STYLE = """
:has(> .st-key-row_buttons) { position: fixed; top: .6rem; right: 3.5rem; z-index: 999991; width: auto; }
[data-testid="stStatusWidget"] { margin-right: 16rem; }
@media (max-width: 1100px) {
  :has(> .st-key-row_buttons) { display: none; }
  [data-testid="stStatusWidget"] { margin-right: 0; }
}
"""
"""A running script's sign is left of them."""


def row_buttons() -> DeltaGenerator:
    """The place of the buttons, from left to right."""
    st.html(f"<style>{_STYLE}</style>")
    return st.container(horizontal=True, wrap=False, gap="medium", width="content", key="row_buttons")
