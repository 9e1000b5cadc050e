"""Where form and run are on the Distill page, which narrow screens cannot show side by side.

There a form that was asked for comes first, with a link to the run below it; above a run that has ended it
always does. The form that is open on a first visit comes second, with a link to it above the run.
"""

from __future__ import annotations

import streamlit as st

from kdviz.language import _
from kdviz.ui.frame.responsive import NARROW, only_when

FORM, RUN = "new-run", "the-run"
"""Anchors of form and run."""


def run_first() -> None:
    """On a narrow screen the run comes first, under a link to the form."""
    with only_when(NARROW, key="jump"):
        _link_down(_("New run"), FORM)


def form_first() -> None:
    """On a narrow screen the form comes first, under a link to the run."""
    order = '[data-testid="stColumn"]:has(.st-key-new_run) { order: -1; }'
    st.html(f"<style>@media {NARROW} {{ {order} }}</style>")
    with only_when(NARROW, key="jump"):
        run_below()


def run_below() -> None:
    """A link to the run, which is below."""
    _link_down(_("See the run"), RUN)


def _link_down(label: str, anchor: str) -> None:
    st.markdown(f":material/arrow_downward: [{label}](#{anchor})")
