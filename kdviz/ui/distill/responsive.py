"""The Distill page on narrow screens, where form and run cannot be side by side.

There an open form comes first, with a link to the run below it.
"""

from __future__ import annotations

import streamlit as st

from kdviz.language import _
from kdviz.ui.frame.responsive import NARROW, WIDE

FORM, RUN = "new-run", "the-run"
"""Anchors of form and run."""


def form_first() -> None:
    """On a narrow screen the form comes first, under a link to the run."""
    order = '[data-testid="stColumn"]:has(.st-key-new_run) { order: -1; }'
    st.html(
        f"<style>@media {NARROW} {{ {order} }}@media {WIDE} {{ .st-key-jump {{ display: none; }} }}</style>"
    )
    with st.container(key="jump"):
        st.markdown(f":material/arrow_downward: [{_('See the run')}](#{RUN})")
