"""A ring around a part of the page, which is scrolled into view: what a step of the tour speaks of."""

from __future__ import annotations

import streamlit as st

from kdviz.ui.frame.component import component
from kdviz.ui.frame.responsive import NARROW

_MOUNT = component("kdviz_scroll", __file__)


def ring(about: str, *, below: str, visit: str) -> None:
    """Ring the container of the key `about`, and scroll to its start once a visit, while the page settles.

    below: key of a container that stays in sight above it.
    """
    st.html(
        f"<style>.st-key-{about} {{ outline: 3px solid #E69F00; outline-offset: 6px; border-radius: .5rem; }}"
        f":has(> .st-key-{below}) {{ position: sticky; top: 3.75rem; z-index: 90; }}"
        f".st-key-{below} {{ background: var(--st-background-color, Canvas); }}"
        f"@media {NARROW} {{ .st-key-{below} {{ padding: .5rem .75rem; }}"
        f".st-key-{below} p {{ font-size: .8125rem; line-height: 1.35; }}"
        f".st-key-{below} button {{ min-height: 1.75rem; padding: 0 .6rem; }} }}</style>"
    )
    _MOUNT(key="ring", data={"ringed": about, "above": below, "visit": visit})
