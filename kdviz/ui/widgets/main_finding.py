"""The finding of a page, in one size on every page that has one."""

from __future__ import annotations

import streamlit as st


def main_finding(text: str) -> None:
    """A sentence or two, larger than the text around it and with room between the lines."""
    st.html("<style>.st-key-main_finding h3 { font-size: 1.15rem; line-height: 1.4; }</style>")
    with st.container(key="main_finding"):
        st.markdown(f"### {text}")
