"""The browser's Back: one step for each thing that a visitor does."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st


def one_step_back() -> None:
    """Add one entry to the browser's history for each act, however many parameters of the address it changes.

    What a page writes there by itself is no step either: Back would lead to the same page.
    """
    st.html(f"<script>{_script()}</script>", unsafe_allow_javascript=True)


@cache
def _script() -> str:
    return Path(__file__).with_name("back.js").read_text(encoding="utf-8")
