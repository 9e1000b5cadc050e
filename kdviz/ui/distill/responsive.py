"""Where form and run are on the Distill page, which narrow screens cannot show side by side.

There an open form comes first, with a link to the run below it; above a run that has ended it always does.
"""

from __future__ import annotations

import streamlit as st

from kdviz.language import _
from kdviz.ui.frame.responsive import NARROW, only_when

FORM, RUN = "new-run", "the-run"
"""Anchors of form and run."""


def form_first() -> None:
    """On a narrow screen the form comes first, under a link to the run."""
    order = '[data-testid="stColumn"]:has(.st-key-new_run) { order: -1; }'
    st.html(f"<style>@media {NARROW} {{ {order} }}</style>")
    with only_when(NARROW, key="jump"):
        run_below()


def run_below() -> None:
    """A link to the run, which is below."""
    st.markdown(f":material/arrow_downward: [{_('See the run')}](#{RUN})")
